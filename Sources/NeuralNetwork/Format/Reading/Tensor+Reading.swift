extension Tensor {
    init(_ message: Onnx_TensorProto) throws(ONNXFileError) {
        guard let elementType = ElementType(rawValue: Int(message.dataType)) else {
            throw .malformedTensor(
                name: message.name,
                reason: "unknown element type \(message.dataType)"
            )
        }
        guard message.dataLocation == 0, message.externalData.isEmpty else {
            throw .malformedTensor(
                name: message.name,
                reason: "its data is in another file; export the model as a single file"
            )
        }
        var shape: [Int] = []
        for axis in message.dims {
            guard let length = Int(exactly: axis) else {
                throw .malformedTensor(name: message.name, reason: "an axis of \(axis)")
            }
            shape.append(length)
        }
        guard let count = TensorShape.elementCount(of: shape) else {
            throw .malformedTensor(name: message.name, reason: "the shape \(shape)")
        }
        let values =
            message.rawData.isEmpty
            ? Self.fieldValues(of: message, type: elementType, count: count)
            : Self.rawValues([UInt8](message.rawData), type: elementType, count: count)
        guard let values, values.count == count else {
            throw .malformedTensor(
                name: message.name,
                reason: "its data is not the \(count) \(elementType.name) values of \(shape)"
            )
        }
        self.init(name: message.name, shape: shape, values: values)
    }

    /// The numbers of a tensor stored as raw bytes, or nil when the bytes cannot be so many numbers.
    private static func rawValues(
        _ bytes: [UInt8],
        type: ElementType,
        count: Int
    ) -> TensorValues? {
        func whole(_ width: Int) -> Bool {
            bytes.count % width == 0 && bytes.count / width == count
        }
        switch type {
        case .float32:
            guard whole(4) else { return nil }
            return .float32(
                RawBytes.integers(UInt32.self, from: bytes).map(Float.init(bitPattern:))
            )
        case .float64:
            guard whole(8) else { return nil }
            return .float64(
                RawBytes.integers(UInt64.self, from: bytes).map(Double.init(bitPattern:))
            )
        case .int8: return .int8(bytes.map { Int8(bitPattern: $0) })
        case .uint8: return .uint8(bytes)
        case .bool: return .bool(bytes.map { $0 != 0 })
        case .int16: return whole(2) ? .int16(RawBytes.integers(Int16.self, from: bytes)) : nil
        case .uint16: return whole(2) ? .uint16(RawBytes.integers(UInt16.self, from: bytes)) : nil
        case .int32: return whole(4) ? .int32(RawBytes.integers(Int32.self, from: bytes)) : nil
        case .uint32: return whole(4) ? .uint32(RawBytes.integers(UInt32.self, from: bytes)) : nil
        case .int64: return whole(8) ? .int64(RawBytes.integers(Int64.self, from: bytes)) : nil
        case .uint64: return whole(8) ? .uint64(RawBytes.integers(UInt64.self, from: bytes)) : nil
        default: return .opaque(type, count: count, bytes: bytes)
        }
    }

    /// The numbers of a tensor stored in the field for its type.
    private static func fieldValues(
        of message: Onnx_TensorProto,
        type: ElementType,
        count: Int
    ) -> TensorValues? {
        let narrow = message.int32Data
        switch type {
        case .float32: return .float32(message.floatData)
        case .float64: return .float64(message.doubleData)
        case .int8: return .int8(narrow.map { Int8(truncatingIfNeeded: $0) })
        case .uint8: return .uint8(narrow.map { UInt8(truncatingIfNeeded: $0) })
        case .int16: return .int16(narrow.map { Int16(truncatingIfNeeded: $0) })
        case .uint16: return .uint16(narrow.map { UInt16(truncatingIfNeeded: $0) })
        case .int32: return .int32(narrow)
        case .bool: return .bool(narrow.map { $0 != 0 })
        case .int64: return .int64(message.int64Data)
        case .uint32: return .uint32(message.uint64Data.map { UInt32(truncatingIfNeeded: $0) })
        case .uint64: return .uint64(message.uint64Data)
        case .string: return .opaque(type, count: message.stringData.count, bytes: [])
        default: return .opaque(type, count: count, bytes: RawBytes.bytes(of: narrow))
        }
    }
}
