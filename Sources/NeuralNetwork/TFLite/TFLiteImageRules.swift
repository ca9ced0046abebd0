/// Convolutions, pools and dense layers.
extension TFLiteOperators {
    static let images: [String: Rule] = [
        "CONV_2D": { try $0.convolution($1) },
        "DEPTHWISE_CONV_2D": { try $0.depthwiseConvolution($1) },
        "TRANSPOSE_CONV": { try $0.transposedConvolution($1) },
        "AVERAGE_POOL_2D": { try $0.pool($1, "AveragePool") },
        "MAX_POOL_2D": { try $0.pool($1, "MaxPool") },
        "FULLY_CONNECTED": { try $0.fullyConnected($1) },
        "BATCH_MATMUL": { try $0.batchProduct($1) },
        "RESIZE_BILINEAR": { lowering, operation in
            let options = operation.options(.resizeBilinear)
            try lowering.resize(
                operation,
                mode: "linear",
                alignsCorners: options.flag(2),
                usesCentres: options.flag(3)
            )
        },
        "RESIZE_NEAREST_NEIGHBOR": { lowering, operation in
            let options = operation.options(.resizeNearest)
            try lowering.resize(
                operation,
                mode: "nearest",
                alignsCorners: options.flag(0),
                usesCentres: options.flag(1)
            )
        },
    ]
}

extension TFLiteLowering {
    /// From output channel, rows, columns, input channel to ONNX's order.
    fileprivate mutating func convolution(_ operation: TFLiteOperator) throws {
        let options = operation.options(.convolution)
        let (input, weights) = (try operation.input(0), try operation.input(1))
        let kernel = try self.weights(weights, order: [0, 3, 1, 2])
        guard let channels = shape(of: input).last, let depth = shape(of: weights).last,
            depth > 0, channels % depth == 0
        else {
            throw Refusal("weights \(shape(of: weights)) do not fit \(shape(of: input))")
        }
        let result = emit(
            "Conv",
            [
                try image(input), kernel,
                try bias(operation, at: 2, input: input, weights: weights),
            ],
            [
                "auto_pad": try Self.padding(options.byte(0)),
                "strides": .ints([Int64(try options.int(2)), Int64(try options.int(1))]),
                "dilations": .ints([
                    Int64(try options.int(5, default: 1)), Int64(try options.int(4, default: 1)),
                ]),
                "group": .int(Int64(channels / depth)),
            ]
        )
        try defineImage(operation.output(), activated(result, options.byte(3)))
    }

    /// From 1, rows, columns, channel to ONNX's order, a group a channel of the input.
    fileprivate mutating func depthwiseConvolution(_ operation: TFLiteOperator) throws {
        let options = operation.options(.depthwiseConvolution)
        let (input, weights) = (try operation.input(0), try operation.input(1))
        let kernel = try self.weights(weights, order: [3, 0, 1, 2])
        let result = emit(
            "Conv",
            [
                try image(input), kernel,
                try bias(operation, at: 2, input: input, weights: weights),
            ],
            [
                "auto_pad": try Self.padding(options.byte(0)),
                "strides": .ints([Int64(try options.int(2)), Int64(try options.int(1))]),
                "dilations": .ints([
                    Int64(try options.int(6, default: 1)), Int64(try options.int(5, default: 1)),
                ]),
                "group": .int(Int64(shape(of: input).last ?? 1)),
            ]
        )
        try defineImage(operation.output(), activated(result, options.byte(4)))
    }

    fileprivate mutating func transposedConvolution(_ operation: TFLiteOperator) throws {
        let options = operation.options(.transposedConvolution)
        let (weights, input) = (try operation.input(1), try operation.input(2))
        let kernel = try self.weights(weights, order: [3, 0, 1, 2])
        let strides = [try options.int(2), try options.int(1)]
        let bias = try bias(operation, at: 3, input: input, weights: weights)
        let inputs = [try image(input), kernel, bias]
        let padding = try Self.padding(options.byte(0))
        let result: Value
        if let wanted = try constantIntegers(operation.input(0)), wanted.count == 4 {
            result = emit(
                "ConvTranspose",
                inputs,
                [
                    "auto_pad": padding, "strides": .ints(strides.map(Int64.init)),
                    "output_shape": .ints(wanted[1...2].map(Int64.init)),
                ]
            )
        } else {
            // What TensorFlow computes as the shape: a whole stride for every element.
            let kernelShape = shape(of: weights)
            guard kernelShape.count == 4 else { throw Refusal("its weights are \(kernelShape)") }
            let missing = zip(strides, kernelShape[1...2]).map { Int64(max(0, $0 - $1)) }
            result = emit(
                "ConvTranspose",
                inputs,
                [
                    "auto_pad": padding, "strides": .ints(strides.map(Int64.init)),
                    "output_padding": .ints(padding == Self.noPadding ? missing : [0, 0]),
                ]
            )
        }
        try defineImage(operation.output(), activated(result, options.byte(3)))
    }

