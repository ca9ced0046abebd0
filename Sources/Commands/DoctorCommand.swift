import ArgumentParser
import Diagnosis
@preconcurrency import Glibc
import Messages

/// `earwitness doctor`: what keeps the monitor from hearing, and what to do about it.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Checks everything the monitor needs and says what to do about each finding.",
        discussion: """
            Looks at the configuration, the service and its unit, the devices and what they deliver, \
            the model, the history, the disk and the clock. Without a running service it listens to \
            every configured device for two seconds. Nothing is changed.

            Exit code 0: all is well. Otherwise it is that of the first fault, or of the first \
            warning if there is no fault: 65 the model or the history is damaged, or a damaged file \
            was moved aside, 66 no device or no model, 69 the service is not running, restarted or \
            not enabled, or the clock is not synchronised, 74 sound, disk or device trouble, 77 not \
            permitted, 78 invalid configuration.
            """
    )

    @OptionGroup var service: ServiceOptions
    @Option(help: "text or json.") var format = ReportFormat.text
    @Flag(
        inversion: .prefixedNo,
        help: "Listen for a moment to the devices that the service does not listen to."
    )
    var listen = true

    func run() async throws {
        let diagnosis = DiagnosisReport(
            of: await FactFinder(service: service, listens: listen).facts()
        )
        switch format {
        case .json:
            for finding in diagnosis.findings { try StandardOutput.writeLine(finding.json.text) }
        case .text:
            try StandardOutput.write(diagnosis.text)
        }
        try StandardOutput.flush()
        if diagnosis.exitCode != 0 { Glibc.exit(diagnosis.exitCode) }
    }
}

extension DiagnosisReport {
    /// A line for each finding, and under it what to do.
    var text: String {
        findings.map { finding in
            let value = finding.value.map { " (\($0))" } ?? ""
            let line =
                "\(Self.padded(finding.verdict.rawValue, 8)) "
                + "\(Self.padded(finding.check.rawValue, 14)) \(finding.what)\(value)\n"
            let indent = String(repeating: " ", count: 24)
            return line + (finding.advice.map { "\(indent)-> \($0)\n" } ?? "")
        }.joined()
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}

extension Finding {
    /// The finding as an object of a line.
    var json: JSONValue {
        .object([
            .init("check", .string(check.rawValue)),
            .init("verdict", .string(verdict.rawValue)),
            .init("what", .string(what)),
            .init("value", .string(value)),
            .init("advice", .string(advice)),
            .init("exit_code", .integer(Int64(exitCode))),
        ])
    }
}
