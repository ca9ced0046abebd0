internal import CKernels
package import NeuralNetwork

/// How the windows of a convolution or pooling lie on an image [channels, height, width].
///
/// Channels come first here, as columns for matrix products need them; inference has them last.
package struct ImageWindow: Hashable, Sendable {
    package var channels: Int
    package let height: Int
    package let width: Int
    package let geometry: ConvolutionGeometry
    package let outputHeight: Int
    package let outputWidth: Int

    /// Lays windows on an image; with `roundingUp` they may reach over the trailing padding.
    package init(
        channels: Int,
        height: Int,
        width: Int,
        geometry: ConvolutionGeometry,
        roundingUp: Bool = false
    ) {
        self.channels = channels
        self.height = height
        self.width = width
        self.geometry = geometry
        outputHeight = geometry.outputHeight(for: height, roundingUp: roundingUp)
        outputWidth = geometry.outputWidth(for: width, roundingUp: roundingUp)
    }

    /// Floats of the image.
    package var imageCount: Int { channels * height * width }
    /// Windows on a channel.
    package var outputPlane: Int { outputHeight * outputWidth }
    /// Taps of a window in all channels.
    package var tapCount: Int { channels * geometry.kernelHeight * geometry.kernelWidth }

    /// Whether the windows are the pixels themselves, so that an image is its own columns.
    package var isPointwise: Bool {
        geometry.kernelHeight == 1 && geometry.kernelWidth == 1
            && geometry.strideHeight == 1 && geometry.strideWidth == 1
            && geometry.padTop == 0 && geometry.padLeft == 0
            && outputHeight == height && outputWidth == width
    }

    var description: gk_window {
        gk_window(
            channels: channels,
            height: height,
            width: width,
            kernelHeight: geometry.kernelHeight,
            kernelWidth: geometry.kernelWidth,
            strideHeight: geometry.strideHeight,
            strideWidth: geometry.strideWidth,
            dilationHeight: geometry.dilationHeight,
            dilationWidth: geometry.dilationWidth,
            padTop: geometry.padTop,
            padLeft: geometry.padLeft,
            outputHeight: outputHeight,
            outputWidth: outputWidth
        )
    }
}
