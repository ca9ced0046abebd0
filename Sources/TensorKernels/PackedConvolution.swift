import CTensorKernels

/// A 2-D convolution of images [height, width, channels] with weights rearranged once.
///
/// The product runs on the image in place: a pixel's window is one run of floats for each kernel row
/// (for each tap, if dilated in width or grouped). Only where there is padding are the rows that are
/// worked on copied between zeros. Each output is summed in the order kernel row, kernel column,
/// input channel, from the bias on, however many rows are computed at once: a stream's rows equal
/// the whole window's bit for bit.
package final class PackedConvolution: Sendable {
    package let geometry: ConvolutionGeometry
    package let inputChannels: Int
    package let outputChannels: Int
    package let groups: Int
    package let function: ScalarFunction
    private let weights: FloatMemory
    private let bias: FloatMemory
    private let depthwise: DepthwiseConvolution?
    private let level: InstructionLevel

    /// Packs the weights.
    ///
    /// - `weights`: As ONNX has them: [outputChannels, inputChannels / groups, kernelHeight,
    ///   kernelWidth].
    /// - `bias`: [outputChannels], or nil for none.
    package init(
        weights: [Float],
        bias: [Float]? = nil,
        inputChannels: Int,
        outputChannels: Int,
        groups: Int = 1,
        geometry: ConvolutionGeometry,
        function: ScalarFunction = .identity,
        level: InstructionLevel = .best
    ) {
        geometry.require()
        precondition(
            groups > 0 && inputChannels > 0 && outputChannels > 0 && inputChannels % groups == 0
                && outputChannels % groups == 0,
            "\(inputChannels) to \(outputChannels) channels in \(groups) groups"
        )
        let perGroup = inputChannels / groups
        let taps = geometry.kernelHeight * geometry.kernelWidth
        precondition(
            weights.count == outputChannels * perGroup * taps,
            "\(weights.count) weights, \(outputChannels * perGroup * taps) are needed"
        )
        precondition(bias.map { $0.count == outputChannels } ?? true, "bias of the wrong size")
        self.geometry = geometry
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.groups = groups
        self.function = function
        self.level = level
        if groups == inputChannels && outputChannels == inputChannels {
            depthwise = DepthwiseConvolution(
                weights: weights,
                bias: bias,
                channels: inputChannels,
                geometry: geometry,
                function: function,
                level: level
            )
            self.weights = FloatMemory(count: 0)
            self.bias = FloatMemory(count: 0)
            return
        }
        depthwise = nil
        let outputsPerGroup = outputChannels / groups
        let depth = taps * perGroup
        let padded = paddedToPanels(outputsPerGroup)
        self.weights = FloatMemory(count: groups * depth * padded)
        self.bias = FloatMemory(count: groups * padded)
        let reordered = Self.tapsFirst(weights, outputChannels, perGroup, taps)
        for group in 0..<groups {
            let first = group * outputsPerGroup
            pack(
                reordered[first * depth..<(first + outputsPerGroup) * depth],
                rowCount: depth,
                columnCount: outputsPerGroup,
                strides: (1, depth),
                into: self.weights.slice(at: group * depth * padded, count: depth * padded)
            )
            if let bias {
                let part = Array(bias[first..<first + outputsPerGroup])
                self.bias.slice(at: group * padded, count: padded).update(from: part.span)
            }
        }
    }

    package func outputHeight(for inputHeight: Int) -> Int {
        geometry.outputHeight(for: inputHeight)
    }

    package func outputWidth(for inputWidth: Int) -> Int { geometry.outputWidth(for: inputWidth) }

    /// Floats of workspace that `run` needs for images of this size.
    package func workspaceSize(inputHeight: Int, inputWidth: Int) -> Int {
        guard depthwise == nil, needsCopy(inputHeight, inputWidth) else { return 0 }
        let rows = outputHeight(for: inputHeight)
        return inputRows(rowsAtOnce(rows, inputWidth)) * paddedRowLength(inputWidth)
    }

    /// Convolves one image, or a batch of them.
    ///
    /// - `input`: [batch, inputHeight, inputWidth, inputChannels].
    /// - `addend`: Of the output's shape; added before the function (a residual branch). May be
    ///   `output`. Not with depthwise convolutions.
    /// - `workspace`: At least `workspaceSize(inputHeight:inputWidth:)` floats.
    /// - `output`: [batch, outputHeight, outputWidth, outputChannels].
    package func run(
        _ input: FloatSlice,
        inputHeight: Int,
        inputWidth: Int,
        batch: Int = 1,
        addend: FloatSlice? = nil,
        workspace: MutableFloatSlice,
        into output: MutableFloatSlice
    ) {
        precondition(
            inputHeight >= 0 && inputWidth >= 0 && batch >= 0,
            "\(batch) images of \(inputHeight) × \(inputWidth)"
        )
        if let depthwise {
            precondition(addend == nil, "a depthwise convolution takes no addend")
            depthwise.run(
                input,
                inputHeight: inputHeight,
                inputWidth: inputWidth,
                batch: batch,
                into: output
            )
            return
        }
        let imageSize = inputHeight * inputWidth * inputChannels
        let height = outputHeight(for: inputHeight)
        let width = outputWidth(for: inputWidth)
        let outputSize = height * width * outputChannels
        input.require(batch * imageSize, "input")
        output.require(batch * outputSize, "output")
        addend?.require(batch * outputSize, "addend")
        workspace.require(
            workspaceSize(inputHeight: inputHeight, inputWidth: inputWidth),
            "workspace"
        )
        guard outputSize > 0 else { return }
        for image in 0..<batch {
            let part = image * outputSize..<(image + 1) * outputSize
            runImage(
                input[image * imageSize..<(image + 1) * imageSize],
                inputHeight,
                inputWidth,
                addend?[part],
                workspace,
                output[part]
            )
        }
    }

    private func runImage(
        _ input: FloatSlice,
        _ inputHeight: Int,
        _ inputWidth: Int,
        _ addend: FloatSlice?,
        _ workspace: MutableFloatSlice,
        _ output: MutableFloatSlice
    ) {
        let height = outputHeight(for: inputHeight)
        let rowSize = outputWidth(for: inputWidth) * outputChannels
        let copies = needsCopy(inputHeight, inputWidth)
        let step = copies ? rowsAtOnce(height, inputWidth) : height
        for first in stride(from: 0, to: height, by: step) {
            let rows = min(step, height - first)
            let part = first * rowSize..<(first + rows) * rowSize
            var source = input
            var sourceWidth = inputWidth
            if copies {
                sourceWidth += geometry.padLeft + geometry.padRight
                unsafe tk_copy_padded(
                    input.base,
                    inputHeight,
                    inputWidth * inputChannels,
                    first * geometry.strideHeight - geometry.padTop,
                    inputRows(rows),
                    geometry.padLeft * inputChannels,
                    geometry.padRight * inputChannels,
                    workspace.base
                )
                source = workspace.readOnly
            }
            multiply(source, sourceWidth, rows, addend?[part], output[part])
        }
    }

    /// The products of `rows` output rows whose input begins at `source` and needs no padding.
    private func multiply(
        _ source: FloatSlice,
        _ sourceWidth: Int,
        _ rows: Int,
        _ addend: FloatSlice?,
        _ output: MutableFloatSlice
    ) {
        let perGroup = inputChannels / groups
        let outputsPerGroup = outputChannels / groups
        let width = (sourceWidth - geometry.spanWidth) / geometry.strideWidth + 1
        let joined = groups == 1 && geometry.dilationWidth == 1
        let tapColumns = joined ? 1 : geometry.kernelWidth
        let runLength = joined ? geometry.kernelWidth * perGroup : perGroup
        let padded = paddedToPanels(outputsPerGroup)
        let depth = geometry.kernelHeight * geometry.kernelWidth * perGroup
        let bounds = function.bounds ?? (-.infinity, .infinity)
        for group in 0..<groups {
            let shift = group * outputsPerGroup
            var product = unsafe tk_product(
                input: source.base + group * perGroup,
                pixelStride: geometry.strideWidth * inputChannels,
                rowStride: geometry.strideHeight * sourceWidth * inputChannels,
                rowWidth: width,
                pixelCount: rows * width,
                tapRows: geometry.kernelHeight,
                tapColumns: tapColumns,
                runLength: runLength,
                tapRowStep: geometry.dilationHeight * sourceWidth * inputChannels,
                tapColumnStep: geometry.dilationWidth * inputChannels,
                weights: weights.readOnly.base + group * depth * padded,
                bias: bias.readOnly.base + group * padded,
                columnCount: outputsPerGroup,
                output: output.base + shift,
                outputStride: outputChannels,
                addend: addend.map { unsafe $0.base + shift },
                addendStride: outputChannels,
                low: bounds.low,
                high: bounds.high
            )
            unsafe tk_multiply(level.code, &product)
        }
        if function.bounds == nil {
            function.apply(output.readOnly, into: output, level: level)
        }
    }

    private func needsCopy(_ inputHeight: Int, _ inputWidth: Int) -> Bool {
        geometry.padTop > 0 || geometry.padBottom > 0 || geometry.padLeft > 0
            || geometry.padRight > 0
    }

    private func paddedRowLength(_ inputWidth: Int) -> Int {
        (geometry.padLeft + inputWidth + geometry.padRight) * inputChannels
    }

    /// Input rows under `outputRows` rows of the output.
    private func inputRows(_ outputRows: Int) -> Int {
        max(0, (outputRows - 1) * geometry.strideHeight + geometry.spanHeight)
    }

    /// Output rows computed from one padded copy: as many as keep it within the cache.
    private func rowsAtOnce(_ outputRows: Int, _ inputWidth: Int) -> Int {
        let copyFloats = 64 * 1024
        let fitting = copyFloats / max(1, paddedRowLength(inputWidth)) - geometry.spanHeight
        return max(1, min(outputRows, max(4, fitting / geometry.strideHeight)))
    }

    /// [O, I, taps] to [O, taps, I]: the order in which an image's window lies in memory.
    private static func tapsFirst(
        _ weights: [Float],
        _ outputs: Int,
        _ inputs: Int,
        _ taps: Int
    ) -> [Float] {
        var result = [Float](repeating: 0, count: weights.count)
        for output in 0..<outputs {
            let start = output * inputs * taps
            for input in 0..<inputs {
                for tap in 0..<taps {
                    result[start + tap * inputs + input] = weights[start + input * taps + tap]
                }
            }
        }
        return result
    }
}
