/// What moves numbers about: quantised integers too, as long as they stand for the same numbers
/// before and after.
extension TFLiteOperators {
    static let movement: [String: Rule] = [
        "RESHAPE": { lowering, operation in
            let input = try operation.input(0)
            let target = try lowering.targetShape(operation)
            try lowering.move(operation, [input]) { lowering, values in
                lowering.emit("Reshape", [values[0], target], ["allowzero": .int(1)])
            }
        },
        "EXPAND_DIMS": { lowering, operation in
            let input = try operation.input(0)
            let isComplex = lowering.file.tensors[input].isComplex
            let axes: TFLiteLowering.Value
            if let given = try lowering.constantIntegers(operation.input(1)) {
                axes = lowering.integers(given.map { isComplex && $0 < 0 ? $0 &- 1 : $0 })
            } else {
                axes = try lowering.raw(operation.input(1))
            }
            try lowering.move(operation, [input]) { lowering, values in
                lowering.emit("Unsqueeze", [values[0], axes])
            }
        },
        "SQUEEZE": { lowering, operation in
            let input = try operation.input(0)
            var axes = try operation.options(.squeeze).integers(0)
            if lowering.file.tensors[input].isComplex {
                guard !axes.isEmpty else { throw Refusal("it does not name the axes") }
                axes = axes.map { $0 < 0 ? $0 - 1 : $0 }
            }
            try lowering.move(operation, [input]) { [axes] lowering, values in
                lowering.emit(
                    "Squeeze",
                    axes.isEmpty ? [values[0]] : [values[0], lowering.integers(axes)]
                )
            }
        },
        "TRANSPOSE": { lowering, operation in
            let input = try operation.input(0)
            guard var order = try lowering.constantIntegers(operation.input(1)) else {
                throw Refusal("its order of axes is not a constant")
            }
            if lowering.file.tensors[input].isComplex { order.append(order.count) }
            try lowering.move(operation, [input]) { [order] lowering, values in
                lowering.emit("Transpose", values, ["perm": .ints(order.map(Int64.init))])
            }
        },
        "CONCATENATION": { lowering, operation in
            let options = operation.options(.concatenation)
            let inputs = try operation.inputs.indices.map { try operation.input($0) }
            let axis = try lowering.axis(options.int(0), of: operation.input(0))
            let activation = try options.byte(1)
            let isPlain = activation == TFLiteActivation.none.rawValue
            try lowering.move(operation, inputs, asIntegers: isPlain) { lowering, values in
                let joined = lowering.emit("Concat", values, ["axis": .int(Int64(axis))])
                return try lowering.activated(joined, activation)
            }
        },
        "PACK": { lowering, operation in
            let axis = try operation.options(.pack).int(1)
            let inputs = try operation.inputs.indices.map { try operation.input($0) }
            try lowering.move(operation, inputs) { lowering, values in
                let parts = values.map {
                    lowering.emit("Unsqueeze", [$0, lowering.integers([axis])])
                }
                return lowering.emit("Concat", parts, ["axis": .int(Int64(axis))])
            }
        },
        "UNPACK": { lowering, operation in
            let axis = try operation.options(.unpack).int(1)
            try lowering.split(operation, operation.input(0), axis: axis) { lowering, part in
                lowering.emit("Squeeze", [part, lowering.integers([axis])])
            }
        },
        "SPLIT": { lowering, operation in
            guard let axis = try lowering.constantIntegers(operation.input(0))?.first else {
                throw Refusal("its axis is not a constant")
            }
            try lowering.split(operation, operation.input(1), axis: axis)
        },
        "SPLIT_V": { lowering, operation in
            guard let axis = try lowering.constantIntegers(operation.input(2))?.first else {
                throw Refusal("its axis is not a constant")
            }
            let lengths = try lowering.partLengths(operation, axis: axis)
            try lowering.split(operation, operation.input(0), axis: axis, lengths: lengths)
        },
        "GATHER": { lowering, operation in
            let options = operation.options(.gather)
            guard try options.int(1) == 0 else { throw Refusal("it gathers in batches") }
            let axis = try options.int(0)
            let indices = try lowering.raw(operation.input(1))
            try lowering.move(operation, [operation.input(0)]) { lowering, values in
                lowering.emit("Gather", [values[0], indices], ["axis": .int(Int64(axis))])
            }
        },
        "TILE": { lowering, operation in
            let repeats = try lowering.raw(operation.input(1))
            try lowering.move(operation, [operation.input(0)]) { lowering, values in
                lowering.emit("Tile", [values[0], repeats])
            }
        },
        "BROADCAST_TO": { lowering, operation in
            let shape = try lowering.raw(operation.input(1))
            try lowering.move(operation, [operation.input(0)]) { lowering, values in
                lowering.emit("Expand", [values[0], shape])
            }
        },
        "PAD": { try $0.pad($1, mode: "constant") },
        "PADV2": { try $0.pad($1, mode: "constant") },
        "MIRROR_PAD": { lowering, operation in
            guard try operation.options(.mirrorPad).byte(0) == 0 else {
                throw Refusal("it repeats the border itself (SYMMETRIC)")
            }
            try lowering.pad(operation, mode: "reflect")
        },
    ]
}

