/// One operator of a network: reads a node once, then answers what the plan needs to know.
///
/// A value of a conforming type holds everything about the node that does not change from run to
/// run: its attributes, and the inputs that must be constants.
protocol Operator: Sendable {
    /// The operator's name in ONNX.
    static var name: String { get }
    /// The operator set that has the operator; empty for ONNX's own.
    static var domain: String { get }
    /// The first opset that has the operator.
    static var introduced: Int { get }
    /// How many inputs a node may have.
    static var inputCounts: ClosedRange<Int> { get }
    /// How many outputs a node may have.
    static var outputCounts: ClosedRange<Int> { get }

    /// Reads a node's attributes and constant inputs.
    init(_ node: inout NodeReader) throws(Refusal)

    /// The types of the outputs for inputs of the given types.
    ///
    /// An input is nil where an optional one is left out or one was read as a constant.
    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType]

    /// The work of one run, for fixed places of inputs and outputs. It allocates nothing.
    func makeStep(_ places: StepPlaces) -> Step

    /// The outputs where they follow from the types of the inputs alone; nil otherwise.
    func constantOutputs(for inputs: [TensorType?]) -> [ConstantTensor]?

    /// Whether the output is the first input under another shape, so that both share storage.
    var isView: Bool { get }

    /// Inputs in whose place the only output may be written, given that nobody needs them later and
    /// they are as large.
    var overwritableInputs: [Int] { get }

    /// Whether a node with constant inputs can be carried out when the model is loaded.
    var isFoldable: Bool { get }

    /// Multiplications that are followed by an addition, for inputs and outputs of these types.
    func multiplyAdds(inputs: [TensorType?], outputs: [TensorType]) -> Int

    /// A rough count of operations, by which models that would run for ever are told apart.
    func work(inputs: [TensorType?], outputs: [TensorType]) -> Int

    /// Weights held by the operator itself.
    var parameterCount: Int { get }
}

/// The work of one node in one run.
typealias Step = () -> Void

extension Operator {
    static var domain: String { "" }
    static var introduced: Int { 1 }
    static var inputCounts: ClosedRange<Int> { 1...1 }
    static var outputCounts: ClosedRange<Int> { 1...1 }
    var isView: Bool { false }
    var overwritableInputs: [Int] { [] }
    var isFoldable: Bool { true }
    var parameterCount: Int { 0 }

    func constantOutputs(for inputs: [TensorType?]) -> [ConstantTensor]? { nil }

    func multiplyAdds(inputs: [TensorType?], outputs: [TensorType]) -> Int { 0 }

    func work(inputs: [TensorType?], outputs: [TensorType]) -> Int {
        let elements = outputs.reduce(0) { $0.saturatingSum($1.elementCount) }
        let operands = inputs.reduce(0) { $0.saturatingSum($1?.elementCount ?? 0) }
        return multiplyAdds(inputs: inputs, outputs: outputs)
            .saturatingSum(elements.saturatingProduct(max(1, inputs.count)))
            .saturatingSum(operands)
    }
}

extension Int {
    /// The sum of two numbers that are not negative, or the greatest number.
    func saturatingSum(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }

    /// The product of two numbers that are not negative, or the greatest number.
    func saturatingProduct(_ other: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }
}
