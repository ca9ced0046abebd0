/// An operator that applies a function of one number to every element, for integers too.
protocol NumericUnaryOperator: NumericOperator, AxisFlexible, TimeLocal {
    /// The function in the form that is fast for floats, if there is one.
    var function: ScalarFunction? { get }

    /// The function for any type of number.
    func apply<Number: TensorNumber>(to value: Number) -> Number
}

extension NumericUnaryOperator {
    var overwritableInputs: [Int] { [0] }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let type = try inputs.required(0)
        guard type.elementType.isNumber else {
            throw Refusal("it works on numbers, not on \(type.elementType.name)")
        }
        return [type]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        let elementType = places.inputType(0).elementType
        if let function, elementType == .float32 {
            return ElementwiseSteps.apply(
                function,
                places.input(0, Float.self),
                places.output(0, Float.self)
            )
        }
        return makeStep(computingWith: elementType, places)
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        let input = places.input(0, type)
        let output = places.output(0, type)
        return { for index in 0..<input.count { output[index] = apply(to: input[index]) } }
    }

    func timeDependence(axes: [Int?], types: [TensorType?]) -> TimeDependence? {
        .elementwise(axes: axes, types: types)
    }

    func reordered(_ order: AxisOrder) -> (operation: any Operator, outputOrder: AxisOrder)? {
        (self, order)
    }
}
