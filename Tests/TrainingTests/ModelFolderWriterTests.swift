import Foundation
import ModelLibrary
import NeuralNetwork
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
    func monitorAndONNXRuntimeGiveTheScoresOfTheTraining(
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
        let count = results.count / 3
        try NPYArray(shape: [count] + model.inputShape.dropFirst(), floats: inputs)
            .write(path: "\(model.folder)/input.npy")
        try NPYArray(shape: [count, 3], floats: results).write(path: "\(model.folder)/probs.npy")
        let outcome = try NetworkChecker.check(model.folder)
        #expect(outcome.isPassed, "\(outcome.output)")
        #expect(outcome.output.contains("onnx.checker passes, scores differ by at most"))
    }

    @Test func networkThatIsWrongForOthersFailsTheCheck() throws {
        let (trainer, clips) = try trained()
        let folder = try TrainingFolder()
        _ = try ModelFolderWriter.write(
            TrainedModel(name: "three", trainer: trainer, dataset: clips.dataset),
            folder: folder.root
        )
        try NPYArray(shape: [1, 1, 96, 64], floats: [Float](repeating: 0, count: 96 * 64))
            .write(path: folder.path("input.npy"))
        try NPYArray(shape: [1, 3], floats: [0.5, 0.5, 0.5]).write(path: folder.path("probs.npy"))
        let other = try NetworkChecker.check(folder.root)
        #expect(!other.isPassed)
        #expect(other.output.contains("the scores differ by"))
        let error = #expect(throws: NetworkChecker.Missing.self) {
            try NetworkChecker.check(folder.root, python: folder.path("python"))
        }
        #expect(
            error?.description.contains("Run Tests/NeuralNetworkTests/fetch-node-tests") == true
        )
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
        for picture in ["confusion.svg", "curves.svg"] {
            #expect(ModelCard.text(of: model).contains("(\(picture))"))
            let text = try String(contentsOfFile: folder.path(picture), encoding: .utf8)
            #expect(text.hasPrefix("<svg ") && text.hasSuffix("</svg>\n"))
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
