import Foundation
import NeuralNetwork
import Testing

@Suite struct ScalarFunctionTests {
    /// A function, its twin in double precision, and how far they may be apart.
    struct Case: CustomStringConvertible {
        var function: ScalarFunction
        var twin: @Sendable (Double) -> Double
        /// In units in the last place of the exact result; subnormal results count as the smallest
        /// normal one.
        var ulp: Double
        var description: String { "\(function)" }
    }

    static let cases: [Case] = [
        Case(function: .identity, twin: { $0 }, ulp: 0),
        Case(function: .relu, twin: { max(0, $0) }, ulp: 0),
        Case(function: .clip(low: -0.5, high: 6), twin: { min(6, max(-0.5, $0)) }, ulp: 0),
        Case(
            function: .leakyReLU(slope: 0.1),
            twin: { $0 < 0 ? Double(Float(0.1)) * $0 : $0 },
            ulp: 0.5
        ),
        Case(function: .elu(alpha: 1.5), twin: { $0 > 0 ? $0 : 1.5 * expm1($0) }, ulp: 4),
        Case(
            function: .selu(alpha: 1.5, gamma: 1.25),
            twin: { 1.25 * ($0 > 0 ? $0 : 1.5 * expm1($0)) },
            ulp: 4
        ),
        Case(function: .sigmoid, twin: { 1 / (1 + Foundation.exp(-$0)) }, ulp: 3),
        Case(
            function: .hardSigmoid(alpha: 0.25, beta: 0.5),
            twin: { min(1, max(0, 0.25 * $0 + 0.5)) },
            ulp: 1
        ),
        Case(function: .tanh, twin: { Foundation.tanh($0) }, ulp: 2),
        Case(function: .erf, twin: { Foundation.erf($0) }, ulp: 2),
        Case(function: .softplus, twin: { max($0, 0) + log1p(Foundation.exp(-abs($0))) }, ulp: 3),
        Case(function: .softsign, twin: { $0 / (1 + abs($0)) }, ulp: 2),
        Case(function: .exp, twin: { Foundation.exp($0) }, ulp: 2),
        Case(function: .log, twin: { Foundation.log($0) }, ulp: 2),
        Case(function: .squareRoot, twin: { $0.squareRoot() }, ulp: 0.5),
        Case(function: .reciprocal, twin: { 1 / $0 }, ulp: 0.5),
        Case(function: .absolute, twin: { abs($0) }, ulp: 0),
        Case(function: .negate, twin: { -$0 }, ulp: 0),
        Case(function: .floor, twin: { $0.rounded(.down) }, ulp: 0),
        Case(function: .ceiling, twin: { $0.rounded(.up) }, ulp: 0),
        Case(function: .round, twin: { $0.rounded(.toNearestOrEven) }, ulp: 0),
    ]

    /// Every 65,599th bit pattern, which reaches every exponent, and values around zero.
    static let inputs: [Float] = {
        let patterns = stride(from: UInt32(0), to: .max - 65_599, by: 65_599).map {
            Float(bitPattern: $0)
        }
        let near = stride(from: Float(-12), to: 12, by: 0.000_73).map { $0 }
        return (patterns + near).filter(\.isFinite)
    }()

    static func apply(
        _ function: ScalarFunction,
        _ input: [Float],
        _ level: InstructionLevel
    ) -> [Float] {
        let output = FloatMemory(count: input.count)
        function.apply(FloatMemory(input).readOnly, into: output.slice, level: level)
        return output.readOnly.toArray()
    }

    @Test(arguments: cases, InstructionLevel.supported)
    func staysWithinItsBound(testCase: Case, level: InstructionLevel) {
        let values = Self.apply(testCase.function, Self.inputs, level)
        var worst = 0.0
        var place = 0
        for (index, (input, value)) in zip(Self.inputs, values).enumerated() {
            let exact = testCase.twin(Double(input))
            let nearest = Float(exact)
            if nearest.isNaN || nearest.isInfinite {
                #expect(value.isNaN == nearest.isNaN && (value.isNaN || value == nearest))
                continue
            }
            let unit = max(Double(nearest.ulp), Double(Float.leastNormalMagnitude.ulp))
            let subnormal = exact.magnitude < Double(Float.leastNormalMagnitude)
            let error = (Double(value) - exact).magnitude / (subnormal ? 0x1p-126 : unit)
            if !(error <= worst) {
                worst = error
                place = index
            }
        }
        #expect(
            worst <= testCase.ulp,
            "\(worst) ULP at \(Self.inputs[place]): \(values[place])"
        )
    }

    /// Where the result is a small difference of large numbers, the bound is on the error as a part
    /// of the larger of the result and 1.
    @Test(arguments: InstructionLevel.supported)
    func productsWithTheInputStayCloseToTheExactFunction(level: InstructionLevel) {
        let inputs = Self.inputs.filter { $0.magnitude < 1e18 }
        let functions: [(ScalarFunction, (Double) -> Double)] = [
            (.gelu, { 0.5 * $0 * erfc(-$0 * 0.5.squareRoot()) }),
            (
                .geluTanh,
                { x in
                    let inner = (2 / Double.pi).squareRoot() * (x + 0.044_715 * x * x * x)
                    return x / (1 + Foundation.exp(-2 * inner))
                }
            ),
            (.hardSwish, { $0 * min(1, max(0, $0 / 6 + 0.5)) }),
            (.silu, { $0 / (1 + Foundation.exp(-$0)) }),
        ]
        for (function, twin) in functions {
            let wrong = zip(inputs, Self.apply(function, inputs, level)).first { input, value in
                let exact = twin(Double(input))
                return !((Double(value) - exact).magnitude <= 4e-7 * max(1, exact.magnitude))
            }
            #expect(wrong == nil, "\(function)")
        }
    }

    @Test(arguments: InstructionLevel.supported)
    func notANumberStaysOneAndInfinityHasItsLimit(level: InstructionLevel) {
        let limits: [(ScalarFunction, Float, Float)] = [
            (.sigmoid, 0, 1), (.tanh, -1, 1), (.erf, -1, 1), (.exp, 0, .infinity),
            (.softplus, 0, .infinity), (.relu, 0, .infinity),
        ]
        for (function, low, high) in limits {
            #expect(Self.apply(function, [-.infinity, .infinity], level) == [low, high])
        }
        for testCase in Self.cases {
            #expect(Self.apply(testCase.function, [.nan], level)[0].isNaN, "\(testCase)")
        }
        #expect(
            Self.apply(.log, [.infinity, 0, -0.0], level) == [.infinity, -.infinity, -.infinity]
        )
        #expect(Self.apply(.log, [-1], level)[0].isNaN)
    }

    @Test(arguments: InstructionLevel.supported)
    func resultDoesNotDependOnTheElementsPlace(level: InstructionLevel) {
        let input = Array(Self.inputs.suffix(61))
        for testCase in Self.cases {
            let whole = Self.apply(testCase.function, input, level)
            for start in [1, 7, 40, 60] {
                expectIdentical(
                    Self.apply(testCase.function, Array(input[start...]), level),
                    Array(whole[start...]),
                    "\(testCase) from \(start)"
                )
            }
        }
    }
}

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
