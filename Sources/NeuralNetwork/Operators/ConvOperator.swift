/// ONNX's `Conv`: convolution over one, two or three spatial axes, in groups if asked for.
struct ConvOperator: WindowOperator {
    static let definition = OperatorDefinition("Conv", inputs: 2...3, read: ConvOperator.init)
    let isFoldable = false
    let overwritableInputs = [addendIndex]
    var isChannelsLast = false

    /// The sliding windows.
    var geometry: WindowGeometry
    /// The shape of the weights: output channels, input channels of a group, kernel.
    private(set) var weightShape: [Int]
    let groups: Int
    /// The weights in ONNX's order; nil when they are known only at run time.
    private(set) var weights: Weights?
    /// One number an output channel; nil when there is none or it is known only at run time.
    private(set) var bias: [Float]?
    /// What is applied to every output.
    var activation = ScalarFunction.identity
    /// Whether a value of the output's shape (input 3) is added before that.
    var hasAddend = false

    init(_ node: inout NodeReader) throws(Refusal) {
        let input = try node.inputType(0)
        let weightType = try node.inputType(1)
        weightShape = weightType.shape
        guard (3...5).contains(input.rank), weightType.rank == input.rank else {
            throw Refusal(
                "it convolves \(input.shape) by \(weightType.shape); one to three spatial axes are "
                    + "supported"
            )
        }
        groups = try node.integer("group", default: 1)
        geometry = try WindowGeometry(
            &node,
            kernel: Array(weightType.shape[2...]),
            spatialRank: input.rank - 2
        )
        guard groups >= 1, weightShape[0] >= 1, weightShape[0] % groups == 0,
            input.shape[1] == weightShape[1] * groups, weightShape[1] >= 1
        else {
            throw Refusal(
                "weights of shape \(weightShape) in \(groups) groups do not fit \(input.shape[1]) "
                    + "channels"
            )
        }
        guard input.elementType == .float32, weightType.elementType == .float32 else {
            throw Refusal("it supports float, not \(input.elementType.name)")
        }
        let hasBias = node.hasInput(2)
        if hasBias {
            let biasType = try node.inputType(2)
            guard biasType == TensorType(.float32, [weightShape[0]]) else {
                throw Refusal("its bias is \(biasType); not supported")
            }
        }
        if node.isConstant(1), !hasBias || node.isConstant(2) {
            weights = node.constant(1)?.floats.map { [weightShape] in
                Weights($0, outputCount: weightShape[0])
            }
            bias = hasBias ? node.constant(2)?.floats : nil
        }
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        var image = try ImageShape(
            try inputs.required(0).shape,
            isChannelsLast: isChannelsLast
        )
        try geometry.checkPaddedSize(image.spatial, channels: image.channels)
        image.spatial = try geometry.outputLengths(for: image.spatial)
        image.channels = weightShape[0]
        return [TensorType(.float32, image.shape(isChannelsLast: isChannelsLast))]
    }

    /// The step for channels-last values, by kernels where they serve.
    func makeStep(_ places: StepPlaces) -> Step {
        let inputShape = places.inputType(0).shape
        guard let weights, inputShape.count <= 4, places.outputType(0).elementCount > 0 else {
            return plainStep(places)
        }
        let lengths = Array(inputShape[1..<inputShape.count - 1])
        let geometry = ConvolutionGeometry(geometry.resolved(for: lengths))
        let packed = places.packing.weights(ofNode: places.node, geometry: geometry) {
            PackedConvolution(
                weights: weights,
                bias: bias,
                inputChannels: inputShape[inputShape.count - 1],
                groups: groups,
                geometry: geometry,
                function: activation
            )
        }
        let height = lengths.count == 2 ? lengths[0] : 1
        let width = lengths[lengths.count - 1]
        let batch = inputShape[0]
        let workspace = places.scratch.floats(
            packed.workspaceSize(inputHeight: height, inputWidth: width)
        )
        let (input, output) = (places.floats(0), places.result(0))
        let addend = hasAddend ? places.floats(Self.addendIndex) : nil
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

    func swappingSpatialAxes() -> (any ChannelsLastOperator)? {
        guard let weights else { return nil }
        var swapped = self
        swapped.geometry.axes.reverse()
        let order = [0, 1] + (2..<weightShape.count).reversed()
        swapped.weightShape = order.map { weightShape[$0] }
        let strides = LoopNest.rowMajorStrides(weightShape)
        let loops = LoopNest(
            lengths: swapped.weightShape,
            strides: [order.map { strides[$0] }]
        )
        swapped.weights = weights.reordered { loops.offset(of: 0, round: $0, innerCount: 0) }
        return swapped
    }

    func multiplyAdds(inputs: [TensorType?], outputs: [TensorType]) -> Int {
        outputs[0].elementCount * weightShape[1...].reduce(1, *)
    }

    var parameterCount: Int { (weights?.count ?? 0) + (bias?.count ?? 0) }
    var weightByteCount: Int { (weights?.byteCount ?? 0) + 4 * (bias?.count ?? 0) }
}

extension ConvOperator: FusableOperator {
    /// The position of a value that is added to the output before the activation.
    static let addendIndex = 3

    /// Whether the convolution can add a value itself.
    var takesAddend: Bool {
        weights != nil && activation == .identity && !hasAddend && weightShape.count <= 4
            && groups < max(weightShape[0], 2)
    }

    func absorbing(
        _ next: any Operator,
        operand: Tensor?,
        type: TensorType
    ) -> (any Operator)? {
        guard let weights, activation == .identity else { return nil }
        if operand == nil, let merged = absorbingFunction(next) { return merged }
        guard !hasAddend else { return nil }
        var merged = self
        let channels = weightShape[0]
        var factors = [Float](repeating: 1, count: channels)
        var addends = [Float](repeating: 0, count: channels)
        switch next {
        case let normalization as BatchNormalizationOperator:
            guard let constants = normalization.constants else { return nil }
            factors = constants.scale
            addends = constants.shift
        case _ where next.isBinary(.multiply):
            guard let floats = operand?.floats(along: 1, of: type) else { return nil }
            factors = floats
        case _ where next.isBinary(.add):
            guard let floats = operand?.floats(along: 1, of: type) else { return nil }
            addends = floats
        default: return nil
        }
        merged.weights = weights.multiplied(by: factors)
        merged.bias = (0..<channels).map { (bias?[$0] ?? 0) * factors[$0] + addends[$0] }
        return merged
    }

    /// The convolution that pads as much more as `pad` does; nil when that is not the same.
    func absorbing(_ pad: PadOperator) -> ConvOperator? {
        guard let zeros = pad.zeros, zeros.prefix(2).allSatisfy({ $0 == (0, 0) }),
            geometry.padding == .explicit, weights != nil
        else { return nil }
        var widened = self
        for axis in geometry.axes.indices {
            widened.geometry.axes[axis].padBefore += zeros[axis + 2].before
            widened.geometry.axes[axis].padAfter += zeros[axis + 2].after
        }
        return widened
    }
}

extension ConvolutionGeometry {
    /// The geometry of windows along one or two axes.
    init(_ windows: [WindowAxis]) {
        let width = windows[windows.count - 1]
        let height = windows.count == 2 ? windows[0] : .trivial
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
