/// TensorFlow Lite's operators: their names by number, and how those that are supported become ONNX's.
enum TFLiteOperators {
    /// Turns one operator of a file into nodes.
    typealias Rule = @Sendable (inout TFLiteLowering, TFLiteOperator) throws -> Void

    /// How an operator becomes nodes; nil for one that is not supported.
    static func rule(for code: TFLiteOperator.Code) -> Rule? {
        code.isCustom ? nil : rules[code.name]
    }

    /// The names of the operators that are supported, in the schema's spelling.
    static var supportedNames: [String] { rules.keys.sorted() }

    private static let rules: [String: Rule] = [
        images, arithmetic, reductions, movement, slicing, shapes, spectra,
        quantization,
    ].reduce(into: [:]) { $0.merge($1) { first, _ in first } }

    /// The names in the order of their numbers in the schema.
    fileprivate static let names: [Substring] = """
        ADD AVERAGE_POOL_2D CONCATENATION CONV_2D DEPTHWISE_CONV_2D DEPTH_TO_SPACE DEQUANTIZE
        EMBEDDING_LOOKUP FLOOR FULLY_CONNECTED HASHTABLE_LOOKUP L2_NORMALIZATION L2_POOL_2D
        LOCAL_RESPONSE_NORMALIZATION LOGISTIC LSH_PROJECTION LSTM MAX_POOL_2D MUL RELU
        RELU_N1_TO_1 RELU6 RESHAPE RESIZE_BILINEAR RNN SOFTMAX SPACE_TO_DEPTH SVDF TANH
        CONCAT_EMBEDDINGS SKIP_GRAM CALL CUSTOM EMBEDDING_LOOKUP_SPARSE PAD
        UNIDIRECTIONAL_SEQUENCE_RNN GATHER BATCH_TO_SPACE_ND SPACE_TO_BATCH_ND TRANSPOSE MEAN SUB
        DIV SQUEEZE UNIDIRECTIONAL_SEQUENCE_LSTM STRIDED_SLICE BIDIRECTIONAL_SEQUENCE_RNN EXP
        TOPK_V2 SPLIT LOG_SOFTMAX DELEGATE BIDIRECTIONAL_SEQUENCE_LSTM CAST PRELU MAXIMUM ARG_MAX
        MINIMUM LESS NEG PADV2 GREATER GREATER_EQUAL LESS_EQUAL SELECT SLICE SIN TRANSPOSE_CONV
        SPARSE_TO_DENSE TILE EXPAND_DIMS EQUAL NOT_EQUAL LOG SUM SQRT RSQRT SHAPE POW ARG_MIN
        FAKE_QUANT REDUCE_PROD REDUCE_MAX PACK LOGICAL_OR ONE_HOT LOGICAL_AND LOGICAL_NOT UNPACK
        REDUCE_MIN FLOOR_DIV REDUCE_ANY SQUARE ZEROS_LIKE FILL FLOOR_MOD RANGE
        RESIZE_NEAREST_NEIGHBOR LEAKY_RELU SQUARED_DIFFERENCE MIRROR_PAD ABS SPLIT_V UNIQUE CEIL
        REVERSE_V2 ADD_N GATHER_ND COS WHERE RANK ELU REVERSE_SEQUENCE MATRIX_DIAG QUANTIZE
        MATRIX_SET_DIAG ROUND HARD_SWISH IF WHILE NON_MAX_SUPPRESSION_V4 NON_MAX_SUPPRESSION_V5
        SCATTER_ND SELECT_V2 DENSIFY SEGMENT_SUM BATCH_MATMUL PLACEHOLDER_FOR_GREATER_OP_CODES
        CUMSUM CALL_ONCE BROADCAST_TO RFFT2D CONV_3D IMAG REAL COMPLEX_ABS HASHTABLE
        HASHTABLE_FIND HASHTABLE_IMPORT HASHTABLE_SIZE REDUCE_ALL CONV_3D_TRANSPOSE VAR_HANDLE
        READ_VARIABLE ASSIGN_VARIABLE BROADCAST_ARGS RANDOM_STANDARD_NORMAL BUCKETIZE
        RANDOM_UNIFORM MULTINOMIAL GELU DYNAMIC_UPDATE_SLICE RELU_0_TO_1 UNSORTED_SEGMENT_PROD
        UNSORTED_SEGMENT_MAX UNSORTED_SEGMENT_SUM ATAN2 UNSORTED_SEGMENT_MIN SIGN BITCAST
        BITWISE_XOR RIGHT_SHIFT STABLEHLO_LOGISTIC STABLEHLO_ADD STABLEHLO_DIVIDE
        STABLEHLO_MULTIPLY STABLEHLO_MAXIMUM STABLEHLO_RESHAPE STABLEHLO_CLAMP
        STABLEHLO_CONCATENATE STABLEHLO_BROADCAST_IN_DIM STABLEHLO_CONVOLUTION STABLEHLO_SLICE
        STABLEHLO_CUSTOM_CALL STABLEHLO_REDUCE STABLEHLO_ABS STABLEHLO_AND STABLEHLO_COSINE
        STABLEHLO_EXPONENTIAL STABLEHLO_FLOOR STABLEHLO_LOG STABLEHLO_MINIMUM STABLEHLO_NEGATE
        STABLEHLO_OR STABLEHLO_POWER STABLEHLO_REMAINDER STABLEHLO_RSQRT STABLEHLO_SELECT
        STABLEHLO_SUBTRACT STABLEHLO_TANH STABLEHLO_SCATTER STABLEHLO_COMPARE STABLEHLO_CONVERT
        STABLEHLO_DYNAMIC_SLICE STABLEHLO_DYNAMIC_UPDATE_SLICE STABLEHLO_PAD STABLEHLO_IOTA
        STABLEHLO_DOT_GENERAL STABLEHLO_REDUCE_WINDOW STABLEHLO_SORT STABLEHLO_WHILE
        STABLEHLO_GATHER STABLEHLO_TRANSPOSE DILATE STABLEHLO_RNG_BIT_GENERATOR REDUCE_WINDOW
        STABLEHLO_COMPOSITE STABLEHLO_SHIFT_LEFT STABLEHLO_CBRT STABLEHLO_CASE
        """.split(whereSeparator: \.isWhitespace)
}

