import ArgumentParser
import AudioFiles
import Detection
import Foundation
import LogMelFeatures
import ModelLibrary
import Platform
import Settings

/// `earwitness cadence`: sounds that go on and off by a rule.
struct CadenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cadence",
        abstract: "Describes sounds that go on and off by a rule, such as alarms and end tunes.",
        subcommands: [Learn.self]
    )

    /// `earwitness cadence learn CLIP`.
    struct Learn: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes the model.yaml of a sound's cadence from a recording of it.",
            discussion: """
                The recording has the sound with some quiet around it: two repetitions or more, or \
                the whole of a sound that comes once. Tones of different pitch, one after the other, \
                are described as a tune, note by note. Put the output into a folder of its own as \
                model.yaml, and name that with 'models use'; see docs/alarms.md. Exit code 65 where \
                there is no steady tone or no rhythm.
                """
        )

        /// Longer recordings are cut here: no cadence takes more than a minute.
        private static let longestSeconds = 150.0

        /// What a recording has.
        private enum Learnt {
            case cadence(LearntCadence)
            case tune(Tune)
        }

        @Argument(help: "The recording.") var clip: String
        @Option(
            name: .customLong("class"),
            help: ArgumentHelp("The class that it tells; else named after the recording.")
        )
        var className: String?
        @Option(help: RecordingChannel.help) var channel = RecordingChannel.mix

        func run() throws {
            let name = try chosenName()
            let learnt = try learn()
            let text = Self.description(of: learnt, named: name)
            // What is written must be what the program reads.
            _ = try ModelDescription.read(text, file: "model.yaml")
            try StandardOutput.write(text, remarks: [Self.remark(on: learnt)])
        }

        private func chosenName() throws -> String {
            if let className {
                guard ValueForm<String>.isName(className) else {
                    throw CommandFailure(
                        .usage,
                        "'\(className)' is no name of a class: \(ValueForm<String>.name.allowed)."
                    )
                }
                return className
            }
            let file = (PathText.shown(clip) as NSString).lastPathComponent
            let stem = (file as NSString).deletingPathExtension.lowercased()
            let name = String(stem.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
            return ValueForm<String>.isName(name) ? name : "learnt"
        }

        private func learn() throws -> Learnt {
            let frontEnd = FrontEnd.cadenceSpectra
            let grid = frontEnd.spectrumGrid
            let most = Int(Self.longestSeconds / grid.frameSeconds) * grid.binCount
            var spectra: [Float] = []
            let outcome = try RecordingFeatures(frontEnd: frontEnd, channel: channel)
                .forEachPiece(of: clip) { piece in
                    for index in piece.indices where spectra.count < most {
                        spectra.append(piece[index])
                    }
                }
            for warning in outcome.warnings { StandardError.writeMessage(warning) }
            if let reason = outcome.incompleteReason { throw CommandFailure(.badData, reason) }
            if let tune = TuneLearner(grid: grid).learn(from: spectra.span) { return .tune(tune) }
            do throws(CadenceLearningFault) {
                return .cadence(try CadenceLearner(grid: grid).learn(from: spectra.span))
            } catch {
                throw CommandFailure(.badData, "'\(PathText.shown(clip))': \(error).")
            }
        }

        /// The whole `model.yaml`.
        private static func description(of learnt: Learnt, named name: String) -> String {
            let label = name.replacing("_", with: " ")
            return """
                name: \(name)
                version: "1"
                description: The cadence of \(label), learnt from a recording.
                rule: {smoothing: 1, on: 0.5, off: 0.5, min_duration_s: 0.3, merge_gap_s: 6}
                classes:
                  - {name: \(name), label: \(label.prefix(1).uppercased() + label.dropFirst())}
                \(element(learnt, of: name))

                """
        }

        /// What stands for the sound.
        private static func element(_ learnt: Learnt, of name: String) -> String {
            switch learnt {
            case .cadence(let learnt):
                var cadence = learnt.cadence
                cadence.className = name
                return "cadences:\n  - {\(keys(Cadence.settings.values(of: cadence)))}"
            case .tune(let tune):
                let notes = tune.notes.map { note in
                    "      - {\(keys(Tune.Note.settings.values(of: note)))}"
                }
                return """
                    tunes:
                      - class: \(name)
                        tolerance: \(tune.tolerance.settingText)
                        notes:
                    \(notes.joined(separator: "\n"))
                    """
            }
        }

        private static func keys(_ values: [SettingValue]) -> String {
            values.map { "\($0.key): \($0.text)" }.joined(separator: ", ")
        }

        /// What was found, for people.
        private static func remark(on learnt: Learnt) -> String {
            switch learnt {
            case .tune(let tune):
                let pitches = tune.notes.map { Int($0.frequencyHz) }
                let seconds = tune.durationSeconds.settingText
                return "A tune of \(tune.notes.count) notes in \(seconds) s, "
                    + "\(pitches.min() ?? 0) to \(pitches.max() ?? 0) Hz."
            case .cadence(let learnt):
                let cadence = learnt.cadence
                let pulses = cadence.pulses == 1 ? "one pulse" : "\(cadence.pulses) pulses"
                let rest =
                    cadence.repetitions == 1
                    ? "counted when it is heard once"
                    : "every \(cadence.periodSeconds.settingText) s, heard \(learnt.groups) times"
                return "\(pulses) of \(cadence.onSeconds.settingText) s at "
                    + "\(Int(learnt.toneHz)) Hz, \(rest)."
            }
        }
    }
}
