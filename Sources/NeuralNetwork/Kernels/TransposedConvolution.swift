/// The transpose of a 2-D convolution (ONNX ConvTranspose) over images [height, width, channels].
///
/// Each input row is multiplied with the weights of all taps and added into the output rows it
/// reaches.
package final class TransposedConvolution: Sendable {
    /// Stride and dilation of the convolution this transposes; pads are cut off the output.
    package let geometry: ConvolutionGeometry
    private let channels: ConvolutionChannels
    private let function: ScalarFunction
    /// Rows and columns added at the bottom and right (ONNX output_padding).
    private let outputPadding: (height: Int, width: Int)
    private let weights: [PackedMatrix]
    private let bias: FloatMemory
    private let level: InstructionLevel

    /// Packs the weights.
    ///
    /// - `weights`: As ONNX has them: [inputChannels, outputChannels / groups, kernelHeight,
    ///   kernelWidth].
    /// - `bias`: [outputChannels], or nil for none.
    package init(
        weights: [Float],
        bias: [Float]? = nil,
        inputChannels: Int,
        outputChannels: Int,
        groups: Int = 1,
        geometry: ConvolutionGeometry,
        outputPadding: (height: Int, width: Int) = (0, 0),
        function: ScalarFunction = .identity,
        level: InstructionLevel = .best
    ) {
        geometry.require()
        channels = ConvolutionChannels(input: inputChannels, output: outputChannels, groups: groups)
        precondition(
            outputPadding.height >= 0 && outputPadding.width >= 0,
            "negative output padding"
        )
        let taps = geometry.kernelHeight * geometry.kernelWidth
        let (inputs, outputs) = (channels.inputPerGroup, channels.outputPerGroup)
        precondition(
            weights.count == inputChannels * outputs * taps,
            "\(weights.count) weights, \(inputChannels * outputs * taps) are needed"
        )
        precondition(bias.map { $0.count == outputChannels } ?? true, "bias of the wrong size")
        self.geometry = geometry
        self.outputPadding = outputPadding
        self.function = function
        self.level = level
        self.bias = bias.map { FloatMemory($0) } ?? FloatMemory(count: outputChannels)
        self.weights = (0..<groups).map { group in
            // [inputs, outputs, taps] to [inputs, taps, outputs].
            var matrix = [Float](repeating: 0, count: inputs * taps * outputs)
            for input in 0..<inputs {
                for output in 0..<outputs {
                    for tap in 0..<taps {
                        let source = ((group * inputs + input) * outputs + output) * taps + tap
                        matrix[(input * taps + tap) * outputs + output] = weights[source]
                    }
                }
            }
            return PackedMatrix(
                matrix,
                rowCount: inputs,
                columnCount: taps * outputs,
                level: level
            )
        }
    }

    package func outputHeight(for inputHeight: Int) -> Int {
        max(
            0,
            (inputHeight - 1) * geometry.strideHeight + geometry.spanHeight
                + outputPadding.height - geometry.padTop - geometry.padBottom
        )
    }

    package func outputWidth(for inputWidth: Int) -> Int {
        max(
            0,
            (inputWidth - 1) * geometry.strideWidth + geometry.spanWidth + outputPadding.width
                - geometry.padLeft - geometry.padRight
        )
    }

    /// Floats of workspace that `run` needs for images of this width.
    package func workspaceSize(inputHeight: Int, inputWidth: Int) -> Int {
        inputWidth * geometry.kernelHeight * geometry.kernelWidth * channels.outputPerGroup
    }

    /// Computes the output images.
    ///
    /// - `input`: [batch, inputHeight, inputWidth, inputChannels].
    /// - `workspace`: At least `workspaceSize(inputHeight:inputWidth:)` floats.
    /// - `output`: [batch, outputHeight, outputWidth, outputChannels].
    package func run(
        _ input: FloatSlice,
        inputHeight: Int,
        inputWidth: Int,
        batch: Int = 1,
        workspace: MutableFloatSlice,
        into output: MutableFloatSlice
    ) {
        let height = outputHeight(for: inputHeight)
        let width = outputWidth(for: inputWidth)
        let (inputChannels, outputChannels) = (channels.input, channels.output)
        let imageSize = inputHeight * inputWidth * inputChannels
        let outputSize = height * width * outputChannels
        input.require(batch * imageSize, "input")
        output.require(batch * outputSize, "output")
        workspace.require(
            workspaceSize(inputHeight: inputHeight, inputWidth: inputWidth),
            "workspace"
        )
        for pixel in 0..<batch * height * width {
            output[pixel * outputChannels..<(pixel + 1) * outputChannels].update(
                from: bias.readOnly
            )
        }
        for row in 0..<batch * inputHeight where inputWidth > 0 {
            let (image, line) = row.quotientAndRemainder(dividingBy: inputHeight)
            let start = row * inputWidth * inputChannels
            for group in 0..<channels.groups {
                weights[group].multiply(
                    input[start + group * channels.inputPerGroup..<input.count],
                    rows: inputWidth,
                    leftStride: inputChannels,
                    into: workspace
                )
                add(
                    workspace.readOnly,
                    line,
                    group,
                    inputWidth,
                    height,
                    width,
                    output[image * outputSize..<(image + 1) * outputSize]
                )
            }
        }
        let whole = output[0..<batch * outputSize]
        function.apply(whole.readOnly, into: whole, level: level)
    }

    /// Adds the products [inputWidth, taps, outputs] of input row `line` to the image.
    private func add(
        _ products: FloatSlice,
        _ line: Int,
        _ group: Int,
        _ inputWidth: Int,
        _ height: Int,
        _ width: Int,
        _ image: MutableFloatSlice
    ) {
        let outputs = channels.outputPerGroup
        let taps = geometry.kernelHeight * geometry.kernelWidth
        for tap in 0..<taps {
            let (tapRow, tapColumn) = tap.quotientAndRemainder(dividingBy: geometry.kernelWidth)
            let y =
                line * geometry.strideHeight + tapRow * geometry.dilationHeight - geometry.padTop
            guard y >= 0, y < height else { continue }
            for column in 0..<inputWidth {
                let x =
                    column * geometry.strideWidth + tapColumn * geometry.dilationWidth
                    - geometry.padLeft
                guard x >= 0, x < width else { continue }
                let target = (y * width + x) * channels.output + group * outputs
                let source = (column * taps + tap) * outputs
                addInPlace(
                    products[source..<source + outputs],
                    to: image[target..<target + outputs],
                    level: level
                )
            }
        }
    }
}
