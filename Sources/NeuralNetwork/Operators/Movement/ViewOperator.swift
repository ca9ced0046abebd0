/// The first input under another shape, sharing its storage; what reshaping operators become.
protocol ViewOperator: Operator {
    /// The shape of the output for an input of the given shape.
    func outputShape(for shape: [Int]) throws(Refusal) -> [Int]
}

extension ViewOperator {
    var isView: Bool { true }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let input = try inputs.required(0)
        let shape = try outputShape(for: input.shape)
        guard TensorShape.elementCount(of: shape) == input.elementCount else {
            throw Refusal("\(input.shape) cannot become \(shape)")
        }
        return [TensorType(input.elementType, shape)]
    }

    func makeStep(_ places: StepPlaces) -> Step { {} }
}
