/// Shapes, types, spectra, and integers that stand for numbers.
extension TFLiteOperators {
    static let shapes: [String: Rule] = [
        "SHAPE": { lowering, operation in
            let shape = lowering.emit("Shape", [try lowering.raw(operation.input(0))])
            try lowering.defineCast(operation.output(), shape)
        },
        "RANK": { lowering, operation in
            let shape = lowering.emit("Shape", [try lowering.raw(operation.input(0))])
            try lowering.defineCast(operation.output(), lowering.emit("Size", [shape]))
        },
        "RANGE": { lowering, operation in
            let bounds = try (0..<3).map { try lowering.raw(operation.input($0)) }
            try lowering.defineRaw(operation.output(), lowering.emit("Range", bounds))
        },
        "FILL": { lowering, operation in
            let shape = try lowering.raw(operation.input(0))
            try lowering.move(operation, [operation.input(1)]) { lowering, values in
                lowering.emit("Expand", [values[0], shape])
            }
        },
        "CAST": { lowering, operation in
            let input = try operation.input(0)
            let isComplex = lowering.file.tensors[input].isComplex
            guard !lowering.file.tensors[try operation.output()].isComplex else {
                throw Refusal("it makes complex numbers")
            }
            let value =
                try isComplex ? lowering.part(0, of: input) : lowering.raw(input)
            try lowering.defineCast(operation.output(), value)
        },
    ]

    static let spectra: [String: Rule] = [
        "RFFT2D": { try $0.transform($1) },
        "REAL": { try $0.defineRaw($1.output(), $0.part(0, of: $1.input(0))) },
        "IMAG": { try $0.defineRaw($1.output(), $0.part(1, of: $1.input(0))) },
        "COMPLEX_ABS": { lowering, operation in
            let pairs = try lowering.raw(operation.input(0))
            let magnitude = lowering.emit(
                "ReduceL2",
                [pairs, lowering.integers([-1])],
                ["keepdims": .int(0)]
            )
            try lowering.defineRaw(operation.output(), magnitude)
        },
    ]

    static let quantization: [String: Rule] = [
        "QUANTIZE": { lowering, operation in
            let value = try lowering.operand(operation.input(0))
            try lowering.define(operation.output(), value)
        },
        "DEQUANTIZE": { try $0.defineFloats($1.output(), of: $1.input(0)) },
    ]

    /// Operators that complex numbers may go through as pairs.
    static let complex: Set<String> = [
        "RFFT2D", "REAL", "IMAG", "COMPLEX_ABS", "CAST", "RESHAPE", "SQUEEZE", "EXPAND_DIMS",
        "TRANSPOSE", "CONCATENATION", "STRIDED_SLICE",
    ]
}

extension TFLiteLowering {
    /// The real (0) or imaginary (1) parts of a tensor.
    fileprivate mutating func part(_ index: Int, of tensor: Int) throws -> Value {
        let pairs = try raw(tensor)
        guard file.tensors[tensor].isComplex else {
            throw Refusal("its input is not of complex numbers")
        }
        let sliced = emit(
            "Slice",
            [pairs, integers([index]), integers([index + 1]), integers([-1])]
        )
        return emit("Squeeze", [sliced, integers([-1])])
    }

    /// The spectrum of real numbers over the last two axes, of which the first is mostly 1 long.
    fileprivate mutating func transform(_ operation: TFLiteOperator) throws {
        guard let lengths = try constantIntegers(operation.input(1)), lengths.count == 2 else {
            throw Refusal("its lengths are not constants")
        }
        var input = try raw(operation.input(0))
        if lengths[0] == 1 {
            input = emit("Slice", [input, integers([0]), integers([1]), integers([-2])])
        }
        let pairs = emit("Unsqueeze", [input, integers([-1])])
        let length = constant(Tensor(shape: [], integers: [Int64(lengths[1])]))
        let along = constant(Tensor(shape: [], integers: [-2]))
        var result = emit("DFT", [pairs, length, along], ["onesided": .int(1)])
        if lengths[0] != 1 {
            let length = constant(Tensor(shape: [], integers: [Int64(lengths[0])]))
            let along = constant(Tensor(shape: [], integers: [-3]))
            result = emit("DFT", [result, length, along])
        }
        try defineRaw(operation.output(), result)
    }
}
