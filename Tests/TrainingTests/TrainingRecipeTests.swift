import Foundation
import ModelLibrary
import Settings
import SoundDatasets
import TestSupport
import Testing

@testable import Training

@Suite struct TrainingRecipeTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func read(_ text: String) throws -> TrainingRecipe {
        try folder.write(text, to: "recipe.yaml")
        return try TrainingRecipe.read(path: folder.file("recipe.yaml"))
    }

    @Test func everySectionIsRead() throws {
        let recipe = try read(
            """
            name: garden
            recordings:
              - {path: birds, label: bird;song, kind: calls}
              - {synthetic: tones, count: 3, label: none, kind: tones}
            kinds:
              calls: {share: 3}
              tones: {share: 1, background: false}
            classes:
              - {name: bird, label: Bird}
              - {name: song, label: Song, rule: {enabled: false, on: 0.7}}
            hold_out_folds: [5]
            calibrate_folds: [3, 4]
            training: {multi_label: true, optimizer: sgd, momentum: 0.8, schedule: step, ema: 0.99}
            augmentation: {gain_db: 3, noise_ratio_db: [5, 20]}
            """
        )
        #expect(recipe.name == "garden")
        #expect(recipe.recordings.map(\.label) == ["bird;song", "none"])
        #expect(recipe.settings.kinds["tones"]?.isBackground == false)
        #expect(recipe.classes.map(\.name) == ["bird", "song"])
        #expect(recipe.classes[1].rule.isEnabled == false)
        #expect(recipe.heldOutFolds == [5])
        #expect(recipe.calibrationFolds == [3, 4])
        #expect(recipe.settings.optimizer == .momentum(0.8))
        #expect(recipe.settings.averageDecay == 0.99)
        #expect(!recipe.settings.isExclusive)
        #expect(recipe.settings.augmentation.noiseRatioDB == 5...20)
    }

    @Test func oneKeyIsSetAsIfItStoodInTheRecipe() throws {
        var recipe = try read("augmentation: {gain_db: 3, noise_ratio_db: [5, 20]}\n")
        for assignment in [
            "augmentation.noise_ratio_db=[1, 2]", "waveform.variants=4", "kinds.speech.share=19",
            "training.multi_label=true",
        ] { try recipe.set(assignment) }
        #expect(recipe.settings.augmentation.noiseRatioDB == 1...2)
        #expect(recipe.settings.augmentation.gainDB == 3)
        #expect(recipe.settings.waveform.variants == 4)
        #expect(recipe.settings.kinds["speech"]?.share == 19)
        #expect(!recipe.settings.isExclusive)
        let form = "give SECTION.KEY=VALUE, such as augmentation.gain_db=3."
        let faults = [
            "gain_db=3": form, "augmentation.gain_db": form,
            "rule.on=3":
                "unknown section 'rule'; sections: training, augmentation, waveform, kinds.",
            "waveform.variant=4": "found an unknown key, allowed: ",
            "waveform.variants=[": "found ",
            "waveform.variants=many": "found 'many', allowed: a whole number from 0 to ",
        ]
        for (assignment, reason) in faults {
            let error = #expect(throws: TrainingError.self) { try recipe.set(assignment) }
            let start = "--set '\(assignment)': \(reason)"
            #expect(error?.description.hasPrefix(start) == true, "\(String(describing: error))")
            #expect(error?.description.contains("\n") == false)
            #expect(error?.exitCode == 64)
        }
    }

    @Test func faultsAreNamedWithTheirLines() throws {
        let error = #expect(throws: TrainingError.self) {
            try read("training:\n  optimiser: sgd\n  steps: -1\n")
        }
        let path = folder.file("recipe.yaml")
        #expect(
            error?.description.hasPrefix("\(path):2:3: training.optimiser: found an unk") == true
        )
        #expect(error?.description.contains("did you mean 'optimizer'?\n") == true)
        #expect(error?.description.contains(":3:10: training.steps: found '-1'") == true)
        #expect(error?.exitCode == 65)
    }

    @Test func missingRecipeIsNamed() {
        let error = #expect(throws: TrainingError.self) {
            try TrainingRecipe.read(path: folder.file("none.yaml"))
        }
        #expect(error?.exitCode == 66)
    }

    @Test func sourcesGiveLabelsKindsAndNegatives() throws {
        for name in [
            "set/dog/1-7-A.wav", "set/cat/2-8-A.wav", "fx/door/a.wav", "fx/rain/b.wav",
            "fx/door/c.wav", "talk/x.ogg",
        ] { try folder.write("", to: name) }
        let recipe = try read(
            """
            recordings:
              - {path: set, kind: classes}
              - {path: talk, label: speech, kind: speech}
              - {path: fx, except: [rain, door/c.wav], label: other, kind: fx}
              - {path: fx, only: [rain], label: none}
              - {synthetic: noise, count: 2, label: other}
            classes:
              - {name: dog, label: Dog}
              - {name: cat, label: Cat}
              - {name: speech, label: Speech}
              - {name: other, label: Other, report: false}
            """
        )
        let dataset = try recipe.dataset(in: folder.path)
        #expect(dataset.classNames == ["dog", "cat", "speech", "other"])
        #expect(dataset.clips.map(\.classes) == [[1], [0], [2], [3], [], [3], [3]])
        #expect(
            dataset.clips.map(dataset.kind) == [
                "classes", "classes", "speech", "fx", "negatives", "negatives", "negatives",
            ]
        )
        #expect(dataset.clips.map(\.fold) == [2, 1, nil, nil, nil, nil, nil])
        #expect(dataset.clips.count(where: dataset.isNegative) == 4)
    }

    @Test func labelThatIsNoClassIsRefused() throws {
        try folder.write("", to: "set/dog/a.wav")
        let recipe = try read("recordings: [{path: set}]\nclasses: [{name: cat, label: Cat}]\n")
        let error = #expect(throws: DataSetError.self) { try recipe.dataset(in: folder.path) }
        #expect(
            error?.description.contains("label 'dog' is not one of the recipe's classes") == true
        )
    }

    @Test func classesAreInAlphabeticalOrderWhereTheRecipeListsNone() throws {
        for name in ["set/dog/a.wav", "set/cat/b.wav", "talk/x.ogg"] {
            try folder.write("", to: name)
        }
        let recipe = try read("recordings: [{path: talk, label: bee}, {path: set}]\n")
        let dataset = try recipe.dataset(in: folder.path)
        #expect(dataset.classNames == ["bee", "cat", "dog"])
        #expect(dataset.clips.map(\.classes) == [[0], [1], [2]])
    }

    @Test func modelSaysWhatTheRecipeSaysOfItsClasses() throws {
        let clips = SyntheticClips.make(count: 2)
        let trainer = try TrainingJob(clips: clips, settings: SyntheticClips.settings)
            .wholeTrainer()
        let recipe = try read(
            """
            version: "7"
            description: A test.
            licence: MIT
            limits: Nothing works.
            rule: {smoothing: median 5, on: 0.6}
            classes:
              - {name: low, label: Deep, private: true, enabled: false, calibration: {slope: 2, offset: -1}}
              - {name: middle, label: Middle, rule: {enabled: false, suppressed_by: [low]}}
              - {name: high, label: High, report: false}
            """
        )
        let model = try ModelFolderWriter.write(
            TrainedModel(
                name: "three",
                trainer: trainer,
                dataset: clips.dataset,
                recipe: recipe
            ),
            folder: folder.file("three")
        )
        #expect(model.about.version == "7")
        #expect(model.about.summary == "A test.")
        #expect(model.about.provenance.licence == "MIT")
        #expect(model.about.rule == recipe.rule)
        #expect(model.classes == recipe.classes)
        #expect(model.about.collectors == ["high"])
        #expect(model.about.classRules["low"]?.isEnabled == false)
        #expect(
            ModelCard.text(
                of: TrainedModel(
                    name: "three",
                    trainer: trainer,
                    dataset: clips.dataset,
                    recipe: recipe
                )
            ).contains("Nothing works.")
        )
    }
}

