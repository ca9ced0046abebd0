/// The types that tensors of a `.tflite` file may have, with the schema's numbers.
enum TFLiteType: Int {
    case float32 = 0
    case float16 = 1
    case int32 = 2
    case uint8 = 3
    case int64 = 4
    case bool = 6
    case int16 = 7
    case complex64 = 8
    case int8 = 9
    case float64 = 10
    case uint64 = 12
    case uint32 = 15
    case uint16 = 16
    case int4 = 17

    /// The type that the engine computes with.
    ///
    /// Half-precision floats become single ones; complex numbers are pairs of floats.
    var elementType: ElementType {
        switch self {
        case .float32, .float16, .complex64: .float32
        case .int32: .int32
        case .uint8: .uint8
        case .int64: .int64
        case .bool: .bool
        case .int16: .int16
        case .int8, .int4: .int8
        case .float64: .float64
        case .uint64: .uint64
        case .uint32: .uint32
        case .uint16: .uint16
        }
    }
}

extension TFLiteTensor {
    /// The type, looked up.
    var type: TFLiteType {
        get throws(ModelFileError) {
            guard let type = TFLiteType(rawValue: typeNumber) else {
                throw .malformedTensor(
                    name: name,
                    reason: "its type has the number \(typeNumber), which is not supported"
                )
            }
            return type
        }
    }

    /// Whether the numbers are complex, which adds an axis of 2.
    var isComplex: Bool { typeNumber == TFLiteType.complex64.rawValue }

    /// The constant that the bytes of the tensor's content are.
    func tensor(of bytes: ArraySlice<UInt8>) throws(ModelFileError) -> Tensor {
        let type = try type
        guard !isSparse else { throw .malformedTensor(name: name, reason: "it is sparse") }
        guard let count = TensorShape.elementCount(of: shape) else {
            throw .malformedTensor(name: name, reason: "the shape \(shape)")
        }
        let values: TensorValues?
        switch type {
        case .float16: values = Self.halves(bytes, count: count).map { .float32($0) }
        case .int4: values = Self.nibbles(bytes, count: count).map { .int8($0) }
        default:
            values = TensorValues(
                rawBytes: Array(bytes),
                type: type.elementType,
                count: isComplex ? count.saturatingProduct(2) : count
            )
        }
        guard let values else {
            throw .malformedTensor(
                name: name,
                reason: "its \(bytes.count) bytes are not \(count) numbers of type \(type)"
            )
        }
        return Tensor(name: name, shape: isComplex ? shape + [2] : shape, values: values)
    }

    private static func halves(_ bytes: ArraySlice<UInt8>, count: Int) -> [Float]? {
        guard bytes.count % 2 == 0, bytes.count / 2 == count else { return nil }
        return (0..<count).map { index in
            let place = bytes.startIndex + 2 * index
            return Float(
                Float16(bitPattern: UInt16(bytes[place]) | UInt16(bytes[place + 1]) << 8)
            )
        }
    }

    /// Integers of four bits, the lower half of a byte first.
    private static func nibbles(_ bytes: ArraySlice<UInt8>, count: Int) -> [Int8]? {
        guard count <= 2 * bytes.count, bytes.count == (count + 1) / 2 else { return nil }
        return (0..<count).map { index in
            let byte = Int8(bitPattern: bytes[bytes.startIndex + index / 2])
            return index % 2 == 0 ? (byte << 4) >> 4 : byte >> 4
        }
    }
}

extension Tensor {
    /// The constant with its axes in another order.
    fileprivate func permuted(_ order: [Int]) -> Tensor {
        let lengths = order.map { shape[$0] }
        let rowMajor = LoopNest.rowMajorStrides(shape)
        let strides = order.map { rowMajor[$0] }
        // Loops made for the types that weights have: large files have millions of them.
        let moved: TensorValues =
            switch values {
            case .int8(let numbers): .int8(Self.permuted(numbers, lengths, strides))
            case .uint8(let numbers): .uint8(Self.permuted(numbers, lengths, strides))
            case .float32(let numbers): .float32(Self.permuted(numbers, lengths, strides))
            default: transposed(order).values
            }
        return Tensor(name: name, shape: lengths, values: moved)
    }

