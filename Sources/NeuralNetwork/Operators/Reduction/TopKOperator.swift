/// ONNX's `TopK`: the K greatest or least numbers along an axis, best first, and where they are.
struct TopKOperator: NumericOperator {
    static let name = "TopK"
    static let introduced = 10
    static let inputCounts = 2...2
    static let outputCounts = 1...2
    private let axis: Int
    private let count: Int
    private let takesGreatest: Bool

    init(_ node: inout NodeReader) throws(Refusal) {
        let input = try node.inputType(0)
        guard input.elementType.isNumber else {
            throw Refusal("it works on numbers, not on \(input.elementType.name)")
        }
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

    func makeStep(_ places: StepPlaces) -> Step {
        makeStep(computingWith: places.inputType(0).elementType, places)
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
