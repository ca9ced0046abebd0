internal import ONNXFormat

/// An operator on two numbers with broadcasting that gives a number of the same type.
protocol BinaryOperator: NumericOperator, AxisFlexible {
    /// The operation in the form that is fast for floats, if there is one.
    static var floatKind: BinaryKind? { get }

    /// The operation for any type of number.
    func combine<Number: TensorNumber>(_ left: Number, _ right: Number) -> Number
}

/// Operations on two floats that the kernels know.
enum BinaryKind: Sendable {
    case add, subtract, multiply, divide, minimum, maximum
}

extension BinaryOperator {
    static var inputCounts: ClosedRange<Int> { 2...2 }
    static var floatKind: BinaryKind? { nil }

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
        makeStep(computingWith: places.outputType(0).elementType, places)
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        BroadcastSteps.combine(
            places.input(0, type),
            places.input(1, type),
            places.output(0, type),
            by: { combine($0, $1) }
        )
    }

    func reordered(_ order: AxisOrder) -> (operation: any Operator, outputOrder: AxisOrder)? {
        (self, order)
    }
}
