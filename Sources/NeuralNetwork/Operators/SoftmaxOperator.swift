/// ONNX's `Softmax` and `LogSoftmax`: exponentials along an axis divided by their sum, or the
/// logarithm of that.
struct SoftmaxOperator: AxisFlexible, NumericOperator, TimeLocal {
    let overwritableInputs = [0]
    private let isLogarithm: Bool
    private var axis: Int
    /// Whether all axes from this one on count as one, as before opset 13.
    private let joinsFollowing: Bool

    static let definitions = [
        OperatorDefinition("LogSoftmax") { node throws(Refusal) in
            try SoftmaxOperator(&node, isLogarithm: true)
        },
        OperatorDefinition("Softmax") { node throws(Refusal) in
            try SoftmaxOperator(&node, isLogarithm: false)
        },
    ]

    private init(_ node: inout NodeReader, isLogarithm: Bool) throws(Refusal) {
        self.isLogarithm = isLogarithm
        let input = try node.inputType(0)
        try input.requireFloats()
        joinsFollowing = node.opset < 13
        let given = try node.integer("axis", default: joinsFollowing ? 1 : -1)
        axis = try Axis.resolve(given, rank: input.rank)
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        [try inputs.required(0)]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        let type = places.inputType(0)
        let (outer, length, inner) = extents(type.shape)
        guard type.elementType == .float32, inner == 1 else {
            return makeStep(computingWith: type.elementType, places)
        }
        let (input, output) = (places.floats(0), places.result(0))
        return { [isLogarithm] in
            Softmax.apply(input, rows: outer, length: length, logarithm: isLogarithm, into: output)
        }
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        let input = places.input(0, type)
        let output = places.output(0, type)
        let (outer, length, inner) = extents(input.shape)
        return { [isLogarithm] in
            for row in 0..<outer * inner {
                let start = row / max(inner, 1) * length * inner + row % max(inner, 1)
                let places = stride(from: start, to: start + length * inner, by: max(inner, 1))
                var greatest = -Double.infinity
                for place in places { greatest = max(greatest, input[place].asDouble) }
                var sum = 0.0
                for place in places {
                    sum += ScalarFunction.exp.callAsFunction(input[place].asDouble - greatest)
                }
                for place in places {
                    let shifted = input[place].asDouble - greatest
                    output[place] = .clamping(
                        isLogarithm
                            ? shifted - ScalarFunction.log.callAsFunction(sum)
                            : ScalarFunction.exp.callAsFunction(shifted) / sum
                    )
                }
            }
        }
    }

    func timeDependence(axes: [Int?], types: [TensorType?]) -> TimeDependence? {
        guard let time = axes[0], joinsFollowing ? time < axis : time != axis else { return nil }
        return .sameTime(axis: time)
    }

    func reordered(_ order: AxisOrder) -> (operation: any Operator, outputOrder: AxisOrder)? {
        guard !joinsFollowing else { return nil }
        var copy = self
        copy.axis = order.position(of: axis)
        return (copy, order)
    }

    private func extents(_ shape: [Int]) -> (outer: Int, length: Int, inner: Int) {
        let outer = shape[..<axis].reduce(1, *)
        guard !joinsFollowing else { return (outer, shape[axis...].reduce(1, *), 1) }
        return (outer, shape[axis], shape[(axis + 1)...].reduce(1, *))
    }
}