    fileprivate mutating func pool(_ operation: TFLiteOperator, _ operatorType: String) throws {
        let options = operation.options(.pool)
        let result = emit(
            operatorType,
            [try image(operation.input(0))],
            [
                "auto_pad": try Self.padding(options.byte(0)),
                "strides": .ints([Int64(try options.int(2)), Int64(try options.int(1))]),
                "kernel_shape": .ints([Int64(try options.int(4)), Int64(try options.int(3))]),
            ]
        )
        try defineImage(operation.output(), activated(result, options.byte(5)))
    }

    private static let noPadding = AttributeValue.string("VALID")

    /// ONNX's word for a way to pad, given by the schema's number; what is odd goes to the end.
    private static func padding(_ number: Int) throws -> AttributeValue {
        switch number {
        case 0: return .string("SAME_UPPER")
        case 1: return noPadding
        default: throw Refusal("its padding has the number \(number)")
        }
    }

    // MARK: Products

    fileprivate mutating func fullyConnected(_ operation: TFLiteOperator) throws {
        let options = operation.options(.fullyConnected)
        let (input, weights) = (try operation.input(0), try operation.input(1))
        guard try options.byte(1) == 0 else { throw Refusal("its weights are shuffled") }
        guard shape(of: weights).count == 2 else {
            throw Refusal("its weights have the shape \(shape(of: weights))")
        }
        let bias = try bias(operation, at: 2, input: input, weights: weights)
        var rows = try operand(input)
        var result: Value
        if try options.flag(2), shape(of: input).count != 2 {
            let matrix = try self.weights(weights, order: [1, 0])
            result = emit("MatMul", [rows, matrix])
            if let bias { result = emit("Add", [result, bias]) }
        } else {
            if shape(of: input).count != 2 {
                rows = emit("Reshape", [rows, integers([-1, shape(of: weights)[1]])])
            }
            let matrix = try self.weights(weights, order: [0, 1])
            result = emit(
                "Gemm",
                bias == nil ? [rows, matrix] : [rows, matrix, bias],
                ["transB": .int(1)]
            )
        }
        try define(operation.output(), activated(result, options.byte(0)))
    }

    fileprivate mutating func batchProduct(_ operation: TFLiteOperator) throws {
        let options = operation.options(.batchMatrixProduct)
        var sides: [Value] = []
        for (position, isTransposed) in [try options.flag(0), try options.flag(1)].enumerated() {
            let tensor = try operation.input(position)
            var side = try operand(tensor)
            let rank = shape(of: tensor).count
            if isTransposed, rank >= 2 {
                let order = Array(0..<rank - 2) + [rank - 1, rank - 2]
                side = emit("Transpose", [side], ["perm": .ints(order.map(Int64.init))])
            }
            sides.append(side)
        }
        try define(operation.output(), emit("MatMul", [sides[0], sides[1]]))
    }

    // MARK: Other sizes

    fileprivate mutating func resize(
        _ operation: TFLiteOperator,
        mode: String,
        alignsCorners: Bool,
        usesCentres: Bool
    ) throws {
        let coordinates =
            alignsCorners ? "align_corners" : usesCentres ? "half_pixel" : "asymmetric"
        let sizes = try raw(operation.input(1))
        let result = emit(
            "Resize",
            [try operand(operation.input(0)), nil, nil, sizes],
            [
                "mode": .string(mode), "axes": .ints([1, 2]),
                "coordinate_transformation_mode": .string(coordinates),
                "nearest_mode": .string(
                    coordinates == "asymmetric" ? "floor" : "round_prefer_ceil"
                ),
            ]
        )
        try define(operation.output(), result)
    }
}
