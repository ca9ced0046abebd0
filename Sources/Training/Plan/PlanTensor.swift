import CKernels
import NeuralNetwork

/// A tensor of a plan: its numbers and, where wanted, the loss's gradient with respect to them.
final class PlanTensor {
    /// The name in the graph.
    let name: String
    /// The length of each axis.
    let shape: [Int]
    /// The numbers in row-major order.
    let values: FloatMemory
    /// The gradient, laid out as the numbers; nil where nothing that is trained depends on it.
    let gradient: FloatMemory?

    init(name: String, shape: [Int], values: [Float]? = nil, hasGradient: Bool) {
        self.name = name
        self.shape = shape
        let count = shape.reduce(1, *)
        self.values = values.map { FloatMemory($0) } ?? FloatMemory(count: count)
        gradient = hasGradient ? FloatMemory(count: count) : nil
    }

    /// The number of elements.
    var count: Int { values.count }
}

/// A tensor as one step reads it.
final class PlanEdge {
    let tensor: PlanTensor
    /// Whether a later step has already put a gradient there, so that this one's is added.
    var adds = false

    init(_ tensor: PlanTensor) {
        self.tensor = tensor
    }

    var shape: [Int] { tensor.shape }
    var values: FloatSlice { tensor.values.readOnly }
    var needsGradient: Bool { tensor.gradient != nil }

    /// The gradient for kernels that overwrite or add, as ``adds`` says.
    var gradient: MutableFloatSlice? { tensor.gradient?.slice }

    /// The gradient for kernels that only add.
    func gradientToAddTo() -> MutableFloatSlice? {
        guard let gradient else { return nil }
        if !adds { gradient.fill(with: 0) }
        return gradient
    }
}

extension MutableFloatSlice {
    /// Receives the sum of slices that lie `step` floats apart, added to what is there if `adds`.
    func sum(parts: FloatSlice, count partsCount: Int = 1, step: Int = 0, adds: Bool) {
        parts.require(partsCount > 0 ? (partsCount - 1) * step + count : 0, "parts")
        unsafe gk_sum_parts(partsCount, step, count, parts.base, adds ? 1 : 0, base)
    }
}
