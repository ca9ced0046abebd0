internal import CKernels
package import NeuralNetwork

/// Pooling of one image, with its gradients.
package enum PoolingKernels {
    /// The maximum of each window; `places` from `firstPlace` on remember where it was.
    package static func maximum(
        _ window: ImageWindow,
        image: FloatSlice,
        into output: MutableFloatSlice,
        places: PlaceBuffer,
        firstPlace: Int
    ) {
        require(window, image: image, output: output.readOnly)
        let origins = unsafe places.pointer(at: firstPlace, count: outputCount(window))
        var description = window.description
        unsafe gk_max_pool(&description, image.base, output.base, origins)
    }

    /// Adds each window's gradient to the pixel that was the maximum.
    package static func maximumGradient(
        _ window: ImageWindow,
        gradient: FloatSlice,
        places: PlaceBuffer,
        firstPlace: Int,
        addingTo image: MutableFloatSlice
    ) {
        require(window, image: image.readOnly, output: gradient)
        let origins = unsafe places.pointer(at: firstPlace, count: outputCount(window))
        var description = window.description
        unsafe gk_max_pool_image(&description, gradient.base, origins, image.base)
    }

    /// The mean of each window.
    package static func average(
        _ window: ImageWindow,
        countsPadding: Bool,
        image: FloatSlice,
        into output: MutableFloatSlice
    ) {
        require(window, image: image, output: output.readOnly)
        var description = window.description
        unsafe gk_average_pool(&description, countsPadding ? 1 : 0, image.base, output.base)
    }

    /// Adds each window's gradient to its pixels.
    package static func averageGradient(
        _ window: ImageWindow,
        countsPadding: Bool,
        gradient: FloatSlice,
        addingTo image: MutableFloatSlice
    ) {
        require(window, image: image.readOnly, output: gradient)
        var description = window.description
        unsafe gk_average_pool_image(
            &description,
            countsPadding ? 1 : 0,
            gradient.base,
            image.base
        )
    }

    private static func outputCount(_ window: ImageWindow) -> Int {
        window.channels * window.outputPlane
    }

    private static func require(_ window: ImageWindow, image: FloatSlice, output: FloatSlice) {
        image.require(window.imageCount, "image")
        output.require(outputCount(window), "output")
    }
}
