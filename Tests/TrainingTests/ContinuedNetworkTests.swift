import Foundation
import LogMelFeatures
import ModelLibrary
import NeuralNetwork
import SoundDatasets
import TestSupport
import Testing

@testable import Training

@Suite struct ContinuedNetworkTests {
    private let bootstrap = ReferenceNetworks.modelFolder

    private func trained(_ network: ContinuedNetwork, steps: Int) throws -> (Trainer, LoadedClips) {
        let clips = SyntheticClips.make(count: 3)
        var settings = SyntheticClips.settings
        settings.continued = network
        settings.steps = steps
        settings.peakRate = 5e-3
        let trainer = try TrainingJob(clips: clips, settings: settings).wholeTrainer()
        while trainer.stepCount < steps { _ = trainer.step() }
        return (trainer, clips)
    }

    private func weights(_ model: Model) -> [String: TensorValues] {
        Dictionary(uniqueKeysWithValues: model.graph.initializers.map { ($0.name, $0.values) })
    }

    @Test func newLastLayerLearnsAndFrozenLayersStay() throws {
        let network = try ContinuedNetwork(path: bootstrap, frozenLayers: 4)
        let (trainer, clips) = try trained(network, steps: 60)
        let old = try SoundModel.load(folder: bootstrap)
        #expect(trainer.frontEnd == old.frontEnd)
        let kept = weights(old.network)
        let present = weights(trainer.network)
        let shared = present.filter { kept[$0.key] != nil }
        #expect(shared.count >= 8)
        #expect(shared.allSatisfy { kept[$0.key] == $0.value })
        let votes = try trainer.score(clips.features).map { $0.vote(aboveDBFS: -60) }
        #expect(zip(votes, clips.dataset.clips).count { $1.classes == [$0] } >= 8)
    }

    @Test func onlyTheFirstLayersAreFrozenWhereOneAsksForThem() throws {
        let network = try ContinuedNetwork(path: bootstrap, frozenLayers: 2)
        let (trainer, _) = try trained(network, steps: 2)
        let old = try SoundModel.load(folder: bootstrap).network
        let layers = old.graph.nodes.filter { $0.operatorType == "Conv" }.map { $0.inputs[1] }
        let (kept, present) = (weights(old), weights(trainer.network))
        #expect(layers.map { kept[$0] == present[$0] } == [true, true, false, false])
    }

    @Test func modelFolderOfAContinuedNetworkGivesItsScores() throws {
        let folder = try TemporaryFolder()
        let (trainer, clips) = try trained(ContinuedNetwork(path: bootstrap), steps: 2)
        let written = TrainedModel(name: "three", trainer: trainer, dataset: clips.dataset)
        let model = try ModelFolderWriter.write(written, folder: folder.file("three"))
        #expect(model.classes.count == 3)
        #expect(model.inputShape == [1, 1, 96, 64])
        #expect(ModelCard.text(of: written).contains("Network bootstrap with a new last layer"))
        // What was trained by this can be gone on from as well.
        let again = try ContinuedNetwork(path: folder.file("three"), frozenLayers: 1)
        #expect(try trained(again, steps: 1).0.step().loss.isFinite)
    }

    @Test func bareNetworkNeedsItsFrontEnd() throws {
        let path = "\(bootstrap)/model.onnx"
        let error = #expect(throws: TrainingError.self) { try ContinuedNetwork(path: path) }
        #expect(error?.description.contains("give --front-end and --window-frames") == true)
        let frontEnd = try SoundModel.load(folder: bootstrap).frontEnd
        let bare = try ContinuedNetwork(path: path, frontEnd: frontEnd, windowFrames: 96)
        let whole = try ContinuedNetwork(path: bootstrap)
        #expect(
            bare.network(classCount: 2, seed: 1).graph.nodes
                == whole.network(classCount: 2, seed: 1).graph.nodes
        )
    }

    @Test func moreFrozenLayersThanThereAreAreRefused() {
        let error = #expect(throws: TrainingError.self) {
            try ContinuedNetwork(path: bootstrap, frozenLayers: 5)
        }
        #expect(
            error?.description == "--freeze is 5, allowed: 0 to 4, the layers with weights before "
                + "the last one."
        )
    }

    @Test func networkWithoutAFullyConnectedLastLayerIsRefused() throws {
        let folder = try TemporaryFolder()
        var model = try SoundModel.load(folder: bootstrap).network
        model.graph.nodes.removeLast(2)
        model.graph.outputs = [
            ValueInfo(
                name: model.graph.nodes[model.graph.nodes.count - 1].outputs[0],
                elementType: .float32,
                shape: nil
            )
        ]
        let path = folder.file("body.onnx")
        try model.write(path: path)
        let error = #expect(throws: TrainingError.self) {
            try ContinuedNetwork(path: path, frontEnd: FrontEnd(), windowFrames: 96)
        }
        #expect(error?.description.contains("(Concat) is not fully connected") == true)
    }
}

