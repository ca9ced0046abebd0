/// Sums, functions, comparisons and reductions.
extension TFLiteOperators {
    static let arithmetic: [String: Rule] = [
        "ADD": joining("Add", .add),
        "SUB": joining("Sub", .subtract),
        "MUL": joining("Mul", .multiply),
        "DIV": joining("Div", .divide),
        "MAXIMUM": joining("Max"),
        "MINIMUM": joining("Min"),
        "POW": joining("Pow"),
        "PRELU": joining("PRelu"),
        "FLOOR_DIV": { try $0.define($1.output(), $0.flooredQuotient($1)) },
        "FLOOR_MOD": { lowering, operation in
            let left = try lowering.operand(operation.input(0))
            let right = try lowering.operand(operation.input(1))
            let quotient = try lowering.flooredQuotient(operation)
            let whole = lowering.emit("Mul", [quotient, right])
            try lowering.define(operation.output(), lowering.emit("Sub", [left, whole]))
        },
        "SQUARED_DIFFERENCE": { lowering, operation in
            let left = try lowering.operand(operation.input(0))
            let right = try lowering.operand(operation.input(1))
            let difference = lowering.emit("Sub", [left, right])
            try lowering.define(
                operation.output(),
                lowering.emit("Mul", [difference, difference])
            )
        },
        "ADD_N": { lowering, operation in
            let terms = try operation.inputs.indices.map {
                try lowering.operand(operation.input($0))
            }
            try lowering.define(operation.output(), lowering.emit("Sum", terms))
        },
        "EQUAL": joining("Equal"),
        "GREATER": joining("Greater"),
        "GREATER_EQUAL": joining("GreaterOrEqual"),
        "LESS": joining("Less"),
        "LESS_EQUAL": joining("LessOrEqual"),
        "NOT_EQUAL": { lowering, operation in
            let left = try lowering.operand(operation.input(0))
            let right = try lowering.operand(operation.input(1))
            let isEqual = lowering.emit("Equal", [left, right])
            try lowering.define(operation.output(), lowering.emit("Not", [isEqual]))
        },
        "LOGICAL_AND": joining("And"),
        "LOGICAL_OR": joining("Or"),
        "LOGICAL_NOT": function("Not"),
        "SELECT": { try $0.select($1) },
        "SELECT_V2": { try $0.select($1) },
        "ABS": function("Abs"),
        "CEIL": function("Ceil"),
        "COS": function("Cos"),
        "ELU": function("Elu"),
        "EXP": function("Exp"),
        "FLOOR": function("Floor"),
        "HARD_SWISH": function("HardSwish"),
        "LOG": function("Log"),
        "LOGISTIC": function("Sigmoid"),
        "LOG_SOFTMAX": function("LogSoftmax"),
        "NEG": function("Neg"),
        "RELU": function("Relu"),
        "RELU6": clip(0, 6),
        "RELU_0_TO_1": clip(0, 1),
        "RELU_N1_TO_1": clip(-1, 1),
        "ROUND": function("Round"),
        "SIGN": function("Sign"),
        "SIN": function("Sin"),
        "SQRT": function("Sqrt"),
        "TANH": function("Tanh"),
        "RSQRT": { lowering, operation in
            let root = lowering.emit("Sqrt", [try lowering.operand(operation.input(0))])
            try lowering.define(operation.output(), lowering.emit("Reciprocal", [root]))
        },
        "SQUARE": { lowering, operation in
            let input = try lowering.operand(operation.input(0))
            try lowering.define(operation.output(), lowering.emit("Mul", [input, input]))
        },
        "GELU": { lowering, operation in
            let isApproximate = try operation.options(.gelu).flag(0)
            let result = lowering.emit(
                "Gelu",
                [try lowering.operand(operation.input(0))],
                ["approximate": .string(isApproximate ? "tanh" : "none")]
            )
            try lowering.define(operation.output(), result)
        },
        "LEAKY_RELU": { lowering, operation in
            let slope = try operation.options(.leakyRelu).float(0) ?? 0
            let result = lowering.emit(
                "LeakyRelu",
                [try lowering.operand(operation.input(0))],
                ["alpha": .float(slope)]
            )
            try lowering.define(operation.output(), result)
        },
        "SOFTMAX": { lowering, operation in
            let beta = try operation.options(.softmax).float(0) ?? 1
            var input = try lowering.operand(operation.input(0))
            if beta != 1 { input = lowering.emit("Mul", [input, lowering.scalar(beta)]) }
            try lowering.define(
                operation.output(),
                lowering.emit("Softmax", [input], ["axis": .int(-1)])
            )
        },
        "L2_NORMALIZATION": { lowering, operation in
            let input = try lowering.operand(operation.input(0))
            let norm = lowering.emit("ReduceL2", [input, lowering.integers([-1])])
            // LiteRT's reference kernel divides by no less.
            let bounded = lowering.emit("Max", [norm, lowering.scalar(1e-6)])
            try lowering.define(operation.output(), lowering.emit("Div", [input, bounded]))
        },
    ]

