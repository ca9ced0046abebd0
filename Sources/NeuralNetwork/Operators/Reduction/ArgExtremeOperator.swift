/// An operator that finds where along an axis the greatest or the least number is.
protocol ArgExtremeOperator: NumericOperator {
    /// Whether a number is better than the best one so far.
    static func isBetter<Number: TensorNumber>(_ number: Number, than best: Number) -> Bool
    var search: AxisSearch { get }
}

/// The axis that is searched and what is done with ties.
struct AxisSearch: Sendable {
    let axes: ReducedAxes
    /// Whether the last of several equal numbers counts.
    let takesLast: Bool

    init(_ node: inout NodeReader) throws(Refusal) {
        let input = try node.inputType(0)
        guard input.elementType.isNumber else {
            throw Refusal("it works on numbers, not on \(input.elementType.name)")
        }
        let axis = try Axis.resolve(try node.integer("axis", default: 0), rank: input.rank)
        guard input.shape[axis] > 0 else { throw Refusal("axis \(axis) is empty") }
        axes = ReducedAxes(
            rank: input.rank,
            resolved: [axis],
            keepsAxes: try node.flag("keepdims", default: true)
        )
        takesLast = try node.flag("select_last_index", default: false)
    }
}

extension ArgExtremeOperator {
    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        [TensorType(.int64, search.axes.outputShape(for: try inputs.required(0).shape))]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        makeStep(computingWith: places.inputType(0).elementType, places)
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        let input = places.input(0, type)
        let output = places.output(0, Int64.self)
        let axis = search.axes.resolved[0]
        let length = input.shape[axis]
        let inner = input.shape[(axis + 1)...].reduce(1, *)
        let takesLast = search.takesLast
        return {
            for index in 0..<output.count {
                let start = index / inner * length * inner + index % inner
                var best = 0
                for place in 1..<max(length, 1) {
                    let number = input[start + place * inner]
                    let record = input[start + best * inner]
                    if Self.isBetter(number, than: record) || (takesLast && number == record) {
                        best = place
                    }
                }
                output[index] = Int64(best)
            }
        }
    }
}
