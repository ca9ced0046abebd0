import ArgumentParser
import Detection
import Evaluation
import Foundation
import ModelLibrary
import Monitor
import Settings

/// Measures whole decisions on composed soundscapes; `scripts/measure-accuracy` runs it.
@main
struct AccuracyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accuracy",
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
    @Option(help: "How many recordings or decisions are worked on at a time.") var jobs = 2
    @Flag(help: "Measure classes that are off by default as if they were on.")
    var everyClass = false
    @Option(
        help: """
            Write the rules chosen for so many false alarms an hour into model.yaml, those of \
            classes that are off by default too, and measure with them.
            """
    )
    var writeRules: Double?
    @Option(help: "With so many steps of caution.") var caution = 1

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
