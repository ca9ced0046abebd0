internal import CGradientKernels

/// Pooling of one image, with its gradients.
package enum PoolingKernels {
    /// The maximum of each window; `places` from `firstPlace` on remember where it was.
    package static func maximum(
        _ window: ImageWindow,
        image: FloatRun,
        into output: FloatRun,
        places: PlaceBuffer,
        firstPlace: Int
    ) {
        require(window, image: image, output: output)
        let origins = unsafe places.pointer(at: firstPlace, count: outputCount(window))
        var description = window.description
        unsafe gk_max_pool(&description, image.base, output.base, origins)
    }

    /// Adds each window's gradient to the pixel that was the maximum.
    package static func maximumGradient(
        _ window: ImageWindow,
        gradient: FloatRun,
        places: PlaceBuffer,
        firstPlace: Int,
        addingTo image: FloatRun
    ) {
        require(window, image: image, output: gradient)
        let origins = unsafe places.pointer(at: firstPlace, count: outputCount(window))
        var description = window.description
        unsafe gk_max_pool_image(&description, gradient.base, origins, image.base)
    }

    /// The mean of each window.
    package static func average(
        _ window: ImageWindow,
        countsPadding: Bool,
        image: FloatRun,
        into output: FloatRun
    ) {
        require(window, image: image, output: output)
        var description = window.description
        unsafe gk_average_pool(&description, countsPadding ? 1 : 0, image.base, output.base)
    }

    /// Adds each window's gradient to its pixels.
    package static func averageGradient(
        _ window: ImageWindow,
        countsPadding: Bool,
        gradient: FloatRun,
        addingTo image: FloatRun
    ) {
        require(window, image: image, output: gradient)
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

    private static func require(_ window: ImageWindow, image: FloatRun, output: FloatRun) {
        image.require(window.imageCount, "image")
        output.require(outputCount(window), "output")
    }
}
