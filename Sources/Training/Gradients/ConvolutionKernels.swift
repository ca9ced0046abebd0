internal import CKernels
package import NeuralNetwork

/// Convolutions of one image as matrix products, and of single channels, with their gradients.
package enum ConvolutionKernels {
    /// Lays the taps of every window out as a column of [taps, windows].
    package static func gatherColumns(
        _ window: ImageWindow,
        image: FloatSlice,
        into columns: MutableFloatSlice
    ) {
        image.require(window.imageCount, "image")
        columns.require(window.tapCount * window.outputPlane, "columns")
        var description = window.description
        unsafe gk_gather_columns(&description, image.base, columns.base)
    }

    /// Adds every column to the pixels that it came from.
    package static func scatterColumns(
        _ window: ImageWindow,
        columns: FloatSlice,
        addingTo image: MutableFloatSlice
    ) {
        image.require(window.imageCount, "image")
        columns.require(window.tapCount * window.outputPlane, "columns")
        var description = window.description
        unsafe gk_scatter_columns(&description, columns.base, image.base)
    }

    /// Convolves each channel with its own kernel; weights are [channels, kernel].
    package static func depthwise(
        _ window: ImageWindow,
        image: FloatSlice,
        weights: FloatSlice,
        into output: MutableFloatSlice
    ) {
        require(window, image: image, weights: weights, output: output.readOnly)
        var description = window.description
        unsafe gk_depthwise(&description, image.base, weights.base, output.base)
    }

    /// Adds the gradient with respect to the image of a depthwise convolution.
    package static func depthwiseImageGradient(
        _ window: ImageWindow,
        gradient: FloatSlice,
        weights: FloatSlice,
        addingTo image: MutableFloatSlice
    ) {
        require(window, image: image.readOnly, weights: weights, output: gradient)
        var description = window.description
        unsafe gk_depthwise_image(&description, gradient.base, weights.base, image.base)
    }

    /// Adds the gradient with respect to the weights of a depthwise convolution.
    package static func depthwiseWeightGradient(
        _ window: ImageWindow,
        gradient: FloatSlice,
        image: FloatSlice,
        addingTo weights: MutableFloatSlice
    ) {
        require(window, image: image, weights: weights.readOnly, output: gradient)
        var description = window.description
        unsafe gk_depthwise_weights(&description, gradient.base, image.base, weights.base)
    }

    /// sums[r] += Σ values[r, …], of rows of `length`.
    package static func addRowSums(of values: FloatSlice, length: Int, to sums: MutableFloatSlice) {
        values.require(sums.count * length, "rows")
        unsafe gk_add_row_sums(sums.count, length, values.base, sums.base)
    }

    /// values[r, …] += addends[r].
    package static func add(_ addends: FloatSlice, toRowsOf values: MutableFloatSlice, length: Int)
    {
        values.require(addends.count * length, "rows")
        unsafe gk_add_to_rows(addends.count, length, addends.base, values.base)
    }

    private static func require(
        _ window: ImageWindow,
        image: FloatSlice,
        weights: FloatSlice,
        output: FloatSlice
    ) {
        image.require(window.imageCount, "image")
        weights.require(window.tapCount, "weights")
        output.require(window.channels * window.outputPlane, "output")
    }
}
