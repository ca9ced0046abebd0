import Foundation
import LogMelFeatures
import ModelLibrary
import NeuralNetwork
import SoundDatasets
import TestSupport
import Testing

@testable import Training

/// Training on from a network whose classes are taken together, and taught by it.
@Suite struct GroupTeacherTests {
    private let bootstrap = ReferenceNetworks.modelFolder
    private let clips = SyntheticClips.make(count: 3)
    private let model: SoundModel
    private let members = [
        "low": ["sea_waves", "rain"], "middle": ["dog_bark"],
        "high": ["rooster", "baby_cry", "speech"],
    ]

    init() throws {
        model = try SoundModel.load(folder: bootstrap)
    }

    private var labels: [String] { model.classes.map(\.name) }

    private func network() throws -> ContinuedNetwork {
        let groups = try ClassGroups(
            members,
            classNames: clips.dataset.classNames,
            labels: labels
        )
        return try ContinuedNetwork(path: bootstrap, groups: groups)
    }

    private func settings(
        _ change: (inout TrainingSettings) -> Void = { _ in }
    ) throws -> TrainingSettings {
        var settings = SyntheticClips.settings
        settings.continued = try network()
        settings.isExclusive = false
        settings.weightDecay = 0
        change(&settings)
        return settings
    }

    private func weights(_ model: Model) -> [String: [Float]] {
        Dictionary(
            uniqueKeysWithValues: model.graph.initializers.compactMap { tensor in
                tensor.floats.map { (tensor.name, $0) }
            }
        )
    }

