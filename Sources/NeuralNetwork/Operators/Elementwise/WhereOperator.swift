/// ONNX's `Where`: the second input's element where the first is true, else the third's.
struct WhereOperator: AnyElementOperator, AxisFlexible, TimeLocal {
    static let name = "Where"
    static let introduced = 9
    static let inputCounts = 3...3

    init(_ node: inout NodeReader) throws(Refusal) {}

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let condition = try inputs.required(0)
        let (first, second) = (try inputs.required(1), try inputs.required(2))
        guard condition.elementType == .bool, first.elementType == second.elementType else {
            throw Refusal("it does not work on \(condition), \(first) and \(second)")
        }
        let shape = try Broadcast.shape(of: [condition.shape, first.shape, second.shape])
        return [TensorType(first.elementType, shape)]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        makeStep(moving: places.outputType(0).elementType, places)
    }

    func makeStep<Element: TensorElement>(_ type: Element.Type, _ places: StepPlaces) -> Step {
        let condition = places.input(0, Bool.self)
        let (first, second) = (places.input(1, type), places.input(2, type))
        let output = places.output(0, type)
        let loops = Broadcast.loops(
            [condition.shape, first.shape, second.shape],
            to: output.shape
        )
        return {
            for index in 0..<output.count {
                output[index] =
                    condition[loops.offset(of: 0, round: index, innerCount: 0)]
                    ? first[loops.offset(of: 1, round: index, innerCount: 0)]
                    : second[loops.offset(of: 2, round: index, innerCount: 0)]
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
