/// An operator that compares two numbers with broadcasting and gives a truth value.
protocol ComparisonOperator: NumericOperator, AxisFlexible, TimeLocal {
    /// The comparison.
    func compare<Number: TensorNumber>(_ left: Number, _ right: Number) -> Bool
}

extension ComparisonOperator {
    static var inputCounts: ClosedRange<Int> { 2...2 }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let left = try inputs.required(0)
        let right = try inputs.required(1)
        let isTruth = left.elementType == .bool && Self.name == EqualOperator.name
        guard left.elementType == right.elementType, left.elementType.isNumber || isTruth else {
            throw Refusal(
                "it does not work on \(left.elementType.name) with \(right.elementType.name)"
            )
        }
        return [TensorType(.bool, try Broadcast.shape(of: [left.shape, right.shape]))]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        if places.inputType(0).elementType == .bool {
            return BroadcastSteps.combine(
                places.input(0, Bool.self),
                places.input(1, Bool.self),
                places.output(0, Bool.self),
                by: { $0 == $1 }
            )
        }
        return makeStep(computingWith: places.inputType(0).elementType, places)
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        BroadcastSteps.combine(
            places.input(0, type),
            places.input(1, type),
            places.output(0, Bool.self),
            by: { compare($0, $1) }
        )
    }

    func timeDependence(axes: [Int?], types: [TensorType?]) -> TimeDependence? {
        .elementwise(axes: axes, types: types)
    }

    func reordered(_ order: AxisOrder) -> (operation: any Operator, outputOrder: AxisOrder)? {
        (self, order)
    }
}
