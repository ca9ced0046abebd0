import NeuralNetwork

/// Where the gradients of a GRU's operands are added; nil for those that need none.
struct GRUGradients {
    let x: MutableFloatSlice?
    let inputWeights: MutableFloatSlice?
    let stateWeights: MutableFloatSlice?
    let biases: MutableFloatSlice?
}
