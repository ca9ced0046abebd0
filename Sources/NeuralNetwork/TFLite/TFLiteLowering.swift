/// Turns a `.tflite` file into the engine's own graph: ONNX operators, of which some work on images
/// with channels first.
///
/// A tensor of the file may be there in several forms, each made when it is asked for first: as the
/// file has it; as floats, where integers stand for them; and as floats with channels before rows
/// and columns. Only operators that an output depends on are turned.
struct TFLiteLowering {
    typealias Value = LoweredGraph.Value

    /// The forms in which a tensor of the file is there.
    private struct Forms {
        var raw: Value?
        var floats: Value?
        var image: Value?
    }

    /// The operator set that the nodes are of.
    private static let opset = 20

    let file: TFLiteFile
    private let exposesFloats: Bool
    private var graph = LoweredGraph()
    private var forms: [Forms]
    /// Tensors that only the caller or an operator gives content.
    private var isComputed: [Bool]
    /// The constant of integers behind a tensor of floats.
    private var integersBehind: [Int: Int] = [:]

    private init(_ file: TFLiteFile, exposesFloats: Bool) {
        self.file = file
        self.exposesFloats = exposesFloats
        forms = Array(repeating: Forms(), count: file.tensors.count)
        isComputed = Array(repeating: false, count: file.tensors.count)
        for tensor in file.inputs + file.operators.flatMap(\.outputs) { isComputed[tensor] = true }
    }

    /// The graph of a file.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - exposesFloats: Whether inputs and outputs of integers that stand for floats are floats.
    /// - Returns: A model of ONNX operators.
    /// - Throws: What the file contradicts itself in, or which operator is not supported.
    static func model(
        of file: TFLiteFile,
        exposesFloats: Bool
    ) throws(ModelFileError) -> Model {
        var lowering = TFLiteLowering(file, exposesFloats: exposesFloats)
        let inputs = try lowering.addInputs()
        for operation in lowering.neededOperators() { try lowering.lower(operation) }
        let outputs = try lowering.addOutputs()
        return Model(
            producerName: file.description.isEmpty ? "TFLite" : "TFLite, \(file.description)",
            operatorSets: [OperatorSet(version: opset)],
            graph: lowering.graph.named(inputs: inputs, outputs: outputs)
        )
    }

    /// The operators that an output depends on, in order.
    private func neededOperators() -> [TFLiteOperator] {
        var isNeeded = [Bool](repeating: false, count: file.tensors.count)
        for output in file.outputs { isNeeded[output] = true }
        var needed: [TFLiteOperator] = []
        for operation in file.operators.reversed()
        where operation.outputs.contains(where: { isNeeded[$0] }) {
            needed.append(operation)
            for input in operation.inputs where input >= 0 { isNeeded[input] = true }
        }
        return needed.reversed()
    }

    private mutating func lower(_ operation: TFLiteOperator) throws(ModelFileError) {
        do {
            guard let rule = TFLiteOperators.rule(for: operation.code) else {
                throw ModelFileError.unsupportedOperator(
                    index: operation.index,
                    name: operation.name,
                    reason: nil
                )
            }
            let tensors = operation.inputs.filter { $0 >= 0 } + operation.outputs
            guard
                TFLiteOperators.complex.contains(operation.name)
                    || !tensors.contains(where: { file.tensors[$0].isComplex })
            else { throw Refusal("its numbers are complex") }
            let first = graph.nodeCount
            try rule(&self, operation)
            if let output = operation.outputs.first {
                graph.nameNodes(from: first, after: file.tensors[output].name)
            }
        } catch let refusal as Refusal {
            throw .unsupportedOperator(
                index: operation.index,
                name: operation.name,
                reason: refusal.reason
            )
        } catch let error as ModelFileError {
            throw error
        } catch {
            throw .malformed(.tflite, reason: "operator \(operation.index): \(error)")
        }
    }
}

// MARK: Nodes

