/// What a model leaves to the caller, and the limits that it must keep.
package struct LoadOptions: Sendable {
    /// The shapes of inputs by name, for inputs whose shape the model leaves open.
    package var inputShapes: [String: [Int]]
    /// The lengths of symbolic axes by name, such as `["N": 1, "frames": 96]`.
    package var dimensions: [String: Int]
    /// Inputs whose numbers are known now and never change.
    ///
    /// Inputs that decide the shape of something must be given here.
    package var constants: [String: Tensor]
    /// The outputs that must be there; nil: all of them.
    ///
    /// Others may be left out where they cannot be computed, as a classifier's labels.
    package var requiredOutputs: Set<String>?
    /// The most bytes that weights, intermediate values and inputs may take together.
    package var maximumBytes: Int
    /// The most operations, roughly, that one run may take.
    package var maximumWork: Int

    /// Creates options.
    package init(
        inputShapes: [String: [Int]] = [:],
        dimensions: [String: Int] = [:],
        constants: [String: Tensor] = [:],
        requiredOutputs: Set<String>? = nil,
        maximumBytes: Int = 1 << 31,
        maximumWork: Int = 1 << 42
    ) {
        self.inputShapes = inputShapes
        self.dimensions = dimensions
        self.constants = constants
        self.requiredOutputs = requiredOutputs
        self.maximumBytes = maximumBytes
        self.maximumWork = maximumWork
    }
}

/// Why a model cannot be run, or not with what it was given.
package enum ModelError: Error, Equatable, CustomStringConvertible {
    /// A node needs something that the engine does not do.
    case unsupported(node: String, operatorType: String, opset: Int, reason: String)
    /// The graph contradicts itself.
    case malformedGraph(reason: String)
    /// The model's operator set is not one of those supported.
    case unsupportedOpset(found: Int?, supported: ClosedRange<Int>)
    /// An axis of an input has no length: the model leaves it open and the caller gave none.
    case openDimension(input: String, axis: Int, dimension: String)
    /// The caller named an input that the model does not have.
    case unknownInput(name: String, available: [String])
    /// The caller asked for an output that the model does not have.
    case unknownOutput(name: String, available: [String])
    /// An input was given with another type or shape than it was loaded for.
    case mismatchedInput(name: String, expected: String, found: String)
    /// The plan would need more memory than allowed.
    case tooLarge(what: String, bytes: Int, limit: Int)
    /// A run would need too many operations.
    case tooMuchWork(operations: Int, limit: Int)
    /// The network cannot run step by step in time.
    case notStreamable(reason: String)

    package var description: String {
        switch self {
        case .unsupported(let node, let operatorType, let opset, let reason):
            "Node '\(node)' (\(operatorType), opset \(opset)) cannot run: \(reason)."
        case .malformedGraph(let reason):
            "The model's graph is malformed: \(reason). Export the model again."
        case .unsupportedOpset(let found, let supported):
            "The model uses opset \(found.map(String.init) ?? "(none)"); export it with opset "
                + "\(supported.lowerBound) to \(supported.upperBound)."
        case .openDimension(let input, let axis, let dimension):
            "Axis \(axis) ('\(dimension)') of input '\(input)' has no fixed length; give one."
        case .unknownInput(let name, let available):
            "The model has no input '\(name)'; it has \(Self.quoted(available))."
        case .unknownOutput(let name, let available):
            "The model has no output '\(name)'; it has \(Self.quoted(available))."
        case .mismatchedInput(let name, let expected, let found):
            "Input '\(name)' takes \(expected), not \(found)."
        case .tooLarge(let what, let bytes, let limit):
            "\(what) would need \(bytes) bytes; at most \(limit) are allowed."
        case .tooMuchWork(let operations, let limit):
            "A run would take about \(operations) operations; at most \(limit) are allowed."
        case .notStreamable(let reason):
            "The network runs window by window: \(reason)."
        }
    }

    private static func quoted(_ names: [String]) -> String {
        names.isEmpty ? "none" : names.map { "'\($0)'" }.joined(separator: ", ")
    }
}
