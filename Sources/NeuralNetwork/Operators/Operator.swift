/// One operator of a network: reads a node once, then answers what the plan needs to know.
///
/// A value of a conforming type holds everything about the node that does not change from run to
/// run: its attributes, and the inputs that must be constants. Its ``OperatorDefinition`` has what
/// is known before a node is read.
protocol Operator: Sendable {
    /// The types of the outputs for inputs of the given types.
    ///
    /// An input is nil where an optional one is left out or one was read as a constant.
    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType]

    /// The work of one run, for fixed places of inputs and outputs. It allocates nothing.
    func makeStep(_ places: StepPlaces) -> Step

    /// The outputs where they follow from the types of the inputs alone; nil otherwise.
    func constantOutputs(for inputs: [TensorType?]) -> [Tensor]?

    /// Whether the output is the first input under another shape, so that both share storage.
    var isView: Bool { get }

    /// Inputs in whose place the only output may be written if no later step reads them and they
    /// are as large.
    var overwritableInputs: [Int] { get }

    /// Whether a node with constant inputs can be carried out when the model is loaded.
    var isFoldable: Bool { get }

    /// Multiplications that are followed by an addition, for inputs and outputs of these types.
    func multiplyAdds(inputs: [TensorType?], outputs: [TensorType]) -> Int

    /// A rough count of operations, used to reject models that would never finish.
    func work(inputs: [TensorType?], outputs: [TensorType]) -> Int

    /// Weights held by the operator itself.
    var parameterCount: Int { get }

    /// Bytes of them.
    var weightByteCount: Int { get }
}

/// The work of one node in one run.
typealias Step = () -> Void

/// Why an operator declines a node; the importer adds which node it was.
struct Refusal: Error {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}

extension Operator {
    var isView: Bool { false }
    var overwritableInputs: [Int] { [] }
    var isFoldable: Bool { true }
    var parameterCount: Int { 0 }
    var weightByteCount: Int { 4 * parameterCount }

    func constantOutputs(for inputs: [TensorType?]) -> [Tensor]? { nil }

    func multiplyAdds(inputs: [TensorType?], outputs: [TensorType]) -> Int { 0 }

    func work(inputs: [TensorType?], outputs: [TensorType]) -> Int {
        let elements = outputs.reduce(0) { $0.saturatingSum($1.elementCount) }
        let operands = inputs.reduce(0) { $0.saturatingSum($1?.elementCount ?? 0) }
        return multiplyAdds(inputs: inputs, outputs: outputs)
            .saturatingSum(elements.saturatingProduct(max(1, inputs.count)))
            .saturatingSum(operands)
    }
}

// MARK: Any type of element

/// An operator whose step is the same for every element type, as when it only moves elements.
protocol AnyElementOperator: Operator {
    /// The step for one element type.
    func makeStep<Element: TensorElement>(
        _ type: Element.Type,
        _ places: StepPlaces
    ) -> Step
}

extension AnyElementOperator {
    func makeStep(_ places: StepPlaces) -> Step { makeStep(moving: places.elementType, places) }

    /// The step for the element type given at run time.
    ///
    /// The types are spelled out so that the compiler makes a loop for each.
    func makeStep(moving elementType: ElementType, _ places: StepPlaces) -> Step {
        switch elementType {
        case .float32: makeStep(Float.self, places)
        case .float64: makeStep(Double.self, places)
        case .int8: makeStep(Int8.self, places)
        case .int16: makeStep(Int16.self, places)
        case .int32: makeStep(Int32.self, places)
        case .int64: makeStep(Int64.self, places)
        case .uint8: makeStep(UInt8.self, places)
        case .uint16: makeStep(UInt16.self, places)
        case .uint32: makeStep(UInt32.self, places)
        case .uint64: makeStep(UInt64.self, places)
        case .bool: makeStep(Bool.self, places)
        default: preconditionFailure("values of a plan have a type that operators compute with")
        }
    }
}

/// An operator whose step is the same for every type of number.
protocol NumericOperator: Operator {
    /// The step for one type of number.
    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step
}

extension NumericOperator {
    func makeStep(_ places: StepPlaces) -> Step {
        makeStep(computingWith: places.elementType, places)
    }

    /// The step for the type of number given at run time.
    ///
    /// The types are spelled out so that the compiler makes a loop for each.
    func makeStep(computingWith elementType: ElementType, _ places: StepPlaces) -> Step {
        switch elementType {
        case .float32: makeStep(Float.self, places)
        case .float64: makeStep(Double.self, places)
        case .int8: makeStep(Int8.self, places)
        case .int16: makeStep(Int16.self, places)
        case .int32: makeStep(Int32.self, places)
        case .int64: makeStep(Int64.self, places)
        case .uint8: makeStep(UInt8.self, places)
        case .uint16: makeStep(UInt16.self, places)
        case .uint32: makeStep(UInt32.self, places)
        case .uint64: makeStep(UInt64.self, places)
        default: preconditionFailure("operators check for numbers before they make a step")
        }
    }
}

/// An operator that works element by element, with broadcasting.
///
/// Any order of the axes will do, and outputs depend on the inputs at the same time only.
protocol ElementwiseOperator: AxisFlexible, TimeLocal {}

extension ElementwiseOperator {
    func timeDependence(axes: [Int?], types: [TensorType?]) -> TimeDependence? {
        .elementwise(axes: axes, types: types)
    }

    func reordered(_ order: AxisOrder) -> (operation: any Operator, outputOrder: AxisOrder)? {
        (self, order)
    }
}

// MARK: Types and axes

extension [TensorType?] {
    /// The type of an input that must be there.
    func required(_ index: Int) throws(Refusal) -> TensorType {
        guard index < count, let type = self[index] else {
            throw Refusal("input \(index) is missing")
        }
        return type
    }

    /// The type of an input that may be left out.
    func optional(_ index: Int) -> TensorType? { index < count ? self[index] : nil }
}

extension TensorType {
    /// Refuses a type that is not a number's.
    func requireNumbers() throws(Refusal) {
        guard elementType.isNumber else {
            throw Refusal("it supports numbers, not \(elementType.name)")
        }
    }

    /// Refuses a type other than float and double.
    func requireFloats() throws(Refusal) {
        guard elementType == .float32 || elementType == .float64 else {
            throw Refusal("it supports float and double, not \(elementType.name)")
        }
    }

    /// Refuses a type with too many elements to count.
    func checked() throws(Refusal) -> TensorType {
        guard TensorShape.elementCount(of: shape) != nil else {
            throw Refusal("its output of shape \(shape) is too large")
        }
        return self
    }
}

/// Axis numbers as nodes give them: counted from the front, or from the back when negative.
enum Axis {
    /// The axis counted from the front.
    static func resolve(_ axis: Int, rank: Int) throws(Refusal) -> Int {
        let resolved = axis < 0 ? axis + rank : axis
        guard resolved >= 0, resolved < rank else {
            throw Refusal("axis \(axis) is out of range for a tensor with \(rank) axes")
        }
        return resolved
    }

    /// The axes counted from the front, in the given order, no axis twice.
    static func resolve(_ axes: [Int], rank: Int) throws(Refusal) -> [Int] {
        guard axes.count <= rank else {
            throw Refusal("\(axes.count) axes are given for a tensor with \(rank)")
        }
        var resolved: [Int] = []
        for axis in axes {
            let axis = try resolve(axis, rank: rank)
            guard !resolved.contains(axis) else { throw Refusal("axis \(axis) is given twice") }
            resolved.append(axis)
        }
        return resolved
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
