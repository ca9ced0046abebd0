import Diagnosis
import Messages

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
