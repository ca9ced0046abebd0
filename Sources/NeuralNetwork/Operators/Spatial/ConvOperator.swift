/// ONNX's `Conv`: convolution over one, two or three spatial axes, in groups if asked for.
struct ConvOperator: WindowOperator {
    static let name = "Conv"
    static let inputCounts = 2...3
    let isFoldable = false
    let overwritableInputs = [addendIndex]
    var isChannelsLast = false

    /// The sliding windows.
    var geometry: WindowGeometry
    /// The shape of the weights: output channels, input channels of a group, kernel.
    private(set) var weightShape: [Int]
    let groups: Int
    /// The weights in ONNX's order; nil when they are known only at run time.
    var weights: [Float]?
    /// One number an output channel; nil when there is none or it is known only at run time.
    var bias: [Float]?
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
            throw Refusal("it works on float, not on \(input.elementType.name)")
        }
        let hasBias = node.hasInput(2)
        if hasBias {
            let biasType = try node.inputType(2)
            guard biasType == TensorType(.float32, [weightShape[0]]) else {
                throw Refusal("its bias is \(biasType)")
            }
        }
        if node.isConstant(1), !hasBias || node.isConstant(2) {
            weights = node.constant(1)?.floats
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

    func makeStep(_ places: StepPlaces) -> Step {
        ConvolutionSteps.step(for: self, places)
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
        swapped.weights = weights.indices.map {
            weights[loops.offset(of: 0, round: $0, innerCount: 0)]
        }
        return swapped
    }

    func multiplyAdds(inputs: [TensorType?], outputs: [TensorType]) -> Int {
        outputs[0].elementCount * weightShape[1...].reduce(1, *)
    }

    var parameterCount: Int { (weights?.count ?? 0) + (bias?.count ?? 0) }
}
