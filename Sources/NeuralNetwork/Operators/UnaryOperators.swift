private import Glibc

/// An operator that applies a function of one number to every element, for floats and doubles.
struct UnaryOperator: ElementwiseOperator {
    let function: ScalarFunction
    let overwritableInputs = [0]

    /// The formula that each one stands for is in ``ScalarFunction/callAsFunction(_:)``.
    static let definitions = [
        row("Ceil", .ceiling),
        row("Elu") { node throws(Refusal) in .elu(alpha: try node.float("alpha", default: 1)) },
        row("Erf", since: 9, .erf),
        row("Exp", .exp),
        row("Floor", .floor),
        row("Gelu", since: 20) { node throws(Refusal) in
            switch try node.string("approximate", default: "none") {
            case "none": .gelu
            case "tanh": .geluTanh
            case let other:
                throw Refusal("its attribute 'approximate' is '\(other)'; not supported")
            }
        },
        row("HardSigmoid") { node throws(Refusal) in
            .hardSigmoid(
                alpha: try node.float("alpha", default: 0.2),
                beta: try node.float("beta", default: 0.5)
            )
        },
        row("HardSwish", since: 14, .hardSwish),
        row("LeakyRelu") { node throws(Refusal) in
            .leakyReLU(slope: try node.float("alpha", default: 0.01))
        },
        row("Log", .log),
        row("Reciprocal", .reciprocal),
        row("Round", since: 11, .round),
        row("Selu") { node throws(Refusal) in
            .selu(
                alpha: try node.float("alpha", default: 1.673_263_2),
                gamma: try node.float("gamma", default: 1.050_701)
            )
        },
        row("Sigmoid", .sigmoid),
        row("Softplus", .softplus),
        row("Softsign", .softsign),
        row("Sqrt", .squareRoot),
        row("Tanh", .tanh),
    ]

    private static func row(
        _ name: String,
        since introduced: Int = 1,
        _ function: ScalarFunction
    ) -> OperatorDefinition {
        row(name, since: introduced) { _ in function }
    }

    private static func row(
        _ name: String,
        since introduced: Int = 1,
        _ function: @escaping @Sendable (inout NodeReader) throws(Refusal) -> ScalarFunction
    ) -> OperatorDefinition {
        OperatorDefinition(name, since: introduced) { node throws(Refusal) in
            UnaryOperator(function: try function(&node))
        }
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let type = try inputs.required(0)
        try type.requireFloats()
        return [type]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        guard places.elementType == .float64 else { return function.step(places) }
        let (input, output) = (places.input(0, Double.self), places.output(0, Double.self))
        return { [function] in
            for index in 0..<input.count { output[index] = function(input[index]) }
        }
    }
}

/// A function of one number that integers have too, or that no kernel computes.
struct NumericUnaryOperator: NumericOperator, ElementwiseOperator {
    private enum Function {
        case absolute, cosine, negate, relu, sign, sine
    }

    private let function: Function
    let overwritableInputs = [0]

    static let definitions = [
        row("Abs", .absolute),
        row("Cos", since: 7, .cosine),
        row("Neg", .negate),
        row("Relu", .relu),
        // −1, 0 or 1 as x is below, at or above 0.
        row("Sign", .sign),
        row("Sin", since: 7, .sine),
    ]

    private static func row(
        _ name: String,
        since introduced: Int = 1,
        _ function: Function
    ) -> OperatorDefinition {
        OperatorDefinition(name, since: introduced) { _ in
            NumericUnaryOperator(function: function)
        }
    }

    /// The function in the form that is fast for floats, if there is one.
    var kernel: ScalarFunction? {
        switch function {
        case .absolute: .absolute
        case .negate: .negate
        case .relu: .relu
        case .cosine, .sign, .sine: nil
        }
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let type = try inputs.required(0)
        switch function {
        case .cosine, .sine: try type.requireFloats()
        default: try type.requireNumbers()
        }
        return [type]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        if let kernel, places.elementType == .float32 { return kernel.step(places) }
        return makeStep(computingWith: places.elementType, places)
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        let (input, output) = (places.input(0, type), places.output(0, type))
        func apply(_ function: @escaping (Number) -> Number) -> Step {
            { for index in 0..<input.count { output[index] = function(input[index]) } }
        }
        return switch function {
        case .absolute: apply { .magnitude(of: $0) }
        case .cosine: apply { .clamping(cos($0.asDouble)) }
        case .negate: apply { .negating($0) }
        case .relu: apply { $0 < 0 ? 0 : $0 }
        case .sign: apply { $0 > 0 ? 1 : $0 < 0 ? .negating(1) : 0 }
        case .sine: apply { .clamping(sin($0.asDouble)) }
        }
    }
}

/// ONNX's `Clip`: numbers kept between two bounds.
struct ClipOperator: NumericOperator, ElementwiseOperator {
    static let definition = OperatorDefinition("Clip", inputs: 1...3, read: ClipOperator.init)
    let overwritableInputs = [0]
    /// The operator as a function of one float, when its bounds are known at load.
    let function: ScalarFunction?

    init(_ node: inout NodeReader) throws(Refusal) {
        let input = try node.inputType(0)
        try input.requireNumbers()
        for index in 1...2 where node.hasInput(index) {
            let bound = try node.inputType(index)
            guard bound.elementType == input.elementType, bound.elementCount == 1 else {
                throw Refusal("its bound (input \(index)) is \(bound) for \(input)")
            }
        }
        let isConstant = (1...2).allSatisfy { !node.hasInput($0) || node.isConstant($0) }
        guard isConstant, input.elementType == .float32 else {
            function = nil
            return
        }
        let low = node.constant(1)?.floats?.first ?? -.infinity
        let high = node.constant(2)?.floats?.first ?? .infinity
        function = low == 0 && high == .infinity ? .relu : .clip(low: low, high: high)
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        [try inputs.required(0)]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        function?.step(places) ?? makeStep(computingWith: places.elementType, places)
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        let (input, output) = (places.input(0, type), places.output(0, type))
        let low = places.hasInput(1) ? places.input(1, type) : nil
        let high = places.hasInput(2) ? places.input(2, type) : nil
        return {
            for index in 0..<input.count {
                var value = input[index]
                if let low { value = max(value, low[0]) }
                if let high { value = min(value, high[0]) }
                output[index] = value
            }
        }
    }
}

extension ScalarFunction {
    /// The function that an operator applies to every float, when it is that and no more.
    static func of(_ operation: any Operator) -> ScalarFunction? {
        switch operation {
        case let unary as UnaryOperator: unary.function
        case let numeric as NumericUnaryOperator: numeric.kernel
        case let clip as ClipOperator: clip.function
        default: nil
        }
    }

    /// The step that applies the function to the floats of input 0.
    fileprivate func step(_ places: StepPlaces) -> Step {
        let (input, output) = (places.floats(0), places.result(0))
        return { apply(input, into: output) }
    }
}
