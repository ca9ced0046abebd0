internal import CKernels
package import NeuralNetwork

/// Sets numbers to zero at random and scales the others up, or their gradients alike.
package enum DropoutKernel {
    /// y = x / (1 − ratio) or 0, as the seed says of each index; added to y if `adds`.
    ///
    /// `firstIndex` is the index of the first of these numbers in the whole tensor.
    package static func apply(
        seed: UInt64,
        firstIndex: Int,
        ratio: Float,
        to x: FloatSlice,
        adds: Bool,
        into y: MutableFloatSlice
    ) {
        y.require(x.count, "result")
        unsafe gk_drop(
            seed,
            UInt64(firstIndex),
            ratio,
            x.count,
            x.base,
            adds ? 1 : 0,
            y.base
        )
    }
}
