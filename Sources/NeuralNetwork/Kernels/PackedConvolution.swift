/// A 2-D convolution of images [height, width, channels] with weights rearranged once.
///
/// How it is done is chosen from the shape when it is made: channel by channel (depthwise), by
/// minimal filtering for kernels 3 or 5 wide, or as a product over the image in place. Whichever it is,
/// an output row depends on its own input rows alone: rows computed a few at a time, as in a stream,
/// equal those of the whole image bit for bit.
package final class PackedConvolution: Sendable {
    private enum Method: Sendable {
        case depthwise(DepthwiseConvolution)
        case direct(DirectConvolution)
        case minimal(MinimalConvolution)
    }

    private let geometry: ConvolutionGeometry
    private let function: ScalarFunction
    private let channels: ConvolutionChannels
    private let method: Method
    private let level: InstructionLevel

    /// Packs the weights.
    ///
    /// - `weights`: As ONNX has them: [outputChannels, inputChannels / groups, kernelHeight,
    ///   kernelWidth].
    /// - `bias`: [outputChannels], or nil for none.
    /// - `inputWidth`: The width of the images to come, if it is known: helps to choose the method.
    /// - `minimalFiltering`: Whether to use it; nil chooses by shape. It must be possible.
    package init(
        weights: Weights,
        bias: [Float]? = nil,
        inputChannels: Int,
        groups: Int = 1,
        geometry: ConvolutionGeometry,
        function: ScalarFunction = .identity,
        inputWidth: Int? = nil,
        minimalFiltering: Bool? = nil,
        level: InstructionLevel = .best
    ) {
        let outputChannels = weights.outputCount
        geometry.require()
        let channels = ConvolutionChannels(
            input: inputChannels,
            output: outputChannels,
            groups: groups
        )
        let needed =
            outputChannels * channels.inputPerGroup * geometry.kernelHeight * geometry.kernelWidth
        precondition(weights.count == needed, "\(weights.count) weights, \(needed) are needed")
        self.geometry = geometry
        self.channels = channels
        self.function = function
        self.level = level
        let minimal =
            minimalFiltering
            ?? MinimalConvolution.suits(channels, geometry, inputWidth: inputWidth)
        method =
            if groups == inputChannels && outputChannels == inputChannels {
                .depthwise(
                    DepthwiseConvolution(
                        weights: weights.floats,
                        bias: bias,
                        channels: inputChannels,
                        geometry: geometry,
                        function: function,
                        level: level
                    )
                )
            } else if minimal {
                .minimal(
                    MinimalConvolution(
                        weights: weights.floats,
                        bias: bias,
                        channels: channels,
                        geometry: geometry
                    )
                )
            } else {
                .direct(
                    DirectConvolution(
                        weights: weights,
                        bias: bias,
                        channels: channels,
                        geometry: geometry
                    )
                )
            }
    }

    package func outputHeight(for inputHeight: Int) -> Int {
        geometry.outputHeight(for: inputHeight)
    }

    package func outputWidth(for inputWidth: Int) -> Int { geometry.outputWidth(for: inputWidth) }

    /// Floats of workspace that `run` needs for images of this size.
    package func workspaceSize(inputHeight: Int, inputWidth: Int) -> Int {
        switch method {
        case .depthwise: 0
        case .direct(let convolution):
            convolution.workspaceSize(inputHeight: inputHeight, inputWidth: inputWidth)
        case .minimal(let convolution):
            convolution.workspaceSize(inputHeight: inputHeight, inputWidth: inputWidth)
        }
    }

    /// Convolves one image, or a batch of them.
    ///
    /// - `input`: [batch, inputHeight, inputWidth, inputChannels].
    /// - `addend`: Of the output's shape; added before the function (a residual branch). May be
    ///   `output`.
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
        let imageSize = inputHeight * inputWidth * channels.input
        let outputSize =
            outputHeight(for: inputHeight) * outputWidth(for: inputWidth) * channels.output
        input.require(batch * imageSize, "input")
        output.require(batch * outputSize, "output")
        addend?.require(batch * outputSize, "addend")
        workspace.require(
            workspaceSize(inputHeight: inputHeight, inputWidth: inputWidth),
            "workspace"
        )
        guard outputSize > 0 else { return }
        for index in 0..<batch {
            let part = index * outputSize..<(index + 1) * outputSize
            let image = ConvolutionImage(
                input: input[index * imageSize..<(index + 1) * imageSize],
                height: inputHeight,
                width: inputWidth,
                addend: addend?[part],
                workspace: workspace,
                output: output[part],
                bounds: function.bounds ?? (-.infinity, .infinity),
                level: level
            )
            run(image)
        }
    }

    private func run(_ image: ConvolutionImage) {
        switch method {
        case .depthwise(let convolution):
            convolution.run(
                image.input,
                inputHeight: image.height,
                inputWidth: image.width,
                addend: image.addend,
                into: image.output
            )
            return
        case .direct(let convolution): convolution.run(image)
        case .minimal(let convolution): convolution.run(image)
        }
        if function.bounds == nil {
            function.apply(image.output.readOnly, into: image.output, level: level)
        }
    }
}

/// Channels of a convolution in and out, and the groups they fall into.
struct ConvolutionChannels: Hashable, Sendable {
    let input: Int
    let output: Int
    let groups: Int

    init(input: Int, output: Int, groups: Int) {
        precondition(
            groups > 0 && input > 0 && output > 0 && input % groups == 0 && output % groups == 0,
            "\(input) to \(output) channels in \(groups) groups"
        )
        self.input = input
        self.output = output
        self.groups = groups
    }

    var inputPerGroup: Int { input / groups }
    var outputPerGroup: Int { output / groups }
    /// Columns of a group's packed weights.
    var paddedPerGroup: Int { paddedToPanels(outputPerGroup) }

    /// The bias of each group, padded to whole panels; zero if there is none.
    func pack(bias: [Float]?) -> FloatMemory {
        let packed = FloatMemory(count: groups * paddedPerGroup)
        guard let bias else { return packed }
        precondition(bias.count == output, "a bias of \(bias.count) for \(output) channels")
        for group in 0..<groups {
            let part = Array(bias[group * outputPerGroup..<(group + 1) * outputPerGroup])
            packed.slice(at: group * paddedPerGroup, count: paddedPerGroup)
                .update(from: part.span)
        }
        return packed
    }
}

/// One image to convolve: where it is and how large, and where the result goes.
struct ConvolutionImage {
    let input: FloatSlice
    let height: Int
    let width: Int
    /// Of the output's shape.
    let addend: FloatSlice?
    let workspace: MutableFloatSlice
    let output: MutableFloatSlice
    /// Limits of the output.
    let bounds: (low: Float, high: Float)
    let level: InstructionLevel
}