    static let reductions: [String: Rule] = [
        "MEAN": { try $0.reduce($1, "ReduceMean") },
        "SUM": { try $0.reduce($1, "ReduceSum") },
        "REDUCE_MAX": { try $0.reduce($1, "ReduceMax") },
        "REDUCE_MIN": { try $0.reduce($1, "ReduceMin") },
        "REDUCE_PROD": { try $0.reduce($1, "ReduceProd") },
        "ARG_MAX": { try $0.argument($1, "ArgMax") },
        "ARG_MIN": { try $0.argument($1, "ArgMin") },
        "TOPK_V2": { lowering, operation in
            let count = try lowering.raw(operation.input(1))
            let found = lowering.emit(
                "TopK",
                [try lowering.operand(operation.input(0)), count],
                outputCount: 2
            )
            try lowering.define(operation.output(0), found[0])
            if operation.outputs.count > 1 {
                try lowering.defineCast(operation.output(1), found[1])
            }
        },
    ]

    /// An operator of two inputs, with an activation where its options have one.
    private static func joining(
        _ operatorType: String,
        _ options: TFLiteOptionsKind? = nil
    ) -> Rule {
        { lowering, operation in
            let left = try lowering.operand(operation.input(0))
            let right = try lowering.operand(operation.input(1))
            let result = lowering.emit(operatorType, [left, right])
            let activation = try options.map { try operation.options($0).byte(0) } ?? 0
            try lowering.define(operation.output(), lowering.activated(result, activation))
        }
    }

    private static func function(_ operatorType: String) -> Rule {
        { lowering, operation in
            let input = try lowering.operand(operation.input(0))
            try lowering.define(operation.output(), lowering.emit(operatorType, [input]))
        }
    }

    private static func clip(_ low: Float, _ high: Float) -> Rule {
        { lowering, operation in
            let input = try lowering.operand(operation.input(0))
            try lowering.define(operation.output(), lowering.clipped(input, low, high))
        }
    }
}

extension TFLiteLowering {
    /// The greatest integer that is not above a quotient.
    fileprivate mutating func flooredQuotient(_ operation: TFLiteOperator) throws -> Value {
        let left = try operand(operation.input(0))
        let right = try operand(operation.input(1))
        let type = try elementType(of: operation.input(0))
        guard type != .float32, type != .float64 else {
            return emit("Floor", [emit("Div", [left, right])])
        }
        let double = AttributeValue.int(Int64(ElementType.float64.rawValue))
        let quotient = emit(
            "Div",
            [emit("Cast", [left], ["to": double]), emit("Cast", [right], ["to": double])]
        )
        return emit("Cast", [emit("Floor", [quotient])], ["to": .int(Int64(type.rawValue))])
    }

    fileprivate mutating func select(_ operation: TFLiteOperator) throws {
        var condition = try raw(operation.input(0))
        let rank = shape(of: try operation.input(1)).count
        // The older operator takes a row of conditions for whole parts along the first axis.
        if operation.name == "SELECT", shape(of: try operation.input(0)).count == 1, rank > 1 {
            condition = emit("Unsqueeze", [condition, integers(Array(1..<rank))])
        }
        let (first, second) = (
            try operand(operation.input(1)), try operand(operation.input(2))
        )
        try define(operation.output(), emit("Where", [condition, first, second]))
    }

    fileprivate mutating func reduce(_ operation: TFLiteOperator, _ operatorType: String) throws {
        let (input, output) = (try operation.input(0), try operation.output())
        let keepsAxes = try operation.options(.reducer).flag(0)
        let keeps = AttributeValue.int(keepsAxes ? 1 : 0)
        let axes = try constantIntegers(operation.input(1))
        if let axes, let image = onlyImage(input) {
            let places = Set(axes.map { $0 < 0 ? $0 + 4 : $0 })
            if places.isSubset(of: 0..<4), keepsAxes || places.isSuperset(of: [1, 2]) {
                let moved = places.map { [0, 2, 3, 1][$0] }.sorted()
                let result = emit(
                    operatorType,
                    [image, integers(moved)],
                    ["keepdims": keeps]
                )
                return keepsAxes
                    ? try defineImage(output, result) : try define(output, result)
            }
        }
        let reduced = try axes.map { integers($0) } ?? raw(operation.input(1))
        let isNothing = axes?.isEmpty ?? false
        let result = emit(
            operatorType,
            [try operand(input), reduced],
            ["keepdims": keeps, "noop_with_empty_axes": .int(isNothing ? 1 : 0)]
        )
        try define(output, result)
    }

    fileprivate mutating func argument(_ operation: TFLiteOperator, _ operatorType: String) throws {
        guard let axis = try constantIntegers(operation.input(1))?.first else {
            throw Refusal("its axis is not a constant")
        }
        let found = emit(
            operatorType,
            [try raw(operation.input(0))],
            ["axis": .int(Int64(axis)), "keepdims": .int(0)]
        )
        try defineCast(operation.output(), found)
    }

    /// Says which value a tensor is, once its numbers have the tensor's type.
    mutating func defineCast(_ tensor: Int, _ value: Value) throws {
        let type = try elementType(of: tensor)
        defineRaw(tensor, emit("Cast", [value], ["to": .int(Int64(type.rawValue))]))
    }
}
