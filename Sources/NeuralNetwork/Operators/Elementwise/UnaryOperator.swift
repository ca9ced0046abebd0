/// An operator that applies a function of one number to every element.
protocol UnaryOperator: AxisFlexible, TimeLocal {
    /// The function, for floats.
    var function: ScalarFunction { get }
}

extension UnaryOperator {
    var overwritableInputs: [Int] { [0] }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let type = try inputs.required(0)
        guard type.elementType == .float32 || type.elementType == .float64 else {
            throw Refusal("it works on float and double, not on \(type.elementType.name)")
        }
        return [type]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        if places.inputType(0).elementType == .float64 {
            return ElementwiseSteps.apply(
                function,
                places.input(0, Double.self),
                places.output(0, Double.self)
            )
        }
        return ElementwiseSteps.apply(
            function,
            places.input(0, Float.self),
            places.output(0, Float.self)
        )
    }

    func timeDependence(axes: [Int?], types: [TensorType?]) -> TimeDependence? {
        .elementwise(axes: axes, types: types)
    }

    func reordered(_ order: AxisOrder) -> (operation: any Operator, outputOrder: AxisOrder)? {
        (self, order)
    }
}

extension [TensorType?] {
    /// The type of an input that must be there.
    func required(_ index: Int) throws(Refusal) -> TensorType {
        guard index < count, let type = self[index] else {
            throw Refusal("it lacks input \(index)")
        }
        return type
    }

    /// The type of an input that may be left out.
    func optional(_ index: Int) -> TensorType? { index < count ? self[index] : nil }
}
