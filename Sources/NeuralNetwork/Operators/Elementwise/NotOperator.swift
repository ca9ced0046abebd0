/// ONNX's `Not`: the opposite of a truth value.
struct NotOperator: AxisFlexible, TimeLocal {
    static let name = "Not"

    init(_ node: inout NodeReader) throws(Refusal) {}

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let input = try inputs.required(0)
        guard input.elementType == .bool else {
            throw Refusal("it works on bool, not on \(input.elementType.name)")
        }
        return [input]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        let input = places.input(0, Bool.self)
        let output = places.output(0, Bool.self)
        return { for index in 0..<input.count { output[index] = !input[index] } }
    }

    func timeDependence(axes: [Int?], types: [TensorType?]) -> TimeDependence? {
        .elementwise(axes: axes, types: types)
    }

    func reordered(_ order: AxisOrder) -> (operation: any Operator, outputOrder: AxisOrder)? {
        (self, order)
    }
}
