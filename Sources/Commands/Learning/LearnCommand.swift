import ArgumentParser
import Foundation
import Learning
import Messages
import ModelLibrary
import MonitorClient
import Platform
import Settings
import SoundDatasets

/// `earwitness learn`: a class from a few examples, or that a sound is not of a class.
struct LearnCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "learn",
        abstract: "Learns a sound from a few examples, or that a sound is not of a class.",
        discussion: """
            Give 3 to 20 recordings, or events with a clip, from different moments. What is learnt \
            is tried on the examples themselves and on other sounds first, and refused with the \
            reason where they can't be told apart. It belongs to the installed model, is a class \
            like any other, and is off or on by 'earwitness thresholds set'. To add examples, name \
            it again.
            """,
        subcommands: [
            Add.self, List.self, Remove.self, Again.self, Export.self, Import.self, Others.self,
        ],
        defaultSubcommand: Add.self
    )

    /// `earwitness learn NAME CLIP…`.
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add",
            abstract: "Learns a class of its own, or with --not what is not of a class."
        )

        @Argument(
            help: ArgumentHelp(
                "The class's name, then recordings of it; with --not only recordings.",
                valueName: "name-or-clip"
            )
        )
        var words: [String] = []
        @Option(
            name: .customLong("event"),
            parsing: .singleValue,
            help: ArgumentHelp(
                "An event whose clip is an example; may be given several times.",
                valueName: "id"
            )
        )
        var events: [Int64] = []
        @Option(
            name: .customLong("not"),
            help: ArgumentHelp("The class that the examples are not.", valueName: "class")
        )
        var notClass: String?
        @Option(help: "The name for people, such as 'Kettle'.") var label: String?
        @Option(help: "The model that learns it; without it the first in use that can.")
        var model: String?
        @Flag(help: "Only say how it would do; nothing is kept.") var dryRun = false
        @Option(
            help: ArgumentHelp(
                "Other sounds than those of the model, a file of 'learn others'.",
                visibility: .hidden
            )
        )
        var others: String?
        @OptionGroup var service: ServiceOptions

        /// Words that the command has a meaning of its own for.
        private static var reserved: [String] {
            LearnCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
        }

        private var name: String { notClass.map(LearntSound.nameOf(not:)) ?? words.first ?? "" }
        private var paths: [String] { notClass == nil ? Array(words.dropFirst()) : words }

        func validate() throws {
            guard notClass != nil || !words.isEmpty else {
                throw ValidationError(
                    "Give a name and examples: earwitness learn kettle one.wav two.wav three.wav"
                )
            }
            guard notClass == nil || label == nil else {
                throw ValidationError("--label is for a class of its own, not for --not.")
            }
            guard notClass != nil || ValueForm<String>.isName(name) else {
                throw ValidationError(
                    "'\(name)' can't be a class. Give letters, digits, '_', '-' and '.', at most 64, "
                        + "and the recordings after it."
                )
            }
            guard notClass != nil || !(name.hasPrefix("not-") || Self.reserved.contains(name))
            else {
                throw ValidationError(
                    "'\(name)' has a meaning of its own here; choose another name."
                )
            }
            guard !paths.isEmpty || !events.isEmpty else {
                throw ValidationError(
                    "Give examples of '\(name)': recordings, or events with --event."
                )
            }
        }

        func run() async throws {
            let teaching = try Teaching(service: service, model: model, othersPath: others)
            let task = try teaching.task(name: name, notClass: notClass, label: label)
            let clips = try teaching.examples(of: task, paths: paths, events: events)
            let lesson = try teaching.lesson(task, clips: clips, events: events)
            // What is said to be learnt is kept.
            if !dryRun { try teaching.keep(lesson) }
            try StandardOutput.write(lesson.text)
            guard !dryRun else { return StandardError.write("Nothing was kept (--dry-run).\n") }
            await LearnCommand.putInForce([name], of: service)
        }
    }

    /// Has a running service take up what was learnt or removed, and says whether it did.
    ///
    /// It is kept or removed either way, so that nothing here is a failure of the command.
    static func putInForce(
        _ names: [String],
        isRemoved: Bool = false,
        of service: ServiceOptions
    ) async {
        let answer: ReloadMessage
        do throws(ClientError) {
            answer = try await MonitorClient.firstAnswering(
                at: service.location.clientSocketPaths,
                timeoutSeconds: 60
            ).reload()
        } catch .notRunning {
            return StandardError.write("No service is running; it is so from its next start on.\n")
        } catch {
            return StandardError.writeMessage(
                "A running service does not know of it yet: \(error) Then type: systemctl reload "
                    + "earwitness"
            )
        }
        let missing = names.filter { !answer.applied.contains(ReloadMessage.learnt($0)) }
        guard !missing.isEmpty else {
            return StandardError.write("The running service obeys at once.\n")
        }
        let list = missing.map { "'\($0)'" }.joined(separator: ", ")
        StandardError.writeMessage(
            isRemoved
                ? "\(list) was not in force in the running service."
                : "\(list) is not in force in the running service: 'earwitness status' says why, or it "
                    + "has another folder than '\(service.learnt.folder)'."
        )
    }
}
