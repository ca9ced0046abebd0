import NeuralNetwork
import Testing

/// Whole networks of the field against ONNX Runtime.
@Suite struct NetworkTests {
    static let names = [
        "vgg", "mobilenet", "cnn128", "spectrogram", "urban", "resnest", "bands_first", "sequence",
        "opset11", "opset12", "opset13", "opset17",
    ]

    @Test(arguments: names)
    func everyOutputAgreesWithONNXRuntime(_ name: String) throws {
        let network = try OracleNetwork(name)
        let session = try InferenceSession(
            model: network.model,
            options: LoadOptions(inputShapes: network.inputShapes)
        )
        for output in try session.run(network.inputs) {
            let reference = try #require(network.expected[output.name])
            let expected = Tensor(shape: reference.shape, floats: try #require(reference.floats))
            let difference = TensorComparison.difference(
                output,
                expected,
                relative: 1e-4,
                absolute: 1e-6
            )
            #expect(difference == nil, "\(name), '\(output.name)'")
        }
    }

    @Test func aSecondRunGivesTheSameNumbers() throws {
        let network = try OracleNetwork("mobilenet")
        let session = try InferenceSession(
            model: network.model,
            options: LoadOptions(inputShapes: network.inputShapes)
        )
        #expect(try session.run(network.inputs) == session.run(network.inputs))
    }
}
