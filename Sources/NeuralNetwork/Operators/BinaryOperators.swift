/// An operator on two numbers with broadcasting that gives a number of the same type.
struct BinaryOperator: NumericOperator, ElementwiseOperator {
    let function: BinaryFunction
    let overwritableInputs = [0, 1]

    static let definitions = [
        row("Add", .add),
        // An integer divided by 0 gives 0.
        row("Div", .divide),
        row("Mul", .multiply),
        row("Sub", .subtract),
    ]

    private static func row(_ name: String, _ function: BinaryFunction) -> OperatorDefinition {
        OperatorDefinition(name, inputs: 2...2) { _ in BinaryOperator(function: function) }
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        [try inputs.broadcastNumbers()]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        function.floatStep(places) ?? makeStep(computingWith: places.elementType, places)
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        Broadcast.step(
            places.input(0, type),
            places.input(1, type),
            places.output(0, type),
            by: function.of(type)
        )
    }
}

/// An operator that combines any number of inputs with broadcasting.
struct VariadicOperator: NumericOperator, ElementwiseOperator {
    private let function: BinaryFunction
    /// Whether the combination is divided by the number of inputs.
    private let isMean: Bool

    static let definitions = [
        row("Max", .maximum),
        row("Mean", .add, isMean: true),
        row("Min", .minimum),
        row("Sum", .add),
    ]

    private static func row(
        _ name: String,
        _ function: BinaryFunction,
        isMean: Bool = false
    ) -> OperatorDefinition {
        OperatorDefinition(name, inputs: 1...4096) { _ in
            VariadicOperator(function: function, isMean: isMean)
        }
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        [try inputs.broadcastNumbers()]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        if places.inputs.count == 2, !isMean, let step = function.floatStep(places) { return step }
        return makeStep(computingWith: places.elementType, places)
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        let output = places.output(0, type)
        let inputs = places.inputs.indices.map { places.input($0, type) }
        let loops = Broadcast.loops(inputs.map(\.shape), to: output.shape)
        let combine = function.of(type)
        return { [isMean] in
            for index in 0..<output.count {
                var value = inputs[0][loops.offset(of: 0, round: index, innerCount: 0)]
                for operand in 1..<max(1, inputs.count) {
                    value = combine(
                        value,
                        inputs[operand][loops.offset(of: operand, round: index, innerCount: 0)]
                    )
                }
                output[index] =
                    isMean ? .clamping(value.asDouble / Double(inputs.count)) : value
            }
        }
    }
}

/// ONNX's `Pow`: the base to the power of the exponent, with broadcasting; the result has the
/// base's type.
struct PowOperator: NumericOperator, ElementwiseOperator {
    static let definition = OperatorDefinition("Pow", inputs: 2...2) { _ in PowOperator() }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let base = try inputs.required(0)
        let exponent = try inputs.required(1)
        guard base.elementType.isNumber, exponent.elementType.isNumber else {
            throw Refusal(
                "it does not support \(base.elementType.name) with \(exponent.elementType.name)"
            )
        }
        return [
            TensorType(base.elementType, try Broadcast.shape(of: [base.shape, exponent.shape]))
        ]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        if places.inputType(1).elementType == .float32,
            let step = BinaryFunction.power.floatStep(places)
        {
            return step
        }
        return makeStep(computingWith: places.elementType, places)
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        let (base, output) = (places.input(0, type), places.output(0, type))
        let exponent = places.doubles(1)
        let loops = Broadcast.loops([base.shape, places.inputType(1).shape], to: output.shape)
        return {
            for index in 0..<output.count {
                output[index] = .power(
                    base[loops.offset(of: 0, round: index, innerCount: 0)],
                    exponent(loops.offset(of: 1, round: index, innerCount: 0))
                )
            }
        }
    }
}

/// ONNX's `PRelu`: x where x ≥ 0, else slope · x, with a slope that broadcasts to x.
struct PReluOperator: NumericOperator, ElementwiseOperator {
    static let definition = OperatorDefinition("PRelu", inputs: 2...2) { _ in PReluOperator() }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let input = try inputs.required(0)
        let slope = try inputs.required(1)
        guard input.elementType.isNumber, slope.elementType == input.elementType,
            try Broadcast.shape(of: [input.shape, slope.shape]) == input.shape
        else { throw Refusal("its slope \(slope) does not fit \(input)") }
        return [input]
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        Broadcast.step(
            places.input(0, type),
            places.input(1, type),
            places.output(0, type)
        ) { x, slope in x < 0 ? Number.multiplying(x, slope) : x }
    }
}

extension BinaryFunction {
    /// The function for one type of number.
    fileprivate func of<Number: TensorNumber>(_ type: Number.Type) -> (Number, Number) -> Number {
        switch self {
        case .add: { .adding($0, $1) }
        case .subtract: { .subtracting($0, $1) }
        case .multiply: { .multiplying($0, $1) }
        case .divide: { .dividing($0, by: $1) }
        case .minimum: { $1 < $0 || $1.isNotANumber ? $1 : $0 }
        case .maximum: { $1 > $0 || $1.isNotANumber ? $1 : $0 }
        case .power: { .power($0, $1.asDouble) }
        }
    }

    /// The step for two floats, by a kernel; nil for another type.
    fileprivate func floatStep(_ places: StepPlaces) -> Step? {
        guard places.elementType == .float32,
            let operation = BroadcastOperation(
                self,
                left: places.inputType(0).shape,
                right: places.inputType(1).shape
            )
        else { return nil }
        let (left, right, output) = (places.floats(0), places.floats(1), places.result(0))
        return { operation.run(left, right, into: output) }
    }
}

extension [TensorType?] {
    /// The common type of inputs that must all be there and be numbers of one type.
    fileprivate func broadcastNumbers() throws(Refusal) -> TensorType {
        let first = try required(0)
        var shape = first.shape
        for index in indices {
            let input = try required(index)
            guard input.elementType == first.elementType, input.elementType.isNumber else {
                throw Refusal(
                    "it does not support \(first.elementType.name) with \(input.elementType.name)"
                )
            }
            shape = try Broadcast.shape(of: [shape, input.shape])
        }
        return TensorType(first.elementType, shape)
    }
}
