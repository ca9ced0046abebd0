package import ArgumentParser
@preconcurrency import Glibc
import Platform

/// The command line: one subcommand a file, in `Commands/`.
package struct Earwitness: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "earwitness",
        abstract: "Listens to a microphone, recognises sounds and records them as events.",
        version: earwitnessVersion,
        groupedSubcommands: [
            CommandGroup(
                name: "Listening",
                subcommands: [
                    RunCommand.self, TailCommand.self, WatchCommand.self, StatusCommand.self,
                    WebCommand.self, DevicesCommand.self, CalibrateCommand.self, DoctorCommand.self,
                ]
            ),
            CommandGroup(
                name: "What was heard",
                subcommands: [
                    EventsCommand.self, InsightsCommand.self, SimilarCommand.self,
                    ReviewCommand.self, LabelCommand.self, LabelsCommand.self,
                    LevelsCommand.self, AnalyzeCommand.self, FleetCommand.self,
                ]
            ),
            CommandGroup(
                name: "How it decides",
                subcommands: [
                    ThresholdsCommand.self, WhatIfCommand.self, LearnCommand.self,
                    RulesCommand.self, ConfigCommand.self, ModelsCommand.self,
                    EvaluateCommand.self, ComposeCommand.self,
                    FeaturesCommand.self, BenchCommand.self,
                ]
            ),
            CommandGroup(
                name: "Making models",
                subcommands: [TrainCommand.self, CadenceCommand.self]
            ),
        ]
    )

    package init() {}

    /// Parses the command line, runs the command, and ends the process with its exit code.
    package static func main() async {
        StandardOutput.reserveDescriptors()
        // A reader that goes away (`earwitness tail | head`) and a limit on the size of files are
        // found where something is written, so that no half-written file is left behind.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        do {
            var command = try parseAsRoot(commandLine)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            try StandardOutput.flush()
        } catch {
            end(with: error)
        }
    }

    /// What stands after the program's name; `CommandLine.arguments` has bytes that are not UTF-8
    /// replaced, which no path survives.
    private static var commandLine: [String] {
        UnsafeBufferPointer(start: CommandLine.unsafeArgv, count: Int(CommandLine.argc))
            .dropFirst().compactMap { argument in
                argument.map {
                    PathText.text(of: UnsafeRawBufferPointer(start: $0, count: strlen($0)))
                }
            }
    }

    /// Says in one line why the command failed and ends the process with the code for it.
    private static func end(with error: any Error) -> Never {
        var status = exitCode(for: error).rawValue
        do {
            if let failure = failure(of: error) {
                failure.write()
                status = failure.status.rawValue
            } else if status == 0 {
                // Help, version and completion scripts: what the user asked for.
                try StandardOutput.writeLine(fullMessage(for: error))
            }
            // What was finished before the failure is a result, too.
            try StandardOutput.flush()
        } catch let failure as CommandFailure {
            failure.write()
            status = failure.status.rawValue
        } catch {
            StandardOutput.endOfClosedPipe()
        }
        if error is StandardOutput.ClosedPipe { StandardOutput.endOfClosedPipe() }
        Glibc.exit(status)
    }

    /// The line and the code; nil for what is not a failure, and for a plain exit code.
    private static func failure(of error: any Error) -> CommandFailure? {
        if let failure = CommandFailure(describing: error) { return failure }
        if let failure = CommandFailure(usage: error, arguments: commandLine) { return failure }
        guard !(error is ExitCode), !(error is StandardOutput.ClosedPipe),
            exitCode(for: error) == .failure
        else { return nil }
        return CommandFailure(unexpected: error)
    }
}

/// The version of the program, as `--version` and `status` say it.
let earwitnessVersion = "0.2.0"
