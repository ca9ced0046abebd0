/// ONNX's `Shape`: the lengths of the input's axes, known when the model is loaded.
struct ShapeOperator: Operator {
    static let name = "Shape"
    private let start: Int
    private let end: Int?

    init(_ node: inout NodeReader) throws(Refusal) {
        start = try node.integer("start", default: 0)
        end = try node.integer("end")
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        [TensorType(.int64, [axes(of: try inputs.required(0)).count])]
    }

    func constantOutputs(for inputs: [TensorType?]) -> [ConstantTensor]? {
        inputs.optional(0).map { input in
            let lengths = input.shape[axes(of: input)].map(Int64.init)
            return [ConstantTensor(shape: [lengths.count], values: .int64(lengths))]
        }
    }

    func makeStep(_ places: StepPlaces) -> Step { {} }

    private func axes(of type: TensorType) -> Range<Int> {
        func place(_ axis: Int) -> Int {
            min(max(axis < 0 ? axis + type.rank : axis, 0), type.rank)
        }
        let first = place(start)
        return first..<max(first, place(end ?? type.rank))
    }
}
