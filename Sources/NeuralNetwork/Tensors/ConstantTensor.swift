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

extension ConstantTensor {
    /// The first number, whatever its type; 0 when there is none.
    var firstNumber: Double { numbers.first ?? 0 }

    /// The numbers, whatever their type.
    var numbers: [Double] {
        switch values {
        case .float32(let values): values.map(Double.init)
        case .float64(let values): values
        case .int8(let values): values.map(Double.init)
        case .int16(let values): values.map(Double.init)
        case .int32(let values): values.map(Double.init)
        case .int64(let values): values.map(Double.init)
        case .uint8(let values): values.map(Double.init)
        case .uint16(let values): values.map(Double.init)
        case .uint32(let values): values.map(Double.init)
        case .uint64(let values): values.map(Double.init)
        case .bool(let values): values.map { $0 ? 1 : 0 }
        case .opaque: []
        }
    }
}