/// Holds docs/training.md against the code.
@Suite struct TrainingDocumentationTests {
    private let text: String

    init() throws {
        let page = Checkout.folder.appendingPathComponent("docs/training.md")
        text = try String(contentsOf: page, encoding: .utf8)
    }

    @Test func everyArchitectureIsDocumentedWithItsSize() throws {
        for architecture in Architecture.allCases {
            let plan = try TrainingPlan(
                NetworkDesign(architecture).network(classCount: 10, seed: 1),
                inputShapes: [
                    Architecture.inputName: NetworkDesign(architecture).inputShape(batch: 2)
                ],
                output: Architecture.logitsName
            )
            let thousands = plan.parameterCount / 1_000
            let rest = "\(1_000 + plan.parameterCount % 1_000)".dropFirst()
            let row = text.split(separator: "\n").first {
                $0.hasPrefix("| `\(architecture.rawValue)` |")
            }
            #expect(
                row?.hasSuffix("| \(thousands),\(rest) |") == true,
                "\(architecture.rawValue): \(plan.parameterCount)"
            )
        }
    }

    @Test func everyOperatorWithAGradientIsDocumented() {
        let words = Set(text.split { !$0.isLetter && !$0.isNumber }.map(String.init))
        let missing = StepRegistry.operators.filter { !words.contains($0) }
        #expect(missing.isEmpty)
    }

    @Test func everyAugmentationSettingIsDocumented() {
        #expect(
            AugmentationSettings.table.rows.count
                == Mirror(reflecting: AugmentationSettings()).children.count
        )
        for row in AugmentationSettings.table.rows {
            #expect(text.contains("`\(row.key)`"), "\(row.key)")
        }
    }

    @Test func everyKeyOfARecipeIsDocumented() {
        let settings = TrainingSettings.table.descriptions(defaults: TrainingSettings())
        for setting in settings {
            let row = text.split(separator: "\n").first { $0.hasPrefix("| `\(setting.key)` |") }
            #expect(row?.contains("| \(setting.defaultText) |") == true, "\(setting)")
        }
        for setting in WaveformSettings.table.descriptions(defaults: WaveformSettings()) {
            let row = "| `\(setting.key)` | \(setting.defaultText) |"
            #expect(text.contains(row), "\(row)")
        }
        let keys =
            TrainingRecipe.table.rows.map(\.key) + RecordingSource.table.rows.map(\.key)
            + KindShare.table.rows.map { "kinds.NAME.\($0.key)" }
        for key in keys {
            #expect(text.contains("`\(key)`") || text.contains("`\(key)."), "\(key)")
        }
    }
}