extension TFLiteLowering {
    /// Adds a node of several outputs.
    mutating func emit(
        _ operatorType: String,
        _ inputs: [Value?],
        _ attributes: KeyValuePairs<String, AttributeValue> = [:],
        outputCount: Int
    ) -> [Value] {
        graph.emit(operatorType, inputs, attributes, outputCount: outputCount)
    }

    /// Adds a node of one output.
    mutating func emit(
        _ operatorType: String,
        _ inputs: [Value?],
        _ attributes: KeyValuePairs<String, AttributeValue> = [:]
    ) -> Value {
        emit(operatorType, inputs, attributes, outputCount: 1)[0]
    }

    /// Adds a constant.
    mutating func constant(_ tensor: Tensor) -> Value { graph.constant(tensor) }

    /// Adds a constant of one float.
    mutating func scalar(_ number: Float) -> Value { constant(Tensor(shape: [], floats: [number])) }

    /// Adds a constant of 64-bit integers along one axis.
    mutating func integers(_ numbers: [Int]) -> Value {
        constant(Tensor(shape: [numbers.count], integers: numbers.map(Int64.init)))
    }
}

// MARK: Forms of tensors

extension TFLiteLowering {
    /// A tensor as the file has it.
    mutating func raw(_ tensor: Int) throws -> Value {
        if let raw = forms[tensor].raw { return raw }
        let value: Value
        if let image = forms[tensor].image {
            value = emit("Transpose", [image], ["perm": .ints([0, 2, 3, 1])])
            graph.want(file.tensors[tensor].name, for: value)
        } else if let content = try constantTensor(tensor) {
            value = constant(content)
        } else {
            throw ModelFileError.malformed(
                .tflite,
                reason: "tensor \(tensor) '\(file.tensors[tensor].name)' is read before it is "
                    + "computed"
            )
        }
        forms[tensor].raw = value
        return value
    }

    /// A tensor as the numbers that it stands for: floats where it is quantised.
    mutating func operand(_ tensor: Int) throws -> Value {
        guard let quantization = try quantization(of: tensor) else { return try raw(tensor) }
        if let floats = forms[tensor].floats { return floats }
        let value = dequantized(
            try raw(tensor),
            quantization,
            axis: quantization.axis,
            try elementType(of: tensor)
        )
        forms[tensor].floats = value
        return value
    }

    /// A tensor of images as floats with channels first.
    mutating func image(_ tensor: Int) throws -> Value {
        if let image = forms[tensor].image { return image }
        guard shape(of: tensor).count == 4 else {
            throw Refusal("its images have \(shape(of: tensor).count) axes")
        }
        let value = emit(
            "Transpose",
            [try operand(tensor)],
            ["perm": .ints([0, 3, 1, 2])]
        )
        forms[tensor].image = value
        return value
    }

    /// The images of a tensor, where only channels-first ones have been computed.
    func onlyImage(_ tensor: Int) -> Value? {
        forms[tensor].raw == nil ? forms[tensor].image : nil
    }

    /// Says which value a tensor is, as the numbers that it stands for.
    mutating func define(_ tensor: Int, _ value: Value) throws {
        guard let quantization = try quantization(of: tensor) else {
            return defineRaw(tensor, value)
        }
        let type = try elementType(of: tensor)
        defineRaw(tensor, quantized(value, quantization, type))
    }

    /// Says which value a tensor is, as the file has it.
    mutating func defineRaw(_ tensor: Int, _ value: Value) {
        graph.want(file.tensors[tensor].name, for: value)
        forms[tensor] = Forms(raw: value)
    }

    /// Says which value the images of a tensor are, channels first.
    mutating func defineImage(_ tensor: Int, _ value: Value) throws {
        if try quantization(of: tensor) != nil {
            return try define(
                tensor,
                emit("Transpose", [value], ["perm": .ints([0, 2, 3, 1])])
            )
        }
        graph.want(file.tensors[tensor].name, for: value)
        forms[tensor] = Forms(image: value)
    }

