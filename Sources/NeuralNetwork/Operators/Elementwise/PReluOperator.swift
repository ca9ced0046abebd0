/// ONNX's `PRelu`: x where x ≥ 0, else slope · x, with a slope that broadcasts to x.
struct PReluOperator: NumericOperator, AxisFlexible, TimeLocal {
    static let name = "PRelu"
    static let inputCounts = 2...2

    init(_ node: inout NodeReader) throws(Refusal) {}

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let input = try inputs.required(0)
        let slope = try inputs.required(1)
        guard input.elementType.isNumber, slope.elementType == input.elementType,
            try Broadcast.shape(of: [input.shape, slope.shape]) == input.shape
        else { throw Refusal("its slope \(slope) does not fit \(input)") }
        return [input]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        makeStep(computingWith: places.inputType(0).elementType, places)
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        BroadcastSteps.combine(
            places.input(0, type),
            places.input(1, type),
            places.output(0, type)
        ) { x, slope in x < 0 ? Number.multiplying(x, slope) : x }
    }

    func timeDependence(axes: [Int?], types: [TensorType?]) -> TimeDependence? {
        .elementwise(axes: axes, types: types)
    }

    func reordered(_ order: AxisOrder) -> (operation: any Operator, outputOrder: AxisOrder)? {
        (self, order)
    }
}
