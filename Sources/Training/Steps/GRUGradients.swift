import GradientKernels

/// Where the gradients of a GRU's operands are added; nil for those that need none.
struct GRUGradients {
    let x: FloatRun?
    let inputWeights: FloatRun?
    let stateWeights: FloatRun?
    let biases: FloatRun?
}