/// Several models taken together as one.
@Suite struct CombinedNetworkTests {
    private let folder: TemporaryFolder
    private let clips = SyntheticClips.make(count: 4)
    private let patch = (0..<96 * 64).map { (index: Int) -> Float in
        Float(index * 37 % 101) / 50 - 1
    }

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Trains a model for two steps and writes it.
    private func writeModel(
        _ name: String,
        seed: UInt64,
        clips: LoadedClips? = nil,
        isExclusive: Bool = false
    ) throws {
        var settings = SyntheticClips.settings
        settings.seed = seed
        settings.steps = 2
        settings.isExclusive = isExclusive
        let clips = clips ?? self.clips
        let job = TrainingJob(clips: clips, settings: settings)
        let trainer = try job.wholeTrainer()
        job.train(trainer, fold: 0)
        let model = TrainedModel(name: name, trainer: trainer, dataset: clips.dataset)
        _ = try ModelFolderWriter.write(model, folder: folder.file(name))
    }

    private func combination(
        _ names: [String],
        isExclusive: Bool = false
    ) throws -> TrainingSettings {
        var settings = SyntheticClips.settings
        settings.isExclusive = isExclusive
        settings.continued = try ContinuedNetwork(
            combining: names.map { folder.file($0) },
            classNames: clips.dataset.classNames,
            settings: settings
        )
        settings.steps = 0
        return settings
    }

    /// The scores of a patch that is under the normalisation of the model `a`.
    private func scores(_ name: String, _ output: String, count: Int) throws -> [Float] {
        let model = try SoundModel.load(folder: folder.file(name))
        let first = try SoundModel.load(folder: folder.file("a"))
        var patch = patch
        PatchRescaling(from: first.frontEnd, to: model.frontEnd).apply(to: &patch, frames: 96)
        var scores = [Float](repeating: 0, count: count)
        var span = scores.mutableSpan
        try model.makeSession().run(
            patch.span,
            shape: [1, 1, 96, 64],
            output: output,
            into: &span
        )
        return scores
    }

    @Test(arguments: [false, true])
    func scoresAreThoseOfTheMeanOfTheirLogits(isExclusive: Bool) throws {
        for (name, seed) in [("a", UInt64(3)), ("b", 4)] {
            try writeModel(name, seed: seed, isExclusive: isExclusive)
        }
        // Of other recordings, so that its features are normalised otherwise.
        let others = SyntheticClips.make(count: 2)
        try writeModel("c", seed: 5, clips: others, isExclusive: isExclusive)
        let frontEnds = try ["a", "c"].map { try SoundModel.load(folder: folder.file($0)).frontEnd }
        #expect(frontEnds[0] != frontEnds[1])
        let settings = try combination(["a", "b", "c"], isExclusive: isExclusive)
        let trainer = try TrainingJob(clips: clips, settings: settings).wholeTrainer()
        let model = TrainedModel(name: "all", trainer: trainer, dataset: clips.dataset)
        _ = try ModelFolderWriter.write(model, folder: folder.file("all"))

        var logits: [Float] = [0, 0, 0]
        for name in ["a", "b", "c"] {
            // The logarithm of a softmax is its logits less one number for all classes.
            for (index, score) in try scores(name, "probs", count: 3).enumerated() {
                logits[index] += (isExclusive ? log(score) : log(score / (1 - score))) / 3
            }
        }
        let sum = logits.reduce(0) { $0 + exp($1) }
        let expected = logits.map { isExclusive ? exp($0) / sum : 1 / (1 + exp(-$0)) }
        for (got, wanted) in zip(try scores("all", "probs", count: 3), expected) {
            #expect(abs(got - wanted) < 1e-5)
        }
        let written = try SoundModel.load(folder: folder.file("all"))
        #expect(written.network.graph.nodes.count { $0.operatorType == "Gemm" } == 1)
        #expect(
            ModelCard.text(of: model).contains("The mean of the logits of a, b, c, not trained")
        )
    }

    @Test func embeddingIsTheirsOneBehindTheOther() throws {
        try writeModel("a", seed: 3)
        try writeModel("b", seed: 4)
        let trainer = try TrainingJob(clips: clips, settings: try combination(["a", "b"]))
            .wholeTrainer()
        let model = TrainedModel(name: "all", trainer: trainer, dataset: clips.dataset)
        _ = try ModelFolderWriter.write(model, folder: folder.file("all"))
        let outputs = try SoundModel.load(folder: folder.file("a")).network.graph.outputs
        let size = outputs.first { $0.name == Architecture.embeddingName }?.shape?.last
        guard let size, case .fixed(let count) = size else {
            Issue.record("The embedding's size is unknown")
            return
        }
        let both = try scores("all", Architecture.embeddingName, count: 2 * count)
        let each =
            try scores("a", Architecture.embeddingName, count: count)
            + scores("b", Architecture.embeddingName, count: count)
        #expect(zip(both, each).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    @Test func modelsOfOtherClassesAndOneAloneAreRefused() throws {
        try writeModel("a", seed: 3)
        var dataset = clips.dataset
        dataset.classNames = ["low", "middle", "top"]
        let others = LoadedClips(dataset: dataset, features: clips.features, problems: [])
        try writeModel("b", seed: 3, clips: others)
        let error = #expect(throws: TrainingError.self) { try combination(["a", "b"]) }
        #expect(error?.description.hasPrefix("Cannot combine") == true)
        #expect(error?.exitCode == 65)
        let alone = #expect(throws: TrainingError.self) { try combination(["a"]) }
        #expect(alone?.exitCode == 64)
    }
}
