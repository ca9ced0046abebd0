/// ONNX's `Size`: the number of elements of the input, known when the model is loaded.
struct SizeOperator: Operator {
    static let name = "Size"

    init(_ node: inout NodeReader) throws(Refusal) {}

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        [TensorType(.int64, [])]
    }

    func constantOutputs(for inputs: [TensorType?]) -> [ConstantTensor]? {
        inputs.optional(0).map {
            [ConstantTensor(shape: [], values: .int64([Int64($0.elementCount)]))]
        }
    }

    func makeStep(_ places: StepPlaces) -> Step { {} }
}
