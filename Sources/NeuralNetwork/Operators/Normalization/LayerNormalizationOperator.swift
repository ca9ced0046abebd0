/// ONNX's `LayerNormalization`: the axes from one on to mean 0 and variance 1, then scaled and
/// shifted.
struct LayerNormalizationOperator: TimeLocal {
    static let name = "LayerNormalization"
    static let introduced = 17
    static let inputCounts = 2...3
    static let outputCounts = 1...3
    private let axis: Int
    private let epsilon: Float

    init(_ node: inout NodeReader) throws(Refusal) {
        let input = try node.inputType(0)
        axis = try Axis.resolve(try node.integer("axis", default: -1), rank: input.rank)
        epsilon = try node.float("epsilon", default: 1e-5)
        guard try node.integer("stash_type", default: 1) == 1, input.elementType == .float32 else {
            throw Refusal("it works on float, not on \(input.elementType.name)")
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

    /// An input stretched to the normalised axes, and the step that does it anew.
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