extension TFLiteOperator.Code {
    /// Whether it is none of TensorFlow Lite's own.
    var isCustom: Bool { number == 32 }

    /// The name in the schema, or the one that a custom operator has.
    var name: String {
        if isCustom { return customName.isEmpty ? "CUSTOM" : customName }
        let names = TFLiteOperators.names
        return names.indices.contains(number) ? String(names[number]) : "number \(number)"
    }
}

extension TFLiteOperator {
    /// The operator's name in the schema, or the one that a custom operator has.
    var name: String { code.name }

    /// Whether an optional input is there.
    func hasInput(_ position: Int) -> Bool {
        inputs.indices.contains(position) && inputs[position] >= 0
    }

    /// The tensor that is read at a position.
    func input(_ position: Int) throws -> Int {
        guard hasInput(position) else { throw Refusal("its input \(position) is missing") }
        return inputs[position]
    }

    /// The tensor that is computed at a position.
    func output(_ position: Int = 0) throws -> Int {
        guard outputs.indices.contains(position) else {
            throw Refusal("its output \(position) is missing")
        }
        return outputs[position]
    }
}

/// What an operator does to its result at the end.
enum TFLiteActivation: Int {
    case none = 0
    case relu = 1
    case reluToOne = 2
    case reluToSix = 3
    case tanh = 4
}

extension TFLiteLowering {
    /// The result of an operator after its activation, given by the schema's number.
    mutating func activated(_ value: Value, _ number: Int) throws -> Value {
        switch TFLiteActivation(rawValue: number) {
        case .none?: return value
        case .relu?: return emit("Relu", [value])
        case .reluToOne?: return clipped(value, -1, 1)
        case .reluToSix?: return clipped(value, 0, 6)
        case .tanh?: return emit("Tanh", [value])
        case nil: throw Refusal("its activation has the number \(number)")
        }
    }

    /// Numbers kept between two bounds.
    mutating func clipped(_ value: Value, _ low: Float, _ high: Float) -> Value {
        emit("Clip", [value, scalar(low), scalar(high)])
    }
}
