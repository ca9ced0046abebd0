/// Chooses how a convolution is carried out.
enum ConvolutionSteps {
    /// The step for a channels-last convolution.
    static func step(for convolution: ConvOperator, _ places: StepPlaces) -> Step {
        let inputShape = places.inputType(0).shape
        guard let weights = convolution.weights, inputShape.count <= 4,
            places.outputType(0).elementCount > 0
        else { return PlainConvolution.step(for: convolution, places) }
        let lengths = Array(inputShape[1..<inputShape.count - 1])
        let windows = convolution.geometry.resolved(for: lengths)
        let geometry = ConvolutionGeometry(windows)
        let packed = places.packing.weights(ofNode: places.node, geometry: geometry) {
            PackedConvolution(
                weights: weights,
                bias: convolution.bias,
                inputChannels: inputShape[inputShape.count - 1],
                outputChannels: convolution.weightShape[0],
                groups: convolution.groups,
                geometry: geometry,
                function: convolution.activation
            )
        }
        let height = lengths.count == 2 ? lengths[0] : 1
        let width = lengths[lengths.count - 1]
        let batch = inputShape[0]
        let workspace = places.scratch.floats(
            packed.workspaceSize(inputHeight: height, inputWidth: width)
        )
        let (input, output) = (places.floats(0), places.result(0))
        let addend = convolution.hasAddend ? places.floats(ConvOperator.addendIndex) : nil
        return {
            packed.run(
                input,
                inputHeight: height,
                inputWidth: width,
                batch: batch,
                addend: addend,
                workspace: workspace,
                into: output
            )
        }
    }
}

extension ConvolutionGeometry {
    /// The geometry of windows along one or two axes.
    init(_ windows: [WindowAxis]) {
        let width = windows[windows.count - 1]
        let trivial = WindowAxis(kernel: 1, stride: 1, dilation: 1, padBefore: 0, padAfter: 0)
        let height = windows.count == 2 ? windows[0] : trivial
        self.init(
            kernelHeight: height.kernel,
            kernelWidth: width.kernel,
            strideHeight: height.stride,
            strideWidth: width.stride,
            dilationHeight: height.dilation,
            dilationWidth: width.dilation,
            padTop: height.padBefore,
            padLeft: width.padBefore,
            padBottom: height.padAfter,
            padRight: width.padAfter
        )
    }
}
