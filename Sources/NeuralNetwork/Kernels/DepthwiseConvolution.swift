import CKernels

/// A 2-D convolution of each channel with its own kernel, channels last.
package final class DepthwiseConvolution: Sendable {
    private let geometry: ConvolutionGeometry
    private let channels: Int
    private let function: ScalarFunction
    private let weights: FloatMemory
    private let bias: FloatMemory
    private let level: InstructionLevel

    /// Packs the weights.
    ///
    /// - `weights`: As ONNX has them: [channels, 1, kernelHeight, kernelWidth].
    /// - `bias`: [channels], or nil for none.
    package init(
        weights: [Float],
        bias: [Float]? = nil,
        channels: Int,
        geometry: ConvolutionGeometry,
        function: ScalarFunction = .identity,
        level: InstructionLevel = .best
    ) {
        geometry.require()
        let taps = geometry.kernelHeight * geometry.kernelWidth
        precondition(
            channels > 0 && weights.count == channels * taps,
            "\(weights.count) weights for \(channels) channels of \(taps)"
        )
        precondition(bias.map { $0.count == channels } ?? true, "bias of the wrong size")
        self.geometry = geometry
        self.channels = channels
        self.function = function
        self.level = level
        self.weights = FloatMemory(count: weights.count)
        let source = FloatMemory(weights)
        Transposition.transpose(
            source.readOnly,
            rows: channels,
            columns: taps,
            into: self.weights.slice
        )
        self.bias = bias.map { FloatMemory($0) } ?? FloatMemory(count: channels)
    }

    /// Computes the output images.
    ///
    /// - `input`: [batch, inputHeight, inputWidth, channels].
    /// - `addend`: Of the output's shape; added before the function. May be `output`.
    /// - `output`: [batch, outputHeight, outputWidth, channels].
    package func run(
        _ input: FloatSlice,
        inputHeight: Int,
        inputWidth: Int,
        batch: Int = 1,
        addend: FloatSlice? = nil,
        into output: MutableFloatSlice
    ) {
        let imageSize = inputHeight * inputWidth * channels
        let height = geometry.outputHeight(for: inputHeight)
        let width = geometry.outputWidth(for: inputWidth)
        let outputSize = height * width * channels
        input.require(batch * imageSize, "input")
        output.require(batch * outputSize, "output")
        addend?.require(batch * outputSize, "addend")
        let bounds = function.bounds ?? (-.infinity, .infinity)
        for image in 0..<batch {
            var convolution = unsafe tk_depthwise(
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
                outputHeight: height,
                outputWidth: width,
                weights: weights.readOnly.base,
                bias: bias.readOnly.base,
                output: output.base + image * outputSize,
                addend: addend.map { unsafe $0.base + image * outputSize },
                low: bounds.low,
                high: bounds.high
            )
            unsafe tk_convolve_depthwise(level.code, &convolution)
        }
        if function.bounds == nil {
            let whole = output[0..<batch * outputSize]
            function.apply(whole.readOnly, into: whole, level: level)
        }
    }
}
