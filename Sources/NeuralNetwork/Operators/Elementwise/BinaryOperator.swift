/// An operator on two numbers with broadcasting that gives a number of the same type.
protocol BinaryOperator: NumericOperator, AxisFlexible, TimeLocal {
    /// The operation in the form that is fast for floats.
    static var floatFunction: BinaryFunction { get }

    /// The operation for any type of number.
    func combine<Number: TensorNumber>(_ left: Number, _ right: Number) -> Number
}

extension BinaryOperator {
    static var inputCounts: ClosedRange<Int> { 2...2 }
    var overwritableInputs: [Int] { [0, 1] }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let left = try inputs.required(0)
        let right = try inputs.required(1)
        guard left.elementType == right.elementType, left.elementType.isNumber else {
            throw Refusal(
                "it does not work on \(left.elementType.name) with \(right.elementType.name)"
            )
        }
        return [
            TensorType(left.elementType, try Broadcast.shape(of: [left.shape, right.shape]))
        ]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        let elementType = places.outputType(0).elementType
        guard elementType == .float32 else { return makeStep(computingWith: elementType, places) }
        guard
            let operation = BroadcastOperation(
                Self.floatFunction,
                left: places.inputType(0).shape,
                right: places.inputType(1).shape
            )
        else { preconditionFailure("shapes were checked when the types were inferred") }
        let (left, right, output) = (places.floats(0), places.floats(1), places.result(0))
        return { operation.run(left, right, into: output) }
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        BroadcastSteps.combine(
            places.input(0, type),
            places.input(1, type),
            places.output(0, type),
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
