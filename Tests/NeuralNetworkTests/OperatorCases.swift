import Foundation
import NeuralNetwork

/// The cases of Fixtures/operator_cases.json: operators with the outputs of ONNX Runtime.
struct OperatorCases: Decodable {
    struct Image: Decodable {
        var kernel: [Int]
        var strides: [Int]
        var dilations: [Int]
        /// Top, left, bottom, right.
        var pads: [Int]
        var height: Int
        var width: Int
        var input: [Float]
        var output: [Double]
        var weights: [Float]?
        var bias: [Float]?
        var inputs: Int?
        var outputs: Int?
        var groups: Int?
        var outputPadding: [Int]?
        var channels: Int?
        var average: Bool?
        var countsPadding: Bool?
        var roundsUp: Bool?

        var geometry: ConvolutionGeometry {
            ConvolutionGeometry(
                kernelHeight: kernel[0],
                kernelWidth: kernel[1],
                strideHeight: strides[0],
                strideWidth: strides[1],
                dilationHeight: dilations[0],
                dilationWidth: dilations[1],
                padTop: pads[0],
                padLeft: pads[1],
                padBottom: pads[2],
                padRight: pads[3]
            )
        }
    }

    struct Sequence: Decodable {
        var hidden: Int
        var features: Int
        var steps: Int
        var linearBeforeReset: Bool?
        /// [steps, features].
        var input: [Float]
        var w: [Float]
        var r: [Float]
        /// Wb and then Rb.
        var b: [Float]
        var state: [Float]
        var cell: [Float]?
        var peepholes: [Float]?
        /// [steps, hidden].
        var output: [Double]
        var lastCell: [Double]?
    }

    var convolutions: [Image]
    var transposedConvolutions: [Image]
    var poolings: [Image]
    var grus: [Sequence]
    var lstms: [Sequence]

    static func load() throws -> OperatorCases {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/operator_cases.json")
        return try JSONDecoder().decode(OperatorCases.self, from: Data(contentsOf: url))
    }
}
