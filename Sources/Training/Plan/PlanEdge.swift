import NeuralNetwork

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