extension TFLiteLowering {
    /// Adds what moves numbers of some tensors into the operator's first output.
    ///
    /// - Parameters:
    ///   - operation: The operator.
    ///   - inputs: The tensors, in the order in which `body` gets them.
    ///   - asIntegers: Whether quantised integers may be moved as they are.
    ///   - body: Adds the nodes.
    /// - Throws: What the file contradicts itself in.
    mutating func move(
        _ operation: TFLiteOperator,
        _ inputs: [Int],
        asIntegers: Bool = true,
        _ body: (inout TFLiteLowering, [Value]) throws -> Value
    ) throws {
        let output = try operation.output()
        let target = try quantization(of: output)
        if asIntegers, try inputs.allSatisfy({ try quantization(of: $0) == target }) {
            let values = try inputs.map { try raw($0) }
            defineRaw(output, try body(&self, values))
        } else {
            let values = try inputs.map { try operand($0) }
            try define(output, body(&self, values))
        }
    }

    /// An axis counted from the front where complex numbers add one at the end.
    fileprivate func axis(_ axis: Int, of tensor: Int) -> Int {
        file.tensors[tensor].isComplex && axis < 0 ? axis - 1 : axis
    }

    /// The shape that a value is given: input 1, or an option in old files.
    fileprivate mutating func targetShape(_ operation: TFLiteOperator) throws -> Value {
        let isComplex = file.tensors[try operation.input(0)].isComplex
        guard operation.hasInput(1) else {
            let shape = try operation.options(.reshape).integers(0)
            return integers(isComplex ? shape + [2] : shape)
        }
        let tensor = try operation.input(1)
        if var shape = try constantIntegers(tensor) {
            // Old files mean a scalar by it.
            if shape == [0], self.shape(of: try operation.output()).isEmpty { shape = [] }
            return integers(isComplex ? shape + [2] : shape)
        }
        let shape = try raw(tensor)
        guard isComplex else { return shape }
        let pair = constant(Tensor(shape: [1], values: .int32([2])))
        return emit("Concat", [shape, pair], ["axis": .int(0)])
    }

    /// Adds the parts of a tensor along an axis, equal ones unless their lengths are given.
    fileprivate mutating func split(
        _ operation: TFLiteOperator,
        _ input: Int,
        axis: Int,
        lengths: [Int]? = nil,
        _ finish: (inout TFLiteLowering, Value) -> Value = { $1 }
    ) throws {
        let source = try quantization(of: input)
        let isRaw = try operation.outputs.allSatisfy { try quantization(of: $0) == source }
        let value = try isRaw ? raw(input) : operand(input)
        let count = operation.outputs.count
        guard count > 0 else { throw Refusal("it has no outputs") }
        let axis = AttributeValue.int(Int64(axis))
        let parts =
            if let lengths {
                emit("Split", [value, integers(lengths)], ["axis": axis], outputCount: count)
            } else {
                emit(
                    "Split",
                    [value],
                    ["axis": axis, "num_outputs": .int(Int64(count))],
                    outputCount: count
                )
            }
        for (output, part) in zip(operation.outputs, parts) {
            let finished = finish(&self, part)
            if isRaw { defineRaw(output, finished) } else { try define(output, finished) }
        }
    }

    /// The lengths of parts, of which one may stand for what is left.
    fileprivate func partLengths(_ operation: TFLiteOperator, axis: Int) throws -> [Int] {
        guard var lengths = try constantIntegers(operation.input(1)) else {
            throw Refusal("the lengths of its parts are not a constant")
        }
        guard let open = lengths.firstIndex(of: -1) else { return lengths }
        let shape = shape(of: try operation.input(0))
        let place = axis < 0 ? axis + shape.count : axis
        guard shape.indices.contains(place) else { throw Refusal("it has no axis \(axis)") }
        lengths[open] = 0
        lengths[open] = max(0, shape[place].saturatingSum(0 &- lengths.reduce(0, &+)))
        return lengths
    }

    /// From pairs of numbers an axis to all first ones before all second ones.
    fileprivate mutating func pad(_ operation: TFLiteOperator, mode: String) throws {
        let (input, amounts) = (try operation.input(0), try operation.input(1))
        let pads: Value
        if let numbers = try constantIntegers(amounts) {
            let axes = 0..<numbers.count / 2
            pads = integers(axes.map { numbers[2 * $0] } + axes.map { numbers[2 * $0 + 1] })
        } else {
            let columns = emit("Transpose", [try raw(amounts)], ["perm": .ints([1, 0])])
            pads = emit("Reshape", [columns, integers([-1])])
        }
        let filler: Value?
        if operation.hasInput(2) {
            filler = try operand(operation.input(2))
        } else {
            filler = nil
        }
        try move(operation, [input], asIntegers: filler == nil && mode != "constant") {
            lowering,
            values in
            lowering.emit(
                "Pad",
                filler.map { [values[0], pads, $0] } ?? [values[0], pads],
                ["mode": .string(mode)]
            )
        }
    }
}
