/// ONNX's `BatchNormalization` outside training: a scale and a shift for each channel.
struct BatchNormalizationOperator: AxisFlexible, TimeLocal {
    static let name = "BatchNormalization"
    static let inputCounts = 5...5
    static let outputCounts = 1...5
    let overwritableInputs = [0]
    private let epsilon: Float
    private var channelAxis = 1
    /// One factor and one addend a channel; nil when they are known only at run time.
    let constants: (scale: [Float], shift: [Float])?

    init(_ node: inout NodeReader) throws(Refusal) {
        let input = try node.inputType(0)
        let epsilon = try node.float("epsilon", default: 1e-5)
        self.epsilon = epsilon
        _ = try node.float("momentum")
        guard try !node.flag("training_mode", default: false), node.outputCount == 1 else {
            throw Refusal("it is in training mode")
        }
        guard input.elementType == .float32, input.rank >= 2 else {
            throw Refusal("it works on float with a channel axis, not on \(input)")
        }
        for index in 1...4 {
            guard try node.inputType(index) == TensorType(.float32, [input.shape[1]]) else {
                throw Refusal(
                    "its input \(index) is \(try node.inputType(index)) for \(input.shape[1]) channels"
                )
            }
        }
        guard (1...4).allSatisfy({ node.isConstant($0) }), let scale = node.constant(1)?.floats,
            let shift = node.constant(2)?.floats, let mean = node.constant(3)?.floats,
            let variance = node.constant(4)?.floats
        else {
            constants = nil
            return
        }
        let factors = scale.indices.map {
            scale[$0] / (variance[$0] + epsilon).squareRoot()
        }
        constants = (factors, shift.indices.map { shift[$0] - mean[$0] * factors[$0] })
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        [try inputs.required(0)]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        let shape = places.inputType(0).shape
        let channels = shape[channelAxis]
        var channelShape = [Int](repeating: 1, count: shape.count)
        channelShape[channelAxis] = channels
        guard
            let multiply = BroadcastOperation(.multiply, left: shape, right: channelShape),
            let add = BroadcastOperation(.add, left: shape, right: channelShape)
        else { preconditionFailure("a channel broadcasts over its image") }
        let (input, output) = (places.floats(0), places.result(0))
        if let constants {
            let scale = FloatMemory(constants.scale)
            let shift = FloatMemory(constants.shift)
            return {
                multiply.run(input, scale.readOnly, into: output)
                add.run(output.readOnly, shift.readOnly, into: output)
            }
        }
        let parameters = (1...4).map { places.floats($0) }
        let (scale, shift) = (FloatMemory(count: channels), FloatMemory(count: channels))
        return { [epsilon] in
            for channel in 0..<channels {
                let factor =
                    parameters[0][channel] / (parameters[3][channel] + epsilon).squareRoot()
                scale[channel] = factor
                shift[channel] = parameters[1][channel] - parameters[2][channel] * factor
            }
            multiply.run(input, scale.readOnly, into: output)
            add.run(output.readOnly, shift.readOnly, into: output)
        }
    }

    func timeDependence(axes: [Int?], types: [TensorType?]) -> TimeDependence? {
        guard let axis = axes[0], axis != channelAxis else { return nil }
        return .sameTime(axis: axis)
    }

    func reordered(_ order: AxisOrder) -> (operation: any Operator, outputOrder: AxisOrder)? {
        var copy = self
        copy.channelAxis = order.position(of: channelAxis)
        return (copy, order)
    }

    var parameterCount: Int { (constants?.scale.count ?? 0) * 2 }
}
