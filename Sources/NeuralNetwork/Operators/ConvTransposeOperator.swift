/// ONNX's `ConvTranspose`: the transpose of a convolution over one or two spatial axes.
struct ConvTransposeOperator: ChannelsLastOperator, FusableOperator {
    static let definition = OperatorDefinition(
        "ConvTranspose",
        inputs: 2...3,
        read: ConvTransposeOperator.init
    )
    let isFoldable = false
    var isChannelsLast = false
    private let geometry: WindowGeometry
    private let outputPadding: [Int]
    /// The spatial shape of the output where the node fixes it.
    private let fixedOutput: [Int]?
    /// Input channels, output channels of a group, kernel.
    private let weightShape: [Int]
    private let groups: Int
    private let weights: [Float]?
    private let bias: [Float]?
    /// What is applied to every output.
    var activation = ScalarFunction.identity

    init(_ node: inout NodeReader) throws(Refusal) {
        let input = try node.inputType(0)
        let weightType = try node.inputType(1)
        weightShape = weightType.shape
        guard (3...4).contains(input.rank), weightType.rank == input.rank else {
            throw Refusal(
                "it supports one or two spatial axes, not \(input.shape) by \(weightShape)"
            )
        }
        let spatialRank = input.rank - 2
        groups = try node.integer("group", default: 1)
        geometry = try WindowGeometry(
            &node,
            kernel: Array(weightShape[2...]),
            spatialRank: spatialRank
        )
        outputPadding =
            try node.integers("output_padding") ?? [Int](repeating: 0, count: spatialRank)
        fixedOutput = try node.integers("output_shape").map { Array($0.suffix(spatialRank)) }
        guard groups >= 1, input.shape[1] == weightShape[0], weightShape[0] % groups == 0,
            weightShape[0] >= 1, weightShape[1] >= 1, outputPadding.count == spatialRank,
            outputPadding.allSatisfy({ (0...1 << 24).contains($0) }),
            fixedOutput?.count ?? spatialRank == spatialRank
        else {
            throw Refusal(
                "weights of shape \(weightShape) in \(groups) groups do not fit \(input.shape)"
            )
        }
        guard input.elementType == .float32, weightType.elementType == .float32 else {
            throw Refusal("it supports float, not \(input.elementType.name)")
        }
        guard let weights = node.constant(1)?.floats else {
            throw Refusal("its weights (input 1) are not constant")
        }
        self.weights = weights
        guard node.hasInput(2) else {
            bias = nil
            return
        }
        guard let constant = node.constant(2),
            constant.type == TensorType(.float32, [weightShape[1] * groups])
        else { throw Refusal("its bias (input 2) has the wrong shape or is not a constant") }
        bias = constant.floats
    }

    /// The windows with every pad decided, and what is added at the end of each axis, for an input
    /// of the given spatial shape.
    private func resolved(_ lengths: [Int]) -> (windows: [WindowAxis], added: [Int]) {
        var windows = geometry.axes
        var added = outputPadding
        for (axis, length) in lengths.enumerated() {
            let full =
                windows[axis].stride * (length - 1) + outputPadding[axis] + windows[axis].extent
            var wanted = fixedOutput?[axis]
            var extraAtEnd = false
            if case .same(let atEnd) = geometry.padding {
                extraAtEnd = atEnd
                wanted = wanted ?? length * windows[axis].stride
            }
            guard let wanted else { continue }
            let total = max(0, full - wanted)
            added[axis] += max(0, wanted - full)
            windows[axis].padBefore = extraAtEnd ? total / 2 : total - total / 2
            windows[axis].padAfter = total - windows[axis].padBefore
        }
        return (windows, added)
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        var image = try ImageShape(try inputs.required(0).shape, isChannelsLast: isChannelsLast)
        let (windows, added) = resolved(image.spatial)
        image.channels = weightShape[1] * groups
        image.spatial = image.spatial.indices.map { axis in
            let window = windows[axis]
            return window.stride * (image.spatial[axis] - 1) + added[axis] + window.extent
                - window.padBefore - window.padAfter
        }
        guard image.spatial.allSatisfy({ $0 >= 0 }) else {
            throw Refusal("its pads remove the whole output")
        }
        return [TensorType(.float32, image.shape(isChannelsLast: isChannelsLast))]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        let shape = places.inputType(0).shape
        let lengths = Array(shape[1..<shape.count - 1])
        let (windows, added) = resolved(lengths)
        guard let weights, places.outputType(0).elementCount > 0 else { return {} }
        let isImage = lengths.count == 2
        let packed = TransposedConvolution(
            weights: weights,
            bias: bias,
            inputChannels: weightShape[0],
            outputChannels: weightShape[1] * groups,
            groups: groups,
            geometry: ConvolutionGeometry(windows),
            outputPadding: isImage
                ? (added[0], added[1]) : (0, added[0]),
            function: activation
        )
        let height = isImage ? lengths[0] : 1
        let width = lengths[lengths.count - 1]
        let workspace = places.scratch.floats(
            packed.workspaceSize(inputHeight: height, inputWidth: width)
        )
        let (input, output) = (places.floats(0), places.result(0))
        return {
            packed.run(
                input,
                inputHeight: height,
                inputWidth: width,
                batch: shape[0],
                workspace: workspace,
                into: output
            )
        }
    }

    func multiplyAdds(inputs: [TensorType?], outputs: [TensorType]) -> Int {
        (inputs.optional(0)?.elementCount ?? 0) * weightShape[1...].reduce(1, *)
    }

    var parameterCount: Int { (weights?.count ?? 0) + (bias?.count ?? 0) }
}
