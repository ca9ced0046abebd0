import CKernels

/// Largest value or mean over windows of images [height, width, channels].
package struct Pooling: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// Padding never wins.
        case maximum
        /// The divisor counts taps in the padding if `countsPadding` (ONNX count_include_pad).
        case average(countsPadding: Bool)
    }

    package let kind: Kind
    package let geometry: ConvolutionGeometry
    /// ONNX ceil_mode.
    package let roundsUp: Bool

    package init(_ kind: Kind, geometry: ConvolutionGeometry, roundsUp: Bool = false) {
        geometry.require()
        self.kind = kind
        self.geometry = geometry
        self.roundsUp = roundsUp
    }

    package func outputHeight(for inputHeight: Int) -> Int {
        geometry.outputHeight(for: inputHeight, roundingUp: roundsUp)
    }

    package func outputWidth(for inputWidth: Int) -> Int {
        geometry.outputWidth(for: inputWidth, roundingUp: roundsUp)
    }

    /// Computes the output images.
    ///
    /// - `input`: [batch, inputHeight, inputWidth, channels].
    /// - `output`: [batch, outputHeight, outputWidth, channels].
    package func run(
        _ input: FloatSlice,
        inputHeight: Int,
        inputWidth: Int,
        channels: Int,
        batch: Int = 1,
        into output: MutableFloatSlice,
        level: InstructionLevel = .best
    ) {
        let imageSize = inputHeight * inputWidth * channels
        let height = outputHeight(for: inputHeight)
        let width = outputWidth(for: inputWidth)
        let outputSize = height * width * channels
        input.require(batch * imageSize, "input")
        output.require(batch * outputSize, "output")
        let (average, countsPadding): (Int32, Int32) =
            switch kind {
            case .maximum: (0, 0)
            case .average(let counts): (1, counts ? 1 : 0)
            }
        for image in 0..<batch {
            var pooling = unsafe tk_pooling(
                input: input.base + image * imageSize,
                height: inputHeight,
                width: inputWidth,
                channels: channels,
                kernelHeight: geometry.kernelHeight,
                kernelWidth: geometry.kernelWidth,
                strideHeight: geometry.strideHeight,
                strideWidth: geometry.strideWidth,
                dilationHeight: geometry.dilationHeight,
                dilationWidth: geometry.dilationWidth,
                padTop: geometry.padTop,
                padLeft: geometry.padLeft,
                padBottom: geometry.padBottom,
                padRight: geometry.padRight,
                outputHeight: height,
                outputWidth: width,
                output: output.base + image * outputSize,
                average: average,
                countsPadding: countsPadding
            )
            unsafe tk_pool(level.code, &pooling)
        }
    }
}
