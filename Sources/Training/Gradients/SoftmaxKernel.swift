internal import CKernels
package import NeuralNetwork

/// Softmax, or its logarithm, over the middle axis of [outer, length, inner].
package struct SoftmaxKernel: Sendable {
    package let isLogarithm: Bool
    package let outer: Int
    package let length: Int
    package let inner: Int

    /// Creates the kernel for a shape.
    package init(isLogarithm: Bool, outer: Int, length: Int, inner: Int) {
        self.isLogarithm = isLogarithm
        self.outer = outer
        self.length = length
        self.inner = inner
    }

    /// y = softmax(x).
    package func apply(to x: FloatSlice, into y: MutableFloatSlice) {
        x.require(outer * length * inner, "input")
        y.require(outer * length * inner, "output")
        unsafe gk_softmax(isLogarithm ? 1 : 0, outer, length, inner, x.base, y.base)
    }

    /// The gradient with respect to x, added to what is there if `adds`.
    package func gradient(y: FloatSlice, dy: FloatSlice, adds: Bool, into dx: MutableFloatSlice) {
        for slice in [y, dy, dx.readOnly] { slice.require(outer * length * inner, "batch") }
        unsafe gk_softmax_gradient(
            isLogarithm ? 1 : 0,
            outer,
            length,
            inner,
            y.base,
            dy.base,
            adds ? 1 : 0,
            dx.base
        )
    }
}
