import ArgumentParser
import Evaluation
import Foundation
import ModelLibrary
import Platform
import Settings
import SoundDatasets

extension LearnCommand {
    /// `earwitness learn list`.
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists what was learnt, and whether it is in force."
        )

        @Option(help: "text or json.") var format = ReportFormat.text
        @OptionGroup var service: ServiceOptions

        func run() throws {
            let (sounds, damaged) = service.learnt.list()
            for line in damaged { StandardError.writeMessage(line) }
            let names = try service.loadConfiguration().modelsInUse
            let models = try service.loadInstalledModels(names).models
            let obstacles = sounds.map { sound in
                models.first { $0.name == sound.model }.map { $0.obstacle(to: sound) }
                    ?? "its model is not in use"
            }
            switch format {
            case .json:
                for (sound, obstacle) in zip(sounds, obstacles) {
                    try StandardOutput.writeLine(Self.json(of: sound, obstacle))
                }
            case .text:
                try StandardOutput.write(Self.table(of: sounds, obstacles))
                for (sound, obstacle) in zip(sounds, obstacles) {
                    guard let obstacle else { continue }
                    StandardError.writeMessage("'\(sound.name)' is not in force: \(obstacle).")
                }
            }
        }

        private static func table(of sounds: [LearntSound], _ obstacles: [String?]) -> String {
            let times = LocalTime()
            return TextTable(
                header: ["name", "label", "model", "examples", "recognised", "on", "learnt", ""],
                rows: zip(sounds, obstacles).map { sound, obstacle in
                    [
                        sound.name, sound.label, sound.model, "\(sound.examples.count)",
                        "\(sound.recognised)",
                        sound.notClass == nil ? String(format: "%.2f", sound.on) : "",
                        times.minuteText(sound.learntAt),
                        obstacle == nil ? "in force" : "not in force",
                    ]
                },
                rightAligned: [3, 4, 5]
            ).text
        }

        private struct Listed: Encodable {
            let name: String
            let label: String
            let not: String?
            let model: String
            let examples: Int
            let recognised: Int
            let on: Double
            let learnt: Date
            let inForce: Bool

            enum CodingKeys: String, CodingKey {
                case name, label, not, model, examples, recognised, on, learnt
                case inForce = "in_force"
            }
        }

        private static func json(of sound: LearntSound, _ obstacle: String?) throws -> String {
            let encoder = JSONEncoder()
            encoder.dateEncodingStrategy = .iso8601
            encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
            let listed = Listed(
                name: sound.name,
                label: sound.label,
                not: sound.notClass,
                model: sound.model,
                examples: sound.examples.count,
                recognised: sound.recognised,
                on: (Double(sound.on) * 100).rounded() / 100,
                learnt: sound.learntAt,
                inForce: obstacle == nil
            )
            return String(decoding: try encoder.encode(listed), as: UTF8.self)
        }
    }

    /// `earwitness learn remove NAME`.
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forgets what was learnt, with its examples."
        )

        @Argument(help: "What was learnt, as 'learn list' names it.") var name: String
        @OptionGroup var service: ServiceOptions

        func run() async throws {
            try LearnCommand.requireKnown(name, in: service.learnt)
            try service.learnt.remove(name)
            StandardError.write("'\(name)' was removed.\n")
            await LearnCommand.putInForce([name], isRemoved: true, of: service)
        }
    }

    /// `earwitness learn again [NAME…]`.
    struct Again: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Learns from the kept examples again, for the model in use now."
        )

        @Argument(help: "What to learn again; without a name everything.") var names: [String] = []
        @OptionGroup var service: ServiceOptions

        func run() async throws {
            let known = try LearnCommand.requireAny(in: service.learnt)
            var done: [String] = []
            for name in names { try LearnCommand.requireKnown(name, in: service.learnt) }
            let teaching = try Teaching(service: service)
            var failures = 0
            for name in known where names.isEmpty || names.contains(name) {
                let lesson: Lesson
                do {
                    let sound = try teaching.library.sound(named: name)
                    let task = try teaching.task(
                        name: sound.name,
                        notClass: sound.notClass,
                        label: sound.label
                    )
                    let clips = try teaching.storedExamples(of: sound)
                    lesson = try teaching.lesson(task, clips: clips, events: [])
                    try teaching.keep(lesson)
                } catch {
                    failures += 1
                    let failure =
                        CommandFailure(describing: error) ?? CommandFailure(unexpected: error)
                    StandardError.writeMessage("'\(name)' was not learnt: \(failure)")
                    continue
                }
                done.append(name)
                try StandardOutput.write(lesson.text)
            }
            if !done.isEmpty { await LearnCommand.putInForce(done, of: service) }
            guard failures == 0 else { throw ExitCode(ExitStatus.badData.rawValue) }
        }
    }

    /// Refuses a name of nothing that was learnt.
    static func requireKnown(_ name: String, in library: LearntLibrary) throws {
        let known = try requireAny(in: library)
        guard !known.contains(name) else { return }
        throw CommandFailure(
            .noInput,
            "'\(name)' was not learnt here; known: \(known.joined(separator: ", "))."
        )
    }

    /// The names of what was learnt; refuses to go on where that is nothing.
    @discardableResult
    static func requireAny(in library: LearntLibrary) throws -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: library.folder)) ?? []
        let known = names.filter { !$0.hasPrefix(".") }.sorted()
        guard !known.isEmpty else {
            throw CommandFailure(
                .noInput,
                "Nothing was learnt here yet; 'earwitness learn' does it."
            )
        }
        return known
    }
}
