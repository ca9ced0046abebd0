/// What an operator reads of a node; keeps track of what was read, so that nothing is overlooked.
struct NodeReader {
    /// The node.
    let node: Node
    /// The version of ONNX's operator set that the model uses.
    let opset: Int
    /// The types of the inputs by position; nil where an optional input is left out.
    let inputTypes: [TensorType?]

    private let constants: [Tensor?]
    private var unreadAttributes: Set<String>
    private(set) var consumedInputs: Set<Int> = []

    init(node: Node, opset: Int, inputTypes: [TensorType?], constants: [Tensor?]) {
        self.node = node
        self.opset = opset
        self.inputTypes = inputTypes
        self.constants = constants
        self.unreadAttributes = Set(node.attributes.map(\.name))
    }

    /// The number of outputs that the node names.
    var outputCount: Int { node.outputs.count }

    /// Whether an input is there.
    func hasInput(_ index: Int) -> Bool { index < inputTypes.count && inputTypes[index] != nil }

    /// Whether an output is wanted.
    func hasOutput(_ index: Int) -> Bool {
        index < node.outputs.count && !node.outputs[index].isEmpty
    }

    /// The type of an input that must be there.
    func inputType(_ index: Int) throws(Refusal) -> TensorType {
        guard index < inputTypes.count, let type = inputTypes[index] else {
            throw Refusal("input \(index) is missing")
        }
        return type
    }

    /// Refuses attributes that the operator did not read.
    func checkEverythingWasRead() throws(Refusal) {
        if let name = unreadAttributes.min() {
            throw Refusal("its attribute '\(name)' is not supported")
        }
    }

    // MARK: Constant inputs

    /// An input that is known when the model is loaded, taken out of the inputs of the run.
    ///
    /// - Returns: nil when the input is left out or known only at run time.
    mutating func constant(_ index: Int) -> Tensor? {
        guard index < constants.count, let constant = constants[index] else { return nil }
        consumedInputs.insert(index)
        return constant
    }

    /// Whether an input is known when the model is loaded.
    func isConstant(_ index: Int) -> Bool {
        index < constants.count && constants[index] != nil
    }

    /// An input of integers that must be known when the model is loaded, if it is there.
    ///
    /// - Parameters:
    ///   - index: The input's position.
    ///   - purpose: What the input is for, as in "the shape".
    /// - Returns: The integers; nil when the input is left out.
    /// - Throws: ``Refusal`` when the input is known only at run time or is not of integers.
    mutating func constantIntegers(
        _ index: Int,
        _ purpose: String
    ) throws(Refusal) -> [Int]? {
        guard hasInput(index) else { return nil }
        guard let constant = constant(index) else {
            throw Refusal("\(purpose) (input \(index)) is not a constant")
        }
        switch constant.values {
        case .int64(let values): return try Self.bounded(values, purpose)
        case .int32(let values): return try Self.bounded(values.map(Int64.init), purpose)
        default:
            throw Refusal(
                "\(purpose) (input \(index)) has type \(constant.type.elementType.name)"
            )
        }
    }

    /// The integers of an input that must be there and be known when the model is loaded.
    mutating func requiredIntegers(_ index: Int, _ purpose: String) throws(Refusal) -> [Int] {
        guard let integers = try constantIntegers(index, purpose) else {
            throw Refusal("input \(index) is missing")
        }
        return integers
    }

    /// The shape that an input names, which must be known when the model is loaded.
    mutating func requiredShape(_ index: Int) throws(Refusal) -> [Int] {
        let shape = try requiredIntegers(index, "the shape")
        guard TensorShape.elementCount(of: shape) != nil else {
            throw Refusal("\(shape) is not a shape")
        }
        return shape
    }

    // MARK: Attributes

    private mutating func value(of name: String) -> AttributeValue? {
        unreadAttributes.remove(name)
        return node.attributes.first { $0.name == name }?.value
    }

    /// An integer, or nil when the node does not have it.
    mutating func integer(_ name: String) throws(Refusal) -> Int? {
        switch value(of: name) {
        case nil: return nil
        case .int(let value): return try Self.bounded([value], "attribute '\(name)'")[0]
        default: throw Refusal("its attribute '\(name)' is not an integer")
        }
    }

    /// An integer, or the default when the node does not have it.
    mutating func integer(_ name: String, default fallback: Int) throws(Refusal) -> Int {
        try integer(name) ?? fallback
    }

    /// An integer that stands for yes or no.
    mutating func flag(_ name: String, default fallback: Bool) throws(Refusal) -> Bool {
        try integer(name).map { $0 != 0 } ?? fallback
    }

    /// A float, or nil when the node does not have it.
    mutating func float(_ name: String) throws(Refusal) -> Float? {
        switch value(of: name) {
        case nil: return nil
        case .float(let value): return value
        default: throw Refusal("its attribute '\(name)' is not a float")
        }
    }

    /// A float, or the default when the node does not have it.
    mutating func float(_ name: String, default fallback: Float) throws(Refusal) -> Float {
        try float(name) ?? fallback
    }

    /// A text, or the default when the node does not have it.
    mutating func string(_ name: String, default fallback: String) throws(Refusal) -> String {
        switch value(of: name) {
        case nil: return fallback
        case .string(let value): return value
        default: throw Refusal("its attribute '\(name)' is not a string")
        }
    }

    /// A list of integers, or nil when the node does not have it.
    mutating func integers(_ name: String) throws(Refusal) -> [Int]? {
        switch value(of: name) {
        case nil: return nil
        case .ints(let values): return try Self.bounded(values, "attribute '\(name)'")
        default: throw Refusal("its attribute '\(name)' is not a list of integers")
        }
    }

    /// A list of floats, or nil when the node does not have it.
    mutating func floats(_ name: String) throws(Refusal) -> [Float]? {
        switch value(of: name) {
        case nil: return nil
        case .floats(let values): return values
        default: throw Refusal("its attribute '\(name)' is not a list of floats")
        }
    }

    /// A list of texts, or nil when the node does not have it.
    mutating func strings(_ name: String) throws(Refusal) -> [String]? {
        switch value(of: name) {
        case nil: return nil
        case .strings(let values): return values
        default: throw Refusal("its attribute '\(name)' is not a list of strings")
        }
    }

    /// A tensor, or nil when the node does not have it.
    mutating func tensor(_ name: String) throws(Refusal) -> Tensor? {
        switch value(of: name) {
        case nil: return nil
        case .tensor(let value): return value
        default: throw Refusal("its attribute '\(name)' is not a tensor")
        }
    }

    /// The integers, each clamped to ±2³¹ so that products of two cannot overflow.
    ///
    /// Larger magnitudes are used by exporters as "to the very end" and mean no more than this.
    private static func bounded(_ values: [Int64], _ purpose: String) throws(Refusal) -> [Int] {
        guard values.count <= 1 << 20 else {
            throw Refusal("\(purpose) has too many entries (\(values.count))")
        }
        let limit: Int64 = 1 << 31
        return values.map { Int(max(-limit, min(limit, $0))) }
    }
}
