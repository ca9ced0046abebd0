/// An operator that finds where along an axis the greatest or the least number is.
struct ArgExtremeOperator: NumericOperator {
    private let takesGreatest: Bool
    private let axis: Int
    private let axes: ReducedAxes
    /// Whether the last of several equal numbers counts.
    private let takesLast: Bool

    static let definitions = [
        OperatorDefinition("ArgMax") { node throws(Refusal) in
            try ArgExtremeOperator(&node, takesGreatest: true)
        },
        OperatorDefinition("ArgMin") { node throws(Refusal) in
            try ArgExtremeOperator(&node, takesGreatest: false)
        },
    ]

    private init(_ node: inout NodeReader, takesGreatest: Bool) throws(Refusal) {
        self.takesGreatest = takesGreatest
        let input = try node.inputType(0)
        try input.requireNumbers()
        axis = try Axis.resolve(try node.integer("axis", default: 0), rank: input.rank)
        guard input.shape[axis] > 0 else { throw Refusal("axis \(axis) is empty") }
        axes = ReducedAxes(
            rank: input.rank,
            resolved: [axis],
            keepsAxes: try node.flag("keepdims", default: true)
        )
        takesLast = try node.flag("select_last_index", default: false)
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        [TensorType(.int64, axes.outputShape(for: try inputs.required(0).shape))]
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        let input = places.input(0, type)
        let output = places.output(0, Int64.self)
        let length = input.shape[axis]
        let inner = input.shape[(axis + 1)...].reduce(1, *)
        return { [takesGreatest, takesLast] in
            for index in 0..<output.count {
                let start = index / inner * length * inner + index % inner
                var best = 0
                for place in 1..<max(length, 1) {
                    let number = input[start + place * inner]
                    let record = input[start + best * inner]
                    let isBetter = takesGreatest ? number > record : number < record
                    if isBetter || (takesLast && number == record) { best = place }
                }
                output[index] = Int64(best)
            }
        }
    }
}

/// ONNX's `TopK`: the K greatest or least numbers along an axis, best first, and where they are.
struct TopKOperator: NumericOperator {
    static let definition = OperatorDefinition(
        "TopK",
        since: 10,
        inputs: 2...2,
        outputs: 1...2,
        read: TopKOperator.init
    )
    private let axis: Int
    private let count: Int
    private let takesGreatest: Bool

    init(_ node: inout NodeReader) throws(Refusal) {
        let input = try node.inputType(0)
        try input.requireNumbers()
        axis = try Axis.resolve(try node.integer("axis", default: -1), rank: input.rank)
        takesGreatest = try node.flag("largest", default: true)
        _ = try node.flag("sorted", default: true)
        guard let counts = try node.constantIntegers(1, "K"), counts.count == 1,
            (0...input.shape[axis]).contains(counts[0])
        else { throw Refusal("its K does not fit axis \(axis) of \(input.shape)") }
        count = counts[0]
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let input = try inputs.required(0)
        var shape = input.shape
        shape[axis] = count
        return [TensorType(input.elementType, shape), TensorType(.int64, shape)]
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        let input = places.input(0, type)
        let values = places.hasOutput(0) ? places.output(0, type) : nil
        let indices = places.hasOutput(1) ? places.output(1, Int64.self) : nil
        let length = input.shape[axis]
        let inner = input.shape[(axis + 1)...].reduce(1, *)
        let rows = input.shape[..<axis].reduce(1, *) * inner
        let chosen = Slot<Int64>(count: count)
        return { [count, takesGreatest] in
            for row in 0..<rows {
                let start = row / inner * length * inner + row % inner
                let target = row / inner * count * inner + row % inner
                var found = 0
                for place in 0..<length {
                    let number = input[start + place * inner]
                    var rank = found
                    while rank > 0 {
                        let rival = input[start + Int(chosen[rank - 1]) * inner]
                        guard takesGreatest ? number > rival : number < rival else { break }
                        rank -= 1
                    }
                    guard rank < count else { continue }
                    found = min(found + 1, count)
                    var last = found - 1
                    while last > rank {
                        chosen[last] = chosen[last - 1]
                        last -= 1
                    }
                    chosen[rank] = Int64(place)
                }
                for rank in 0..<count {
                    values?[target + rank * inner] = input[start + Int(chosen[rank]) * inner]
                    indices?[target + rank * inner] = chosen[rank]
                }
            }
        }
    }

    func work(inputs: [TensorType?], outputs: [TensorType]) -> Int {
        (inputs.optional(0)?.elementCount ?? 0).saturatingProduct(max(1, count))
    }
}
