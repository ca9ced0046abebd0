internal import ONNXFormat

/// A constant of the plan.
struct ConstantTensor: Sendable {
    let type: TensorType
    let values: TensorValues

    init(shape: [Int], values: TensorValues) {
        self.type = TensorType(values.elementType, shape)
        self.values = values
    }

    init(_ tensor: Tensor) {
        self.init(shape: tensor.shape, values: tensor.values)
    }
}

extension ConstantTensor {
    /// The numbers, when they are floats.
    var floats: [Float]? {
        if case .float32(let floats) = values { floats } else { nil }
    }
}
