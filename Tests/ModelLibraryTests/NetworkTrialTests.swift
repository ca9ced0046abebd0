import Detection
import Foundation
import ModelLibrary
import NeuralNetwork
import Testing

/// What a network gives for test sounds when it is loaded.
@Suite struct NetworkTrialTests {
    /// A model whose two scores are `Add`ed to what is left of the features by a factor.
    private func folder(
        activation: String,
        factor: Float = 0,
        scores: [Float],
        then operators: [String] = []
    ) throws -> ModelFolder {
        var network = ModelFolder.network()
        var nodes = [
            Node("Reshape", inputs: ["patches", "shape"], outputs: ["flat"]),
            Node("Gemm", inputs: ["flat", "weights", "bias"], outputs: ["value0"]),
        ]
        for (index, name) in operators.enumerated() {
            nodes.append(Node(name, inputs: ["value\(index)"], outputs: ["value\(index + 1)"]))
        }
        nodes.append(Node("Identity", inputs: ["value\(operators.count)"], outputs: ["scores"]))
        network.graph.nodes = nodes
        network.graph.initializers[1] = Tensor(
            name: "weights",
            shape: [12, 2],
            floats: [Float](repeating: factor, count: 24)
        )
        network.graph.initializers.append(Tensor(name: "bias", shape: [2], floats: scores))
        return try ModelFolder(
            yaml: ModelFolder.yaml.replacing(
                "activation: sigmoid",
                with: "activation: \(activation)"
            ),
            network: network
        )
    }

    private func refusal(_ folder: ModelFolder) -> String? {
        do {
            _ = try SoundModel.load(folder: folder.path)
            return nil
        } catch {
            return error.description.replacing("\(folder.path)/", with: "")
        }
    }

    @Test func logitsDeclaredAsProbabilitiesAreRefusedWithTheLineThatMendsIt() throws {
        #expect(
            refusal(try folder(activation: "none", scores: [0.5, 6.86]))
                == "'model.onnx' gives 'other' a score of 6.86 for a test sound; scores are from 0 to "
                + "1. If they are logits, set 'activation: sigmoid' (or 'activation: softmax' where "
                + "exactly one class is there) in the section 'network' of 'model.yaml'."
        )
        #expect(refusal(try folder(activation: "sigmoid", scores: [0.5, 6.86])) == nil)
        #expect(refusal(try folder(activation: "softmax", scores: [0.5, 6.86])) == nil)
    }

    @Test func logarithmsOfProbabilitiesNeedASoftmax() throws {
        let text = refusal(
            try folder(activation: "none", scores: [0.5, 2], then: ["LogSoftmax"])
        )
        #expect(text?.contains("logarithms of probabilities: set 'activation: softmax' in") == true)
    }

    @Test(arguments: [Float(1.000_000_1), -1e-7, 1.0005])
    func aScoreThatRoundingTakesOutOfRangeIsAccepted(score: Float) throws {
        let folder = try folder(activation: "none", scores: [score, 0.5])
        let model = try SoundModel.load(folder: folder.path)
        #expect(model.trialFault == nil)
        let scores = try model.about.network.activation.probabilities(of: [score, 0.5])
        #expect(scores == [min(max(score, 0), 1), 0.5])
    }

    private static let invalid: [(ScoreActivation, [Float], String)] = [
        (.none, [.nan, 0.5], "NaN"), (.none, [0.5, .infinity], "infinity"),
        (.none, [0.5, -.infinity], "-infinity"), (.none, [0.5, 6.8612], "6.861"),
        (.none, [-0.2, 0.5], "-0.2"), (.sigmoid, [.nan, 1], "NaN"),
        (.softmax, [.infinity, 1], "NaN"), (.softmax, [.nan, 1], "NaN"),
    ]

    @Test(arguments: invalid)
    func whatIsNoProbabilityIsNamed(
        activation: ScoreActivation,
        outputs: [Float],
        text: String
    ) throws {
        #expect {
            _ = try activation.probabilities(of: outputs)
        } throws: { error in
            (error as? InvalidScore)?.scoreText == text
        }
    }

    @Test func aNetworkThatGivesNaNIsLoadedAndSaysSo() throws {
        let folder = try folder(activation: "sigmoid", scores: [-1, 1], then: ["Sqrt"])
        let model = try SoundModel.load(folder: folder.path)
        #expect(
            model.trialFault
                == "The model 'tiny' gives 'bell' a score of NaN when it hears a test sound."
        )
    }

    /// The silence gate keeps silence from the network.
    @Test func aNetworkThatGivesNaNForSilenceOnlyHasNoFault() throws {
        // 0 / 0 where all features are alike, as in silence.
        let folder = try ModelFolder(network: Self.normalising)
        let model = try SoundModel.load(folder: folder.path)
        #expect(model.trial.faults.map(\.sound) == [.silence])
        #expect(model.trialFault == nil)
    }

    /// Features less their least, divided by their greatest: nothing by nothing in silence.
    private static var normalising: Model {
        var network = ModelFolder.network()
        network.graph.nodes = [
            Node("Reshape", inputs: ["patches", "shape"], outputs: ["flat"]),
            Node("ReduceMin", inputs: ["flat"], outputs: ["least"]),
            Node("Sub", inputs: ["flat", "least"], outputs: ["rest"]),
            Node("ReduceMax", inputs: ["rest"], outputs: ["greatest"]),
            Node("Div", inputs: ["rest", "greatest"], outputs: ["scaled"]),
            Node("Gemm", inputs: ["scaled", "weights"], outputs: ["scores"]),
        ]
        return network
    }

    @Test func weightsThatAreNaNAreRefusedByName() throws {
        var network = ModelFolder.network()
        var weights = [Float](repeating: 0.1, count: 24)
        weights[6] = .nan
        network.graph.initializers[1] = Tensor(name: "weights", shape: [12, 2], floats: weights)
        #expect(
            refusal(try ModelFolder(network: network))
                == "Cannot use the network 'model.onnx': number 7 of 24 in its weights 'weights' is "
                + "NaN. Export the network again, or train it again if the training diverged."
        )
    }
}
