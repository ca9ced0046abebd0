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

            Ends with 0 if all is well, else with the code of the first fault, or without a fault of \
            the first warning: 65 the model or the history is damaged, or a damaged file is set \
            aside, 66 no device or no model, \
            69 the service does not run, is restarted or not enabled, or no time service runs, \
            74 sound, disk or device trouble, 77 not permitted, 78 the configuration is wrong.
            """
    )

    /// The forms of the answer.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text
        case json
    }

    @OptionGroup var service: ServiceOptions
    @Option(help: "text or json.") var format = Format.text
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
