import ArgumentParser
import AudioCapture
import Evaluation
import Foundation
import ModelLibrary
import Settings
import SoundDatasets

/// `earwitness config`: what the configuration says, and whether it is right.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Checks the configuration and shows what is in force.",
        subcommands: [Check.self, Show.self]
    )

    /// `earwitness config check [F]`.
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Checks a configuration; lists every problem with its line (exit code 78).",
            discussion: "Class names are checked against the models, if these are installed."
        )

        @Argument(help: "The file to check; without it the one that would be in force.")
        var file: String?

        @OptionGroup var service: ServiceOptions

        func run() throws {
            let main =
                file.map { ConfigurationPath(option: $0, environment: [:]) }
                ?? service.location.configuration
            let problems = try service.configurationProblems(main)
            guard problems.isEmpty else { throw ConfigurationError.invalid(problems) }
            let isThere = FileManager.default.fileExists(atPath: main.path)
            try StandardOutput.writeLine(
                isThere
                    ? "\(main.path): correct."
                    : "\(main.path) does not exist; defaults apply."
            )
            try remarkOnPrograms(of: main)
            if file == nil { try remarkOnOverrides() }
        }

        /// A program may be installed later, or be there for the service's user only.
        private func remarkOnPrograms(of main: ConfigurationPath) throws {
            for source in try MonitorConfiguration.load(main, overridesPath: nil).sources {
                guard case .program(let words) = source.input,
                    ProgramCommand(words: words, format: .int16).path == nil
                else { continue }
                StandardError.writeMessage(
                    "'\(source.name)': there is no program '\(words[0])' that this user may run."
                )
            }
        }

        /// Thresholds set by command are not part of the file, and may have no effect either.
        private func remarkOnOverrides() throws {
            let configuration = try service.loadConfiguration()
            guard let rules = service.rulesOfModels(of: configuration) else { return }
            for remark in configuration.settingsWithoutEffect(in: rules) {
                StandardError.write("earwitness: \(remark)\n")
            }
        }
    }

    /// `earwitness config show`.
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows every setting in force and its origin."
        )

        @OptionGroup var service: ServiceOptions

        func run() throws {
            let location = service.location
            let settings = try service.loadConfiguration().shownSettings()
            var rows = settings.map { [$0.key, $0.value, $0.origin.description] }
            rows.append(["(state)", location.stateDirectory, location.stateOrigin.description])
            rows.append(
                ["(socket)", location.socketPath, location.runtimeOrigin.description])
            try StandardOutput.write(
                TextTable(header: ["setting", "value", "from"], rows: rows).text
            )
        }
    }
}