    @inline(__always)
    private static func permuted<Number>(
        _ numbers: [Number],
        _ lengths: [Int],
        _ strides: [Int]
    ) -> [Number] {
        guard let length = lengths.last, let stride = strides.last, !numbers.isEmpty else {
            return numbers
        }
        var result: [Number] = []
        result.reserveCapacity(numbers.count)
        var places = [Int](repeating: 0, count: lengths.count)
        var start = 0
        while result.count < numbers.count {
            for index in 0..<length { result.append(numbers[start + index * stride]) }
            var axis = lengths.count - 2
            while axis >= 0 {
                places[axis] += 1
                start += strides[axis]
                if places[axis] < lengths[axis] { break }
                start -= lengths[axis] * strides[axis]
                places[axis] = 0
                axis -= 1
            }
        }
        return result
    }
}

// MARK: Integers that stand for numbers

extension TFLiteLowering {
    /// The floats that integers stand for.
    mutating func dequantized(
        _ value: Value,
        _ quantization: TFLiteQuantization,
        axis: Int,
        _ type: ElementType
    ) -> Value {
        let scale = scales(quantization)
        guard quantization.zeroPoints.contains(where: { $0 != 0 }) else {
            return emit("DequantizeLinear", [value, scale], ["axis": .int(Int64(axis))])
        }
        return emit(
            "DequantizeLinear",
            [value, scale, zeroPoints(quantization, type)],
            ["axis": .int(Int64(axis))]
        )
    }

    /// The integers that stand for floats.
    mutating func quantized(
        _ value: Value,
        _ quantization: TFLiteQuantization,
        _ type: ElementType
    ) -> Value {
        emit(
            "QuantizeLinear",
            [value, scales(quantization), zeroPoints(quantization, type)],
            ["axis": .int(Int64(quantization.axis))]
        )
    }

    private mutating func scales(_ quantization: TFLiteQuantization) -> Value {
        let count = quantization.scales.count
        return constant(Tensor(shape: count == 1 ? [] : [count], floats: quantization.scales))
    }

    private mutating func zeroPoints(
        _ quantization: TFLiteQuantization,
        _ type: ElementType
    )
        -> Value
    {
        let points = quantization.zeroPoints
        let values: TensorValues =
            switch type {
            case .uint8: .uint8(points.map { UInt8(clamping: $0) })
            case .int16: .int16(points.map { Int16(clamping: $0) })
            default: .int8(points.map { Int8(clamping: $0) })
            }
        return constant(Tensor(shape: points.count == 1 ? [] : [points.count], values: values))
    }

    /// Constant weights as floats, their axes in another order; they stay integers in the file of
    /// the graph.
    mutating func weights(_ tensor: Int, order: [Int]) throws -> Value {
        let source = source(of: tensor)
        guard let content = try constantTensor(source) else {
            return emit(
                "Transpose",
                [try operand(tensor)],
                ["perm": .ints(order.map(Int64.init))]
            )
        }
        guard content.shape.count == order.count else {
            throw Refusal("its weights have the shape \(content.shape)")
        }
        let isMoved = order != Array(order.indices)
        let value = constant(isMoved ? content.permuted(order) : content)
        guard let quantization = try quantization(of: source) else { return value }
        let axis = order.firstIndex(of: quantization.axis)
        guard axis != nil || quantization.scales.count == 1 else {
            throw Refusal("the scales of its weights are for axis \(quantization.axis)")
        }
        return dequantized(value, quantization, axis: axis ?? 0, content.elementType)
    }

    /// The bias of a product of an input with weights, as floats; nil where there is none.
    mutating func bias(
        _ operation: TFLiteOperator,
        at position: Int,
        input: Int,
        weights: Int
    ) throws -> Value? {
        guard operation.hasInput(position) else { return nil }
        let tensor = try operation.input(position)
        guard let content = try constantTensor(tensor), content.floats == nil else {
            return try operand(tensor)
        }
        let scales: [Float]
        if let own = file.tensors[tensor].quantization?.scales {
            scales = own
        } else if let left = try quantization(of: input)?.scales.first,
            let right = try quantization(of: source(of: weights))?.scales
        {
            scales = right.map { left * $0 }
        } else {
            throw Refusal("its bias is \(content.type), but nothing gives a scale")
        }
        let numbers = content.numbers
        guard scales.count == 1 || scales.count == numbers.count else {
            throw Refusal("its bias has \(numbers.count) numbers and \(scales.count) scales")
        }
        let floats = numbers.enumerated().map { index, number in
            Float(number) * (scales.count == 1 ? scales[0] : scales[index])
        }
        return constant(Tensor(name: content.name, shape: content.shape, floats: floats))
    }
}
