package import GradientKernels

/// A tensor of a plan: its numbers and, where wanted, the loss's gradient with respect to them.
package final class PlanTensor {
    /// The name in the graph.
    package let name: String
    /// The length of each axis.
    package let shape: [Int]
    /// The numbers in row-major order.
    package let values: FloatBuffer
    /// The gradient, laid out as the numbers; nil where nothing that is trained depends on it.
    package let gradient: FloatBuffer?

    init(name: String, shape: [Int], values: [Float]? = nil, hasGradient: Bool) {
        self.name = name
        self.shape = shape
        let count = shape.reduce(1, *)
        self.values = values.map { FloatBuffer($0) } ?? FloatBuffer(count: count)
        gradient = hasGradient ? FloatBuffer(count: count) : nil
    }

    /// The number of elements.
    package var count: Int { values.count }
}
