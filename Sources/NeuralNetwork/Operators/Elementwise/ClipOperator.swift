/// ONNX's `Clip`: numbers kept between two bounds.
struct ClipOperator: NumericOperator, AxisFlexible, TimeLocal {
    static let name = "Clip"
    static let inputCounts = 1...3
    let overwritableInputs = [0]
    /// The bounds for floats, when they are known at load.
    private let constantBounds: (low: Float, high: Float)?

    init(_ node: inout NodeReader) throws(Refusal) {
        let input = try node.inputType(0)
        guard input.elementType.isNumber else {
            throw Refusal("it works on numbers, not on \(input.elementType.name)")
        }
        for index in 1...2 where node.hasInput(index) {
            let bound = try node.inputType(index)
            guard bound.elementType == input.elementType, bound.elementCount == 1 else {
                throw Refusal("its bound (input \(index)) is \(bound) for \(input)")
            }
        }
        let isConstant = (1...2).allSatisfy { !node.hasInput($0) || node.isConstant($0) }
        guard isConstant, input.elementType == .float32 else {
            constantBounds = nil
            return
        }
        let low = node.constant(1)?.floats?.first ?? -.infinity
        let high = node.constant(2)?.floats?.first ?? .infinity
        constantBounds = (low, high)
    }

    /// The operator as a function of one number, when its bounds are known at load.
    var function: ScalarFunction? {
        constantBounds.map {
            $0.low == 0 && $0.high == .infinity ? .relu : .clip(low: $0.low, high: $0.high)
        }
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        [try inputs.required(0)]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        if let function {
            return ElementwiseSteps.apply(
                function,
                places.input(0, Float.self),
                places.output(0, Float.self)
            )
        }
        return makeStep(computingWith: places.inputType(0).elementType, places)
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        let input = places.input(0, type)
        let output = places.output(0, type)
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

    func timeDependence(axes: [Int?], types: [TensorType?]) -> TimeDependence? {
        .elementwise(axes: axes, types: types)
    }

    func reordered(_ order: AxisOrder) -> (operation: any Operator, outputOrder: AxisOrder)? {
        (self, order)
    }
}
