import Foundation
import ModelLibrary
import NPYFormat
import ONNXFormat
import ONNXInference
import SoundDatasets
import Testing

@testable import Training

@Suite struct ModelFolderWriterTests {
    private func trained(
        _ architecture: Architecture = .small,
        isExclusive: Bool = true
    ) throws -> (Trainer, LoadedClips) {
        let clips = SyntheticClips.make(count: 3, for: NetworkDesign(architecture))
        var settings = SyntheticClips.settings
        settings.architecture = architecture
        settings.isExclusive = isExclusive
        if architecture != .small { (settings.steps, settings.batchSize) = (2, 4) }
        let job = TrainingJob(clips: clips, settings: settings)
        let trainer = try job.wholeTrainer()
        job.train(trainer, fold: 0)
        return (trainer, clips)
    }

    @Test(arguments: Architecture.allCases, [true, false])
    func monitorGivesTheScoresOfTheTraining(
        architecture: Architecture,
        isExclusive: Bool
    ) throws {
        let (trainer, clips) = try trained(architecture, isExclusive: isExclusive)
        let folder = try TrainingFolder()
        let model = try ModelFolderWriter.write(
            TrainedModel(name: "three", trainer: trainer, dataset: clips.dataset),
            folder: folder.path("three")
        )
        #expect(model.name == "three")
        #expect(model.classes.map(\.name) == ["low", "middle", "high"])
        #expect(model.classes.map(\.label) == ["Low", "Middle", "High"])
        #expect(model.frontEnd == trainer.frontEnd)
        #expect(!model.network.graph.nodes.contains { $0.operatorType == "BatchNormalization" })
        #expect(!model.network.graph.nodes.contains { $0.operatorType == "Dropout" })
        let isFramewise = model.network.graph.outputs.contains { $0.name == "framewise" }
        #expect(isFramewise == (architecture == .crnnAttention))

        var inputs: [Float] = []
        var results: [Float] = []
        let session = try model.makeSession()
        let scores = try trainer.score(clips.features)
        let scale = try FeatureScale(model.frontEnd)
        for (features, expected) in zip(clips.features, scores) {
            var patch = Array(features.power[..<model.inputShape.reduce(1, *)])
            var input = [Float](repeating: 0, count: patch.count)
            var span = input.mutableSpan
            scale.prepare(&patch, into: &span)
            var result = [Float](repeating: 0, count: 3)
            var output = result.mutableSpan
            try session.run(
                input.span,
                shape: model.inputShape,
                output: "probs",
                into: &output
            )
            for (live, trained) in zip(result, expected.windows[0]) {
                #expect(abs(live - trained) < 1e-4)
            }
            inputs += input
            results += result
        }
        try keep(model, name: "\(architecture.rawValue)-\(isExclusive)", inputs, results)
    }

    /// Keeps the model and its scores for `Fixtures/check_model.py`, if a folder is named.
    private func keep(
        _ model: SoundModel,
        name: String,
        _ inputs: [Float],
        _ results: [Float]
    ) throws {
        guard let root = ProcessInfo.processInfo.environment["EARWITNESS_KEEP_MODEL"] else {
            return
        }
        let folder = "\(root)/\(name)"
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: model.folder, toPath: folder)
        let count = results.count / 3
        try NPYArray(shape: [count] + model.inputShape.dropFirst(), floats: inputs)
            .write(path: "\(folder)/input.npy")
        try NPYArray(shape: [count, 3], floats: results).write(path: "\(folder)/probs.npy")
    }

    @Test func cardTellsClassesFiguresAndLimits() throws {
        let (trainer, clips) = try trained()
        var model = TrainedModel(name: "three", trainer: trainer, dataset: clips.dataset)
        model.stepCount = 7
        #expect(ModelCard.text(of: model).contains("interrupted after 7 of 12 steps"))
        #expect(ModelCard.text(of: model).contains("| low | 3 | 3 |"))
        #expect(ModelCard.text(of: model).contains("no cross-validation was made"))
        var validation = CrossValidation(classCount: 3)
        validation.add(
            fold: 1,
            scores: clips.features.map { _ in ClipScores(windows: [[1, 0, 0]], levels: [-20]) },
            clips: clips.dataset.clips,
            gateDBFS: -60
        )
        model.validation = validation
        #expect(ModelCard.text(of: model).contains("| 1 | 9 | 33.33 | 33.33 | 33.33 |"))
        #expect(ModelCard.text(of: model).contains("| middle | 3 | 0 | 0 |"))
        #expect(ModelCard.text(of: model).contains("| low | 3 | 100.00 | 43.85 to 100.00 |"))
        #expect(ModelCard.text(of: model).contains("| seed | 1 |"))
        #expect(ModelCard.text(of: model).contains("| augmentation.gain_db | 8 |"))
        #expect(ModelCard.text(of: model).contains("## What it was trained on"))
        let folder = try TrainingFolder()
        _ = try ModelFolderWriter.write(model, folder: folder.root)
        for picture in ["confusion.png", "curves.png"] {
            #expect(ModelCard.text(of: model).contains("(\(picture))"))
            let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.path(picture)))
            #expect(bytes.prefix(4).elementsEqual([0x89, 0x50, 0x4E, 0x47]))
        }
    }

    @Test func namesOfFoldersBecomeNamesOfClasses() {
        #expect(
            ClassName.unique(["Dog bark!", "dog bark!", "-"]) == [
                "Dog_bark_", "dog_bark_", "sound",
            ]
        )
        #expect(ClassName.unique(["a b", "a_b"]) == ["a_b", "a_b_2"])
        #expect(ClassName.label(from: "dog_bark") == "Dog bark")
    }

    @Test func confidenceIntervalIsWilsons() {
        let interval = WilsonInterval(share: 0.94, count: 400)
        #expect(abs(interval.low - 0.9124) < 5e-4)
        #expect(abs(interval.high - 0.9594) < 5e-4)
    }
}
