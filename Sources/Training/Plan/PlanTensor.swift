package import NeuralNetwork

/// A tensor of a plan: its numbers and, where wanted, the loss's gradient with respect to them.
package final class PlanTensor {
    /// The name in the graph.
    package let name: String
    /// The length of each axis.
    package let shape: [Int]
    /// The numbers in row-major order.
    package let values: FloatMemory
    /// The gradient, laid out as the numbers; nil where nothing that is trained depends on it.
    package let gradient: FloatMemory?

    init(name: String, shape: [Int], values: [Float]? = nil, hasGradient: Bool) {
        self.name = name
        self.shape = shape
        let count = shape.reduce(1, *)
        self.values = values.map { FloatMemory($0) } ?? FloatMemory(count: count)
        gradient = hasGradient ? FloatMemory(count: count) : nil
    }

    /// The number of elements.
    package var count: Int { values.count }
}
