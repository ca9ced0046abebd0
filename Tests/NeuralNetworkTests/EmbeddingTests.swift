import Foundation
import Testing

@testable import NeuralNetwork

/// What a network's last layer reads, and what is added behind it.
@Suite struct EmbeddingTests {
    /// Three numbers, doubled, then two scores of them.
    private static let model = Model(
        operatorSets: [OperatorSet(version: 13)],
        graph: Graph(
            name: "small",
            nodes: [
                Node("Add", inputs: ["x", "x"], outputs: ["doubled"]),
                Node("Gemm", inputs: ["doubled", "weights"], outputs: ["logits"]),
                Node("Sigmoid", inputs: ["logits"], outputs: ["scores"]),
            ],
            initializers: [
                Tensor(name: "weights", shape: [3, 2], floats: [1, -1, 0.5, 0, -0.25, 2])
            ],
            inputs: [ValueInfo(name: "x", elementType: .float32, shape: [.fixed(1), .fixed(3)])],
            outputs: [
                ValueInfo(name: "scores", elementType: .float32, shape: [.fixed(1), .fixed(2)])
            ]
        )
    )

    private func outputs(of model: Model, for x: [Float]) throws -> [String: [Float]] {
        let session = try InferenceSession(model: model)
        let tensors = try session.run([Tensor(name: "x", shape: [1, 3], floats: x)])
        return Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.floats ?? []) })
    }

    private func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(-x)) }

    @Test func theInputOfTheLastLayerIsFoundAndCanBeReadBesideTheScores() throws {
        let name = try #require(Self.model.embedding(of: "scores"))
        #expect(name == "doubled")
        let before = try outputs(of: Self.model, for: [0.1, 0.2, 0.3])
        let after = try outputs(of: Self.model.exposing(name), for: [0.1, 0.2, 0.3])
        #expect(after["doubled"] == [0.2, 0.4, 0.6])
        #expect(after["scores"] == before["scores"])
    }

    @Test func aNetworkWithoutALayerBeforeItsScoresHasNoEmbedding() {
        var model = Self.model
        model.graph.nodes = [Node("Sigmoid", inputs: ["x"], outputs: ["scores"])]
        #expect(model.embedding(of: "scores") == nil)
        #expect(Self.model.embedding(of: "nothing") == nil)
    }

    @Test func anAddedHeadGivesAScoreMoreAndLeavesTheOthersAsTheyWere() throws {
        var addition = Model.Addition(
            embedding: "doubled",
            embeddingLength: 3,
            scores: "scores",
            scoreCount: 2,
            activation: .probabilities
        )
        addition.heads = [LinearHead(weights: [1, 2, 3], bias: -1)]
        let x: [Float] = [0.1, 0.2, 0.3]
        let before = try outputs(of: Self.model, for: x)["scores"] ?? []
        let after = try outputs(of: Self.model.adding(addition), for: x)["scores"] ?? []
        #expect(Array(after.prefix(2)) == before)
        try #require(after.count == 3)
        #expect(abs(after[2] - sigmoid(0.2 + 0.8 + 1.8 - 1)) < 1e-6)
    }

    @Test func aLimitLowersTheScoresThatItHoldsForAndNoOthers() throws {
        var addition = Model.Addition(
            embedding: "doubled",
            embeddingLength: 3,
            scores: "scores",
            scoreCount: 2,
            activation: .probabilities
        )
        // A veto of 4 · x₀: strong for the first input, absent for the second.
        let veto = LinearHead(weights: [2, 0, 0], bias: 0)
        addition.limits = [(veto, [1: (factor: -1, offset: 0)])]
        let model = Self.model.adding(addition)
        for x: [Float] in [[1, 0, 3], [-3, 0, 3]] {
            let before = try outputs(of: Self.model, for: x)["scores"] ?? []
            let after = try outputs(of: model, for: x)["scores"] ?? []
            #expect(after[0] == before[0])
            #expect(abs(after[1] - min(before[1], sigmoid(-4 * x[0]))) < 1e-6)
        }
    }

    @Test func scoresThatExcludeEachOtherBecomeProbabilitiesBeforeAHeadIsAdded() throws {
        var model = Self.model
        model.graph.nodes[2] = Node("Identity", inputs: ["logits"], outputs: ["scores"])
        var addition = Model.Addition(
            embedding: "doubled",
            embeddingLength: 3,
            scores: "scores",
            scoreCount: 2,
            activation: .softmax
        )
        addition.heads = [LinearHead(weights: [0, 0, 0], bias: 0)]
        let scores = try outputs(of: model.adding(addition), for: [1, 0, 0])["scores"] ?? []
        try #require(scores.count == 3)
        #expect(abs(scores[0] - sigmoid(4)) < 1e-6)
        #expect(abs(scores[0] + scores[1] - 1) < 1e-6)
        #expect(scores[2] == 0.5)
    }
}
