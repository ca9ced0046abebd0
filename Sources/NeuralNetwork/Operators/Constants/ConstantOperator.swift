/// ONNX's `Constant`: numbers that stand in the node itself.
struct ConstantOperator: Operator {
    static let name = "Constant"
    static let inputCounts = 0...0
    private let value: ConstantTensor

    init(_ node: inout NodeReader) throws(Refusal) {
        if let tensor = try node.tensor("value") {
            value = ConstantTensor(tensor)
        } else if let float = try node.float("value_float") {
            value = ConstantTensor(shape: [], values: .float32([float]))
        } else if let floats = try node.floats("value_floats") {
            value = ConstantTensor(shape: [floats.count], values: .float32(floats))
        } else if let integer = try node.integer("value_int") {
            value = ConstantTensor(shape: [], values: .int64([Int64(integer)]))
        } else if let integers = try node.integers("value_ints") {
            value = ConstantTensor(
                shape: [integers.count],
                values: .int64(integers.map(Int64.init))
            )
        } else {
            throw Refusal("it has no value of a supported kind")
        }
        guard value.type.elementType.isSupported else {
            throw Refusal("values of type \(value.type.elementType.name) are not supported")
        }
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] { [value.type] }

    func constantOutputs(for inputs: [TensorType?]) -> [ConstantTensor]? { [value] }

    func makeStep(_ places: StepPlaces) -> Step { {} }
}
