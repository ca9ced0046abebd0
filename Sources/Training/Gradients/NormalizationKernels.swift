internal import CKernels
package import NeuralNetwork

/// Batch normalisation of one channel of a batch [images, channels, plane].
package struct NormalizationKernels: Sendable {
    /// Images in the batch.
    package let images: Int
    /// Channels of an image.
    package let channels: Int
    /// Floats of a channel of an image.
    package let plane: Int

    /// Creates the kernels for batches of a shape.
    package init(images: Int, channels: Int, plane: Int) {
        self.images = images
        self.channels = channels
        self.plane = plane
    }

    /// The mean and the variance (of the population) of a channel.
    package func moments(ofChannel channel: Int, in x: FloatSlice) -> (mean: Float, variance: Float)
    {
        let start = unsafe start(of: channel, in: x)
        let count = Double(images * plane)
        let mean = unsafe Float(gk_plane_sum(images, step, plane, start) / count)
        let squares = unsafe gk_plane_squares(images, step, plane, start, mean)
        return (mean, Float(squares / count))
    }

    /// y = x · scale + shift, no less than 0 if `rectifies`.
    package func scale(
        channel: Int,
        of x: FloatSlice,
        by scale: Float,
        shift: Float,
        rectifies: Bool,
        into y: MutableFloatSlice
    ) {
        let source = unsafe start(of: channel, in: x)
        let target = unsafe start(of: channel, in: y)
        unsafe gk_scale_planes(
            images,
            step,
            plane,
            source,
            scale,
            shift,
            rectifies ? 1 : 0,
            target
        )
    }

    /// Σ g and Σ g · (x − mean); g is the gradient where `rectified`, if given, is above 0.
    package func sums(
        channel: Int,
        gradient: FloatSlice,
        x: FloatSlice,
        rectified: FloatSlice?,
        mean: Float
    ) -> (gradient: Double, product: Double) {
        let g = unsafe start(of: channel, in: gradient)
        let source = unsafe start(of: channel, in: x)
        let mask = unsafe rectified.map { unsafe start(of: channel, in: $0) }
        var sums = (0.0, 0.0)
        unsafe withUnsafeMutablePointer(to: &sums) { pair in
            unsafe pair.withMemoryRebound(to: Double.self, capacity: 2) {
                unsafe gk_normalization_sums(images, step, plane, g, source, mask, mean, $0)
            }
        }
        return sums
    }

    /// dx = g · a + x · b + c, added to what is there if `adds`; g as in ``sums``.
    package func inputGradient(
        channel: Int,
        gradient: FloatSlice,
        x: FloatSlice,
        rectified: FloatSlice?,
        factors: (a: Float, b: Float, c: Float),
        adds: Bool,
        into dx: MutableFloatSlice
    ) {
        let g = unsafe start(of: channel, in: gradient)
        let source = unsafe start(of: channel, in: x)
        let mask = unsafe rectified.map { unsafe start(of: channel, in: $0) }
        let target = unsafe start(of: channel, in: dx)
        unsafe gk_normalization_input(
            images,
            step,
            plane,
            g,
            source,
            mask,
            factors.a,
            factors.b,
            factors.c,
            adds ? 1 : 0,
            target
        )
    }

    private var step: Int { channels * plane }

    private func start(of channel: Int, in batch: FloatSlice) -> UnsafePointer<Float> {
        precondition(channel >= 0 && channel < channels, "channel \(channel) of \(channels)")
        batch.require(images * step, "batch")
        return unsafe batch.base + channel * plane
    }

    private func start(
        of channel: Int,
        in batch: MutableFloatSlice
    ) -> UnsafeMutablePointer<Float> {
        unsafe UnsafeMutablePointer(mutating: start(of: channel, in: batch.readOnly))
    }
}
