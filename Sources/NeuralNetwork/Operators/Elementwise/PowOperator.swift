/// ONNX's `Pow`: the base to the power of the exponent, with broadcasting; the result has the
/// base's type.
struct PowOperator: NumericOperator, AxisFlexible, TimeLocal {
    static let name = "Pow"
    static let inputCounts = 2...2

    init(_ node: inout NodeReader) throws(Refusal) {}

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let base = try inputs.required(0)
        let exponent = try inputs.required(1)
        guard base.elementType.isNumber, exponent.elementType.isNumber else {
            throw Refusal(
                "it does not work on \(base.elementType.name) with \(exponent.elementType.name)"
            )
        }
        return [
            TensorType(base.elementType, try Broadcast.shape(of: [base.shape, exponent.shape]))
        ]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        let (base, exponent) = (places.inputType(0), places.inputType(1))
        if base.elementType == .float32, exponent.elementType == .float32,
            let operation = BroadcastOperation(.power, left: base.shape, right: exponent.shape)
        {
            let (left, right, output) = (places.floats(0), places.floats(1), places.result(0))
            return { operation.run(left, right, into: output) }
        }
        return makeStep(computingWith: base.elementType, places)
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        switch places.inputType(1).elementType {
        case .float32: step(type, Float.self, places)
        case .float64: step(type, Double.self, places)
        case .int8: step(type, Int8.self, places)
        case .int16: step(type, Int16.self, places)
        case .int32: step(type, Int32.self, places)
        case .int64: step(type, Int64.self, places)
        case .uint8: step(type, UInt8.self, places)
        case .uint16: step(type, UInt16.self, places)
        case .uint32: step(type, UInt32.self, places)
        case .uint64: step(type, UInt64.self, places)
        default: preconditionFailure("exponents are checked to be numbers")
        }
    }

    func timeDependence(axes: [Int?], types: [TensorType?]) -> TimeDependence? {
        .elementwise(axes: axes, types: types)
    }

    func reordered(_ order: AxisOrder) -> (operation: any Operator, outputOrder: AxisOrder)? {
        (self, order)
    }

    private func step<Base: TensorNumber, Exponent: TensorNumber>(
        _ base: Base.Type,
        _ exponent: Exponent.Type,
        _ places: StepPlaces
    ) -> Step {
        BroadcastSteps.combine(
            places.input(0, base),
            places.input(1, exponent),
            places.output(0, base)
        ) { Base.power($0, $1.asDouble) }
    }
}