    /// Remembers that a tensor is nothing but constant integers as floats.
    mutating func defineFloats(_ tensor: Int, of integers: Int) throws {
        if !isComputed[integers] { integersBehind[tensor] = integers }
        forms[tensor] = Forms(raw: try operand(integers))
    }

    /// The constant behind a tensor.
    func source(of tensor: Int) -> Int { integersBehind[tensor] ?? tensor }

    /// The declared axes of a tensor.
    func shape(of tensor: Int) -> [Int] { file.tensors[tensor].shape }

    /// The type of a tensor's numbers; complex numbers are floats with an axis of 2 at the end.
    func elementType(of tensor: Int) throws -> ElementType {
        try file.tensors[tensor].type.elementType
    }

    /// How a tensor's integers stand for numbers; nil where they do not.
    func quantization(of tensor: Int) throws -> TFLiteQuantization? {
        let declared = file.tensors[tensor]
        guard let quantization = declared.quantization,
            [.int8, .uint8, .int16].contains(try declared.type.elementType)
        else { return nil }
        return quantization
    }

    /// The content of a tensor that no operator computes; nil where there is none.
    func constantTensor(_ tensor: Int) throws -> Tensor? {
        guard !isComputed[tensor] else { return nil }
        let declared = file.tensors[tensor]
        let bytes = try file.content(of: declared)
        guard !bytes.isEmpty || declared.shape.contains(0) else { return nil }
        return try declared.tensor(of: bytes)
    }

    /// The integers of a tensor that no operator computes; nil where it is not such a one.
    func constantIntegers(_ tensor: Int) throws -> [Int]? {
        switch try constantTensor(tensor)?.values {
        case .int32(let numbers): numbers.map(Int.init)
        case .int64(let numbers): numbers.map { Int($0) }
        default: nil
        }
    }
}

// MARK: Inputs and outputs

extension TFLiteLowering {
    private mutating func addInputs() throws(ModelFileError) -> [LoweredGraph.Terminal] {
        var inputs: [LoweredGraph.Terminal] = []
        for tensor in file.inputs {
            let value = graph.newValue()
            inputs.append((value, declaration(of: tensor)))
            try rethrowing { lowering in
                if lowering.exposesFloats {
                    try lowering.define(tensor, value)
                } else {
                    lowering.defineRaw(tensor, value)
                }
            }
        }
        return inputs
    }

    private mutating func addOutputs() throws(ModelFileError) -> [LoweredGraph.Terminal] {
        var outputs: [LoweredGraph.Terminal] = []
        var taken: Set<Value> = []
        for tensor in file.outputs {
            try rethrowing { lowering in
                var value =
                    lowering.exposesFloats
                    ? try lowering.operand(tensor) : try lowering.raw(tensor)
                // A name of its own, whatever else the value is.
                if !lowering.graph.isMade(value) || !taken.insert(value).inserted {
                    value = lowering.emit("Identity", [value])
                }
                outputs.append((value, lowering.declaration(of: tensor)))
            }
        }
        return outputs
    }

    private mutating func rethrowing(
        _ body: (inout TFLiteLowering) throws -> Void
    ) throws(ModelFileError) {
        do {
            try body(&self)
        } catch let error as ModelFileError {
            throw error
        } catch let refusal as Refusal {
            throw .malformed(.tflite, reason: refusal.reason)
        } catch {
            throw .malformed(.tflite, reason: "\(error)")
        }
    }

    private func declaration(of tensor: Int) -> ValueInfo {
        let declared = file.tensors[tensor]
        let isFloat = exposesFloats && (try? quantization(of: tensor)) != nil
        let type = (try? declared.type.elementType) ?? .float32
        return ValueInfo(
            name: declared.name,
            elementType: isFloat ? .float32 : type,
            shape: declared.shape.map { .fixed(max(0, $0)) }
                + (declared.isComplex ? [.fixed(2)] : [])
        )
    }
}
