/// What a model leaves to whoever loads it, and how far it may go.
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
