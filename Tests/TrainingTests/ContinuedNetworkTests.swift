import Foundation
import LogMelFeatures
import ModelLibrary
import NeuralNetwork
import SoundDatasets
import Testing

@testable import Training

@Suite struct ContinuedNetworkTests {
    private let bootstrap = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Models/bootstrap").path

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
        let folder = try TrainingFolder()
        let (trainer, clips) = try trained(ContinuedNetwork(path: bootstrap), steps: 2)
        let written = TrainedModel(name: "three", trainer: trainer, dataset: clips.dataset)
        let model = try ModelFolderWriter.write(written, folder: folder.path("three"))
        #expect(model.classes.count == 3)
        #expect(model.inputShape == [1, 1, 96, 64])
        #expect(ModelCard.text(of: written).contains("Network bootstrap, its last layer new"))
        // What was trained by this can be gone on from as well.
        let again = try ContinuedNetwork(path: folder.path("three"), frozenLayers: 1)
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
        let folder = try TrainingFolder()
        var model = try SoundModel.load(folder: bootstrap).network
        model.graph.nodes.removeLast(2)
        model.graph.outputs = [
            ValueInfo(
                name: model.graph.nodes[model.graph.nodes.count - 1].outputs[0],
                elementType: .float32,
                shape: nil
            )
        ]
        let path = folder.path("body.onnx")
        try model.write(path: path)
        let error = #expect(throws: TrainingError.self) {
            try ContinuedNetwork(path: path, frontEnd: FrontEnd(), windowFrames: 96)
        }
        #expect(error?.description.contains("(Concat) is not fully connected") == true)
    }
}
