import NeuralNetwork

extension Tensor {
    /// An array as an input of a network.
    init(name: String, array: NPYArray) {
        let values: TensorValues =
            switch array.values {
            case .float32(let values): .float32(values)
            case .float64(let values): .float64(values)
            case .int64(let values): .int64(values)
            case .int32(let values): .int32(values)
            case .uint8(let values): .uint8(values)
            case .bool(let values): .bool(values)
            }
        self.init(name: name, shape: array.shape, values: values)
    }
}

extension NPYArray {
    /// An output of a network as an array; integers that the format lacks become wider ones.
    ///
    /// - Throws: When the numbers are of a type that cannot be written, such as 16-bit floats.
    init(_ tensor: Tensor) throws(CommandFailure) {
        let values: NPYValues
        switch tensor.values {
        case .float32(let numbers): values = .float32(numbers)
        case .float64(let numbers): values = .float64(numbers)
        case .int64(let numbers): values = .int64(numbers)
        case .int32(let numbers): values = .int32(numbers)
        case .uint8(let numbers): values = .uint8(numbers)
        case .bool(let numbers): values = .bool(numbers)
        case .int8(let numbers): values = .int32(numbers.map(Int32.init))
        case .int16(let numbers): values = .int32(numbers.map(Int32.init))
        case .uint16(let numbers): values = .int32(numbers.map(Int32.init))
        case .uint32(let numbers): values = .int64(numbers.map(Int64.init))
        case .uint64, .opaque:
            throw CommandFailure(
                .badData,
                "Output '\(tensor.name)' is of type \(tensor.elementType.name), which .npy files "
                    + "are not written in here. Cast it to float in the network."
            )
        }
        self.init(shape: tensor.shape, values: values)
    }
}
