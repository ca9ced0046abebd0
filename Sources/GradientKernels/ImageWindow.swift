internal import CGradientKernels

/// How the windows of a convolution or pooling lie on an image [channels, height, width].
package struct ImageWindow: Hashable, Sendable {
    package var channels: Int
    package var height: Int
    package var width: Int
    package var kernelHeight: Int
    package var kernelWidth: Int
    package var strideHeight = 1
    package var strideWidth = 1
    package var dilationHeight = 1
    package var dilationWidth = 1
    package var padTop = 0
    package var padLeft = 0
    package var outputHeight: Int
    package var outputWidth: Int

    /// Creates windows one pixel apart, without padding.
    package init(
        channels: Int,
        height: Int,
        width: Int,
        kernelHeight: Int,
        kernelWidth: Int,
        outputHeight: Int,
        outputWidth: Int
    ) {
        self.channels = channels
        self.height = height
        self.width = width
        self.kernelHeight = kernelHeight
        self.kernelWidth = kernelWidth
        self.outputHeight = outputHeight
        self.outputWidth = outputWidth
    }

    /// Floats of the image.
    package var imageCount: Int { channels * height * width }
    /// Windows on a channel.
    package var outputPlane: Int { outputHeight * outputWidth }
    /// Taps of a window in all channels.
    package var tapCount: Int { channels * kernelHeight * kernelWidth }

    /// Whether the windows are the pixels themselves, so that an image is its own columns.
    package var isPointwise: Bool {
        kernelHeight == 1 && kernelWidth == 1 && strideHeight == 1 && strideWidth == 1
            && padTop == 0 && padLeft == 0 && outputHeight == height && outputWidth == width
    }

    var description: gk_window {
        gk_window(
            channels: channels,
            height: height,
            width: width,
            kernelHeight: kernelHeight,
            kernelWidth: kernelWidth,
            strideHeight: strideHeight,
            strideWidth: strideWidth,
            dilationHeight: dilationHeight,
            dilationWidth: dilationWidth,
            padTop: padTop,
            padLeft: padLeft,
            outputHeight: outputHeight,
            outputWidth: outputWidth
        )
    }
}
