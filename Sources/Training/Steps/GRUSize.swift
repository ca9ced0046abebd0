import GradientKernels

/// The extents of a GRU.
struct GRUSize {
    let steps: Int
    let rows: Int
    let features: Int
    let hidden: Int
    let directions: Int
}

/// Where the gradients of a GRU's operands are added; nil for those that need none.
struct GRUGradients {
    let x: FloatRun?
    let inputWeights: FloatRun?
    let stateWeights: FloatRun?
    let biases: FloatRun?
}
