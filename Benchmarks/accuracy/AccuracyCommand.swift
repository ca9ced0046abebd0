import ArgumentParser
import Commands
import Detection
import Evaluation
import Foundation
import ModelLibrary
import Monitor
import Settings
import SoundDatasets

/// Measures models: on composed soundscapes, or on recordings of other people.
@main
struct Accuracy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accuracy",
        abstract: "Measures models.",
        subcommands: [AccuracyCommand.self, StrangersCommand.self],
        defaultSubcommand: AccuracyCommand.self
    )
}

/// Measures whole decisions on composed soundscapes; `scripts/measure-accuracy` runs it.
struct AccuracyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "soundscapes",
        abstract: "Measures a model's decisions stage by stage, as Markdown.",
        discussion: """
            Rules are chosen on the folders with 'tune' in their option and measured on the \
            others. Every folder holds recordings with labels, as 'earwitness compose' writes them.
            """
    )

    @Argument(help: "The model's folder.") var model: String
    @Flag(help: "List the model's classes, and whether each is reported, instead of measuring.")
    var classes = false
    @Option(help: "Clearly heard sounds of the model's classes, to choose rules on.")
    var tuneClips = ""
    @Option(help: "Scenes with such sounds among others, to choose rules on.") var tuneScenes = ""
    @Option(help: "Recordings without such sounds, to choose rules on: NAME=FOLDER.")
    var tuneBackground: [String] = []
    @Option(help: "Clearly heard sounds of the model's classes, to measure on.") var clips = ""
    @Option(help: "Scenes with such sounds among others, to measure on.") var scenes = ""
    @Option(help: "Recordings without such sounds, to measure on: NAME=FOLDER.")
    var background: [String] = []
    @Option(help: "How many recordings or decisions are processed in parallel.") var jobs = 2
    @Flag(help: "Measure classes that are off by default as if they were on.")
    var everyClass = false
    @Option(
        help: """
            Write the rules chosen for this many false alarms per hour into model.yaml (also for \
            classes that are off by default), and measure with them.
            """
    )
    var writeRules: Double?
    @Option(help: "How many steps of caution those rules have.") var caution = 1

    func validate() throws {
        guard caution >= 0 else {
            throw ValidationError("--caution is \(caution); give 0 or more.")
        }
        guard jobs > 0 else { throw ValidationError("--jobs is \(jobs); give 1 or more.") }
        let folders = [tuneClips, tuneScenes, clips, scenes]
        guard classes || !(folders.contains("") || background.isEmpty || tuneBackground.isEmpty)
        else {
            throw ValidationError(
                "Give --clips, --scenes and --background, each with and without '--tune-'."
            )
        }
    }

    func run() async throws {
        let model = try SoundModel.load(folder: model)
        guard !classes else {
            for soundClass in model.classes {
                print("\(soundClass.name)\t\(soundClass.isReported ? "reported" : "collector")")
            }
            return
        }
        let scorer = SetScorer(model: model, jobs: jobs)
        let tune = try await scorer.score(
            clips: tuneClips,
            scenes: tuneScenes,
            backgrounds: tuneBackground
        )
        let test = try await scorer.score(clips: clips, scenes: scenes, backgrounds: background)
        if let writeRules {
            try await measurement(of: model, everyClass: true, tune, test).write(
                rulesWithin: writeRules,
                caution: caution,
                to: "\(model.folder)/model.yaml"
            )
        }
        let decided = writeRules == nil ? model : try SoundModel.load(folder: model.folder)
        print(try await measurement(of: decided, everyClass: everyClass, tune, test).page())
    }

    private func measurement(
        of model: SoundModel,
        everyClass: Bool,
        _ tune: AccuracySet,
        _ test: AccuracySet
    ) throws -> Measurement {
        var settings = try MonitorConfiguration().analysisSettings(for: model)
        if everyClass {
            let replay = EventReplay(
                classNames: model.classes.map(\.name),
                settings: settings.detection
            )
            settings.detection = replay.changing { $0.isEnabled = true }.settings
        }
        return Measurement(model: model, settings: settings, tune: tune, test: test, jobs: jobs)
    }
}

/// Scores the folders of an accuracy set with the gate open, once for all variants.
struct SetScorer {
    let model: SoundModel
    let jobs: Int

    /// Scores recordings with and without sounds.
    ///
    /// - Parameters:
    ///   - clips: A folder.
    ///   - scenes: A folder.
    ///   - backgrounds: Folders with what they are made of: `NAME=FOLDER`.
    /// - Returns: The recordings with the network's own scores at every hop.
    /// - Throws: What of the folders, labels or recordings cannot be read.
    func score(
        clips: String,
        scenes: String,
        backgrounds: [String]
    ) async throws -> AccuracySet {
        var kinds: [(name: String, recordings: [ScoredRecording])] = []
        for entry in backgrounds {
            let parts = entry.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw AccuracyError.notAPair(entry) }
            kinds.append((parts[0], try await score(parts[1])))
        }
        return AccuracySet(
            clips: try await score(clips),
            scenes: try await score(scenes),
            backgrounds: kinds
        )
    }

    /// Scores the recordings in a folder's folders.
    private func score(_ folder: String) async throws -> [ScoredRecording] {
        guard let parts = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw AccuracyError.missing(folder)
        }
        var recordings: [AnnotatedRecording] = []
        for part in parts.sorted() {
            let path = "\(folder)/\(part)"
            guard case .recordings(let found) = try DataSetReader.read(path: path) else {
                throw AccuracyError.clips(path)
            }
            recordings += found
        }
        let network = model.withScoresOfTheNetwork
        var settings = try MonitorConfiguration().analysisSettings(for: network)
        settings.gate.openDBFS = -120
        settings.gate.closeDBFS = -120
        let analyzer = RecordingAnalyzer(model: network, settings: settings)
        FileHandle.standardError.write(Data("Scoring \(folder)\n".utf8))
        return try await RecordingScorer(analyzer: analyzer, jobs: jobs).score(recordings)
    }
}

/// Why nothing can be measured.
enum AccuracyError: Error, CustomStringConvertible {
    /// A background is not given as a name and a folder.
    case notAPair(String)
    /// A folder cannot be listed.
    case missing(String)
    /// A folder holds clips instead of labelled recordings.
    case clips(String)
    /// A list of recordings cannot be understood.
    case list(String)
    /// The rules cannot be written.
    case notWritten(path: String, reason: String)

    var description: String {
        switch self {
        case .notAPair(let entry):
            "The background '\(entry)' is invalid. Give NAME=FOLDER."
        case .missing(let folder):
            "'\(folder)' cannot be listed. Run scripts/measure-accuracy, which makes it."
        case .clips(let folder):
            "'\(folder)' holds clips. Give recordings with labels, as 'earwitness compose' makes."
        case .list(let path):
            "'\(path)' has no columns path, label, maybe and kind. Make it by "
                + "scripts/list-household-recordings."
        case .notWritten(let path, let reason):
            "The rules were not written to '\(path)': \(reason)."
        }
    }
}
