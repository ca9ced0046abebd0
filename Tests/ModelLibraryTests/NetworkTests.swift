import Detection
import Foundation
import ModelLibrary
import NeuralNetwork
import Testing

/// Networks as Keras and scikit-learn export them, against what ONNX Runtime gives for them.
///
/// `Tests/ExportedNetworks/make-exported-networks.py` makes them.
@Suite struct ExportedNetworkTests {
    private static let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "../ExportedNetworks").standardized
    private static let names = [
        "keras-images", "keras-opset24", "keras-kept-axes", "keras-sequence", "sklearn-logistic",
        "sklearn-normalized", "sklearn-mlp",
    ]

    /// A model folder around one of the networks.
    private func folder(_ name: String, layout: String = "frames_by_bands") throws -> ModelFolder {
        let network = try Model(path: Self.source.appending(path: "\(name).onnx").path)
        let input = try #require(network.graph.inputs.first?.name)
        let scores = try #require(network.graph.outputs.last?.name)
        let folder = try ModelFolder(
            yaml: """
                name: exported
                version: "1"
                description: For tests.
                front_end: {band_count: 8, fft_length: 64, window_length: 64, layout: \(layout)}
                network:
                  input: \(input)
                  window_frames: 12
                  scores: \(scores)
                  activation: none
                classes:
                  - {name: bark, label: Bark}
                  - {name: bell, label: Bell}
                  - {name: rain, label: Rain}
                """,
            network: nil
        )
        // As it is: what is read of it is not all that is in it.
        try folder.write(
            Data(contentsOf: Self.source.appending(path: "\(name).onnx")),
            to: "model.onnx"
        )
        return folder
    }

    private func array(_ name: String) throws -> [Float] {
        let path = Self.source.appending(path: "\(name).npy").path
        return try #require(try NPYArray(path: path).floats)
    }

    @Test(arguments: names)
    func aNetworkAsItIsExportedGivesONNXRuntimesScores(name: String) throws {
        let folder = try folder(name)
        let model = try SoundModel.load(folder: folder.path)
        let session = try model.makeSession()
        let input = try array("input")
        var scores = [Float](repeating: 0, count: 3)
        var result = scores.mutableSpan
        try session.run(
            input.span,
            shape: model.inputShape,
            output: model.about.network.scores,
            into: &result
        )
        for (score, expected) in zip(scores, try array(name)) {
            #expect(abs(score - expected) < 1e-5, "\(name): \(scores)")
        }
    }

    @Test(arguments: ["keras-images", "keras-kept-axes"])
    func imagesWithTheirChannelLastStreamToTheScoresOfWholeWindows(name: String) throws {
        let folder = try folder(name)
        let model = try SoundModel.load(folder: folder.path)
        #expect(model.inputShape == [1, 12, 8, 1])
        #expect(model.timeAxis == 1)
        let stream = try StreamingSession(
            model: model.network,
            options: model.loadOptions,
            hopFrames: 2,
            timeAxis: model.timeAxis
        )
        let window = try array("input")
        let frames = window + window.reversed()
        var streamed: [Float] = []
        try stream.push(frames.span, output: model.about.network.scores, appendingTo: &streamed)
        let session = try model.makeSession()
        var whole: [Float] = []
        for start in stride(from: 0, through: 12, by: 2) {
            let patch = Array(frames[(start * 8)..<((start + 12) * 8)])
            var scores = [Float](repeating: 0, count: 3)
            var result = scores.mutableSpan
            try session.run(
                patch.span,
                shape: model.inputShape,
                output: model.about.network.scores,
                into: &result
            )
            whole += scores
        }
        try #require(streamed.count == whole.count)
        #expect(zip(streamed, whole).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    @Test func axesInTheOtherOrderAreRefusedWithTheLineThatMendsIt() throws {
        let folder = try folder("keras-images", layout: "bands_by_frames")
        #expect {
            _ = try SoundModel.load(folder: folder.path)
        } throws: { error in
            "\(error)".hasSuffix(
                "has the shape [unk__17, 12, 8, 1], but front_end and window_frames give "
                    + "[1, 1, 8, 12], with axes of length 1 anywhere; its axes are swapped, "
                    + "set front_end.layout to frames_by_bands."
            )
        }
    }

    @Test func aClassifierWithoutAnOutputOfProbabilitiesIsRefusedByTheOperatorInTheWay() throws {
        let folder = try folder("sklearn-logistic")
        var network = try Model(path: "\(folder.path)/model.onnx")
        network.graph.nodes[1].operatorType = "TreeEnsembleClassifier"
        try folder.write(Data(network.serialized()), to: "model.onnx")
        #expect {
            _ = try SoundModel.load(folder: folder.path)
        } throws: { error in
            "\(error)".contains("(TreeEnsembleClassifier, opset 22) cannot run: ")
                && "\(error)".contains("domain 'ai.onnx.ml' is not supported")
        }
    }
}

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
                == "'model.onnx' gives 'other' an invalid score of 6.86 for a test sound (allowed: 0 to "
                + "1). If they are logits, set 'activation: sigmoid' (or 'activation: softmax' if "
                + "classes are exclusive) in the section 'network' of 'model.yaml'."
        )
        #expect(refusal(try folder(activation: "sigmoid", scores: [0.5, 6.86])) == nil)
        #expect(refusal(try folder(activation: "softmax", scores: [0.5, 6.86])) == nil)
    }

    @Test func logarithmsOfProbabilitiesNeedASoftmax() throws {
        let text = refusal(
            try folder(activation: "none", scores: [0.5, 2], then: ["LogSoftmax"])
        )
        #expect(text?.contains("log-probabilities: set 'activation: softmax' in") == true)
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
                == "The model 'tiny' gives 'bell' a score of NaN for a test sound."
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
