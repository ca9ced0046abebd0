import ArgumentParser
import Detection
import Evaluation
import Foundation
import ModelLibrary
import MonitorConfiguration
import MonitorPipeline

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
    @Option(help: "Write the rules chosen for so many false alarms an hour into model.yaml.")
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
        let configuration = MonitorConfiguration()
        let scorer = SetScorer(model: model, jobs: jobs)
        let tune = try await scorer.score(
            clips: tuneClips,
            scenes: tuneScenes,
            backgrounds: tuneBackground
        )
        let test = try await scorer.score(
            clips: clips,
            scenes: scenes,
            backgrounds: background
        )
        let measurement = Measurement(
            model: model,
            settings: try configuration.analysisSettings(for: model),
            tune: tune,
            test: test,
            jobs: jobs
        )
        print(try await measurement.page())
        if let writeRules {
            try await measurement.write(
                rulesWithin: writeRules,
                caution: caution,
                to: "\(model.folder)/model.yaml"
            )
        }
    }
}