    @Test func networkBeginsWithTheRowOfEachGroupsFirstMember() throws {
        let head = try NetworkHead(
            of: model.network.graph,
            scores: model.about.network.scores,
            missing: { .unusableNetwork(path: "bootstrap", reason: $0) }
        )
        let begun = weights(try network().network(classCount: 3, seed: 1))
        let places = ["sea_waves", "dog_bark", "rooster"].map { labels.firstIndex(of: $0) ?? 0 }
        #expect(begun["new.bias"] == places.map { head.bias[$0] })
        let size = head.inputCount
        #expect(
            begun["new.weight"] == places.flatMap { head.weights[$0 * size..<($0 + 1) * size] }
        )
    }

    @Test func targetsAreTheHighestProbabilityOfTheMembersButForCertainLabels() throws {
        let network = try network()
        let panel = try GroupPanel(
            try #require(network.teacher),
            shape: network.inputShape(batch: 1),
            threads: 2
        )
        var generator = SeededGenerator(seed: 3)
        var patches: [[Float]] = []
        for _ in 0..<5 { patches.append((0..<96 * 64).map { _ in generator.uniform(-1.5, 1.5) }) }
        let input = FloatMemory(patches.flatMap(\.self))
        var known = [Float](repeating: 0, count: 15)
        known[1] = 1
        known[2] = TrainingLoss.unknown
        let targets = panel.targets(known, input: input.readOnly, batch: 5)
        #expect(targets[1] == 1)
        let session = try model.makeSession()
        for (row, patch) in patches.enumerated() {
            var scores = [Float](repeating: 0, count: labels.count)
            var span = scores.mutableSpan
            try session.run(
                patch.span,
                shape: model.inputShape,
                output: model.about.network.scores,
                into: &span
            )
            for (index, name) in clips.dataset.classNames.enumerated()
            where (row, index) != (0, 1) {
                let expected = try #require(members[name]).map { member in
                    scores[labels.firstIndex(of: member) ?? 0]
                }.max()
                #expect(abs(targets[3 * row + index] - (expected ?? 0)) < 1e-4)
            }
        }
    }

    /// How far a short training moves the weights that are not in the last layer.
    private func distance(hold: Float) throws -> Float {
        let settings = try settings {
            $0.hold = hold
            $0.steps = 6
            $0.peakRate = 1e-3
        }
        let job = TrainingJob(clips: clips, settings: settings)
        let trainer = try job.wholeTrainer()
        let begun = weights(trainer.network)
        job.train(trainer, fold: 0)
        var squares: Float = 0
        for (name, values) in weights(trainer.network) where !ContinuedNetwork.isNew(name) {
            for (now, before) in zip(values, begun[name] ?? []) {
                squares += (now - before) * (now - before)
            }
        }
        return squares.squareRoot()
    }

    @Test func heldWeightsStayNearerToWhereTheyBegan() throws {
        let free = try distance(hold: 0)
        let held = try distance(hold: 300)
        #expect(free > 0)
        #expect(held < 0.9 * free)
        #expect(try distance(hold: 1e6) < 1e-3 * free)
    }

    @Test func weightsInOneByteTakeAThirdOfTheFileAndGiveNearlyTheSameScores() throws {
        let folder = try TemporaryFolder()
        let settings = try settings { $0.steps = 1 }
        let job = TrainingJob(clips: clips, settings: settings)
        let trainer = try job.wholeTrainer()
        _ = trainer.step()
        var trained = TrainedModel(name: "three", trainer: trainer, dataset: clips.dataset)
        let floats = try ModelFolderWriter.write(trained, folder: folder.file("floats"))
        trained.settings.storedWeights = .int8
        let bytes = try ModelFolderWriter.write(trained, folder: folder.file("bytes"))
        func size(_ name: String) throws -> Int {
            try Data(contentsOf: URL(fileURLWithPath: folder.file("\(name)/model.onnx"))).count
        }
        #expect(try size("bytes") * 3 < size("floats"))
        let patch = (0..<96 * 64).map { (index: Int) -> Float in
            Float(index * 37 % 101) / 50 - 1
        }
        let scores = try [floats, bytes].map { (model: SoundModel) -> [Float] in
            var scores = [Float](repeating: 0, count: 3)
            var span = scores.mutableSpan
            try model.makeSession().run(
                patch.span,
                shape: model.inputShape,
                output: model.about.network.scores,
                into: &span
            )
            return scores
        }
        #expect(scores[0] != scores[1])
        #expect(zip(scores[0], scores[1]).allSatisfy { abs($0 - $1) < 0.02 })
        // It can be gone on from, and combined, as one of floats.
        let again = try ContinuedNetwork(path: folder.file("bytes"))
        #expect(
            again.network(classCount: 2, seed: 1).graph.nodes.allSatisfy {
                $0.operatorType != "DequantizeLinear"
            }
        )
    }

    @Test func groupThatIsNoClassAndUnknownMembersAreNamed() throws {
        func refusal(_ groups: [String: [String]]) -> String? {
            #expect(throws: TrainingError.self) {
                try ClassGroups(groups, classNames: ["low", "high"], labels: labels)
            }?.description
        }
        #expect(
            refusal(["low": ["rain"], "high": ["rooster"], "mid": ["rain"]])
                == "The group 'mid' is not a class, allowed: one of the classes low, high."
        )
        #expect(refusal(["low": ["rain"]])?.hasPrefix("groups.high is an empty list") == true)
        #expect(
            refusal(["low": ["Rain"], "high": ["rooster"]])
                == "groups.low is 'Rain', allowed: one of the network's \(labels.count) labels."
        )
    }

    @Test func labelsAreALineOrTheLastColumnOfARowEach() throws {
        let folder = try TemporaryFolder()
        try folder.write("Dog\nDomestic animals, pets\n", to: "labels.txt")
        try folder.write(
            "index,mid,display_name\n0,/m/0,Dog\r\n1,/m/1,\"Domestic animals, pets\"\n",
            to: "labels.csv"
        )
        let names = ["Dog", "Domestic animals, pets"]
        #expect(try ClassGroups.labels(path: folder.file("labels.txt")) == names)
        #expect(try ClassGroups.labels(path: folder.file("labels.csv")) == names)
    }
}
