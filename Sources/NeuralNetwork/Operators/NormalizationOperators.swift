/// ONNX's `BatchNormalization` outside training: a scale and a shift for each channel.
struct BatchNormalizationOperator: AxisFlexible, TimeLocal {
    static let definition = OperatorDefinition(
        "BatchNormalization",
        inputs: 5...5,
        outputs: 1...5,
        read: BatchNormalizationOperator.init
    )
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
            throw Refusal("training mode is not supported")
        }
        guard input.elementType == .float32, input.rank >= 2 else {
            throw Refusal("it supports float with a channel axis, not \(input)")
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

/// ONNX's `InstanceNormalization`: each channel of each image to mean 0 and variance 1, then scaled
/// and shifted.
struct InstanceNormalizationOperator: Operator {
    static let definition = OperatorDefinition(
        "InstanceNormalization",
        inputs: 3...3,
        read: InstanceNormalizationOperator.init
    )
    private let epsilon: Float

    init(_ node: inout NodeReader) throws(Refusal) {
        let input = try node.inputType(0)
        epsilon = try node.float("epsilon", default: 1e-5)
        guard input.elementType == .float32, input.rank >= 3 else {
            throw Refusal("it supports float images, not \(input)")
        }
        for index in 1...2 {
            guard try node.inputType(index) == TensorType(.float32, [input.shape[1]]) else {
                throw Refusal("its input \(index) is \(try node.inputType(index))")
            }
        }
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        [try inputs.required(0)]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        let input = places.input(0, Float.self)
        let (scale, shift) = (places.input(1, Float.self), places.input(2, Float.self))
        let output = places.output(0, Float.self)
        let channels = input.shape[1]
        let rows = input.shape[0] * channels
        let length = input.shape[2...].reduce(1, *)
        return { [epsilon] in
            for row in 0..<rows {
                let start = row * length
                var sum = 0.0
                for index in start..<start + length { sum += Double(input[index]) }
                let mean = sum / Double(length)
                var squares = 0.0
                for index in start..<start + length {
                    let difference = Double(input[index]) - mean
                    squares += difference * difference
                }
                let factor =
                    Double(scale[row % channels])
                    / (squares / Double(length) + Double(epsilon)).squareRoot()
                let addend = Double(shift[row % channels]) - mean * factor
                for index in start..<start + length {
                    output[index] = Float(Double(input[index]) * factor + addend)
                }
            }
        }
    }
}

/// ONNX's `LayerNormalization`: the axes from one on to mean 0 and variance 1, then scaled and
/// shifted.
struct LayerNormalizationOperator: TimeLocal {
    static let definition = OperatorDefinition(
        "LayerNormalization",
        since: 17,
        inputs: 2...3,
        outputs: 1...3,
        read: LayerNormalizationOperator.init
    )
    private let axis: Int
    private let epsilon: Float

    init(_ node: inout NodeReader) throws(Refusal) {
        let input = try node.inputType(0)
        axis = try Axis.resolve(try node.integer("axis", default: -1), rank: input.rank)
        epsilon = try node.float("epsilon", default: 1e-5)
        guard try node.integer("stash_type", default: 1) == 1, input.elementType == .float32 else {
            throw Refusal("it supports float, not \(input.elementType.name)")
        }
        let normalized = Array(input.shape[axis...])
        for index in 1...2 where node.hasInput(index) {
            let type = try node.inputType(index)
            guard type.elementType == .float32,
                try Broadcast.shape(of: [type.shape, normalized]) == normalized
            else { throw Refusal("its input \(index) is \(type) for axes \(normalized)") }
        }
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let input = try inputs.required(0)
        let rows = input.shape.enumerated().map { $0.offset < axis ? $0.element : 1 }
        return [input, TensorType(.float32, rows), TensorType(.float32, rows)]
    }

    func timeDependence(axes: [Int?], types: [TensorType?]) -> TimeDependence? {
        guard let time = axes[0], time < axis else { return nil }
        return .sameTime(axis: time)
    }

    func makeStep(_ places: StepPlaces) -> Step {
        let shape = places.inputType(0).shape
        let rows = shape[..<axis].reduce(1, *)
        let length = shape[axis...].reduce(1, *)
        guard rows > 0, length > 0 else { return {} }
        let input = places.input(0, Float.self)
        let scale = stretched(places, 1, to: Array(shape[axis...]), otherwise: 1)
        let shift = stretched(places, 2, to: Array(shape[axis...]), otherwise: 0)
        let output = places.hasOutput(0) ? places.result(0) : places.scratch.floats(rows * length)
        let mean = places.hasOutput(1) ? places.output(1, Float.self) : nil
        let deviation = places.hasOutput(2) ? places.output(2, Float.self) : nil
        let statistics = statisticsStep(input, rows, length, mean, deviation)
        let source = input.floats
        return { [epsilon] in
            scale.update()
            shift.update()
            LayerNormalization.apply(
                source,
                rows: rows,
                length: length,
                epsilon: epsilon,
                scale: scale.floats,
                shift: shift.floats,
                into: output
            )
            statistics?()
        }
    }

    /// An input stretched to the normalised axes, and the step that stretches it again.
    private func stretched(
        _ places: StepPlaces,
        _ index: Int,
        to shape: [Int],
        otherwise number: Float
    ) -> (floats: FloatSlice, update: Step) {
        let count = shape.reduce(1, *)
        guard places.hasInput(index) else {
            let memory = FloatMemory([Float](repeating: number, count: count))
            return (memory.readOnly, {})
        }
        let input = places.input(index, Float.self)
        if input.count == count { return (input.floats, {}) }
        let memory = FloatMemory(count: count)
        let copy = StridedCopy(
            lengths: shape,
            inputStrides: Broadcast.strides(input.shape, to: shape)
        )
        let view = TypedView<Float>(storage: memory, range: 0..<count, shape: shape)
        return (memory.readOnly, copy.step(from: input, to: view))
    }

    /// The step that writes each row's mean and the inverse of its deviation, if they are wanted.
    private func statisticsStep(
        _ input: TypedView<Float>,
        _ rows: Int,
        _ length: Int,
        _ mean: TypedView<Float>?,
        _ deviation: TypedView<Float>?
    ) -> Step? {
        guard mean != nil || deviation != nil else { return nil }
        return { [epsilon] in
            for row in 0..<rows {
                var sum = 0.0
                var squares = 0.0
                for index in row * length..<(row + 1) * length { sum += Double(input[index]) }
                let average = sum / Double(length)
                for index in row * length..<(row + 1) * length {
                    let difference = Double(input[index]) - average
                    squares += difference * difference
                }
                mean?[row] = Float(average)
                deviation?[row] = Float(
                    1 / (squares / Double(length) + Double(epsilon)).squareRoot()
                )
            }
        }
    }
}
