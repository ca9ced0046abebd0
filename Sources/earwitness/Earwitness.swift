import ArgumentParser
@preconcurrency import Glibc

/// The command line: one subcommand a file, in `Commands/`.
@main
struct Earwitness: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "earwitness",
        abstract: "Hears a microphone, names the sounds, and writes them down.",
        version: earwitnessVersion,
        groupedSubcommands: [
            CommandGroup(
                name: "Listening",
                subcommands: [
                    RunCommand.self, TailCommand.self, StatusCommand.self, DevicesCommand.self,
                    CalibrateCommand.self, DoctorCommand.self,
                ]
            ),
            CommandGroup(
                name: "What was heard",
                subcommands: [EventsCommand.self, LevelsCommand.self, AnalyzeCommand.self]
            ),
            CommandGroup(
                name: "How it decides",
                subcommands: [
                    ThresholdsCommand.self, ConfigCommand.self, ModelsCommand.self,
                    EvaluateCommand.self, ComposeCommand.self,
                    FeaturesCommand.self, BenchCommand.self,
                ]
            ),
            CommandGroup(name: "Making models", subcommands: [TrainCommand.self]),
        ]
    )

    static func main() async {
        // A reader that goes away (`earwitness tail | head`) is the end of the work, not a crash.
        signal(SIGPIPE, SIG_DFL)
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            end(with: error)
        }
    }

    /// Says in one line why the command failed and ends the process with the code for it.
    private static func end(with error: any Error) -> Never {
        let arguments = Array(CommandLine.arguments.dropFirst())
        let failure =
            CommandFailure(describing: error) ?? CommandFailure(usage: error, arguments: arguments)
        guard let failure else {
            // Help, version and plain exit codes are the parser's own.
            exit(withError: error)
        }
        StandardError.write("earwitness: \(failure.message)\n")
        Glibc.exit(failure.status.rawValue)
    }
}
