/// An operator on two truth values with broadcasting.
protocol LogicalOperator: AxisFlexible, TimeLocal {
    /// The operation on two truth values.
    func combine(_ left: Bool, _ right: Bool) -> Bool
}

extension LogicalOperator {
    static var inputCounts: ClosedRange<Int> { 2...2 }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let left = try inputs.required(0)
        let right = try inputs.required(1)
        guard left.elementType == .bool, right.elementType == .bool else {
            throw Refusal(
                "it does not work on \(left.elementType.name) with \(right.elementType.name)"
            )
        }
        return [TensorType(.bool, try Broadcast.shape(of: [left.shape, right.shape]))]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        BroadcastSteps.combine(
            places.input(0, Bool.self),
            places.input(1, Bool.self),
            places.output(0, Bool.self),
            by: { combine($0, $1) }
        )
    }

    func timeDependence(axes: [Int?], types: [TensorType?]) -> TimeDependence? {
        .elementwise(axes: axes, types: types)
    }

    func reordered(_ order: AxisOrder) -> (operation: any Operator, outputOrder: AxisOrder)? {
        (self, order)
    }
}
