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
                    + "[1, 1, 8, 12], with axes of length 1 anywhere; its axes are the other way "
                    + "round, set front_end.layout to frames_by_bands."
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
