import ArgumentParser

extension CommandFailure {
    /// What the argument parser refuses, in one line as everything else that fails; nil for what is
    /// no wrong usage: help, the version, a plain exit code.
    ///
    /// - Parameters:
    ///   - error: What the parser threw.
    ///   - arguments: What stands on the command line behind the program's name.
    init?(usage error: any Error, arguments: [String]) {
        guard Earwitness.exitCode(for: error) == .validationFailure else { return nil }
        let message = Earwitness.message(for: error)
        guard !message.isEmpty else { return nil }
        let help =
            Earwitness.fullMessage(for: error).firstMatch(of: /See '(.+ --help)'/).map { match in
                "See '\(match.1)'."
            }
        let sentences = [
            Self.sentence(message), Self.advice(about: message, arguments: arguments), help,
        ]
        self.init(.usage, sentences.compactMap { $0 }.joined(separator: " "))
    }

    /// The message on one line, with a full stop.
    private static func sentence(_ message: String) -> String {
        let line = message.split(separator: "\n").joined(separator: " ")
        return [".", "?", "!"].contains { line.hasSuffix($0) } ? line : line + "."
    }

    /// How to give a negative number, which the parser takes for an option.
    private static func advice(about message: String, arguments: [String]) -> String? {
        guard message.hasPrefix("Missing") || message.hasPrefix("Unknown option"),
            let place = arguments.firstIndex(where: { $0.wholeMatch(of: /-\.?[0-9].*/) != nil })
        else { return nil }
        let number = arguments[place]
        guard place > 0, arguments[place - 1].hasPrefix("--") else {
            return "'\(number)' is taken for an option: put '--' before the arguments."
        }
        let option = arguments[place - 1]
        return "'\(number)' is taken for an option: write '\(option)=\(number)'."
    }
}
