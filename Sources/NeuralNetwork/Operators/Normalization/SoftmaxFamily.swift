/// Softmax or its logarithm along an axis.
protocol SoftmaxFamily: AxisFlexible, NumericOperator, TimeLocal {
    /// Whether the logarithm is taken.
    static var isLogarithm: Bool { get }
    var axis: SoftmaxAxis { get set }
}

/// The axis along which numbers are made to sum up to 1.
struct SoftmaxAxis: Sendable {
    var axis: Int
    /// Whether all axes from this one on count as one, as before opset 13.
    let joinsFollowing: Bool

    init(_ node: inout NodeReader) throws(Refusal) {
        let input = try node.inputType(0)
        guard input.elementType == .float32 || input.elementType == .float64 else {
            throw Refusal("it works on float and double, not on \(input.elementType.name)")
        }
        joinsFollowing = node.opset < 13
        let given = try node.integer("axis", default: joinsFollowing ? 1 : -1)
        axis = try Axis.resolve(given, rank: input.rank)
    }
}

extension SoftmaxFamily {
    var overwritableInputs: [Int] { [0] }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        [try inputs.required(0)]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        let type = places.inputType(0)
        let (outer, length, inner) = extents(type.shape)
        if type.elementType == .float32, inner == 1 {
            let (input, output) = (places.floats(0), places.result(0))
            return {
                Softmax.apply(
                    input,
                    rows: outer,
                    length: length,
                    logarithm: Self.isLogarithm,
                    into: output
                )
            }
        }
        return makeStep(computingWith: type.elementType, places)
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        let input = places.input(0, type)
        let output = places.output(0, type)
        let (outer, length, inner) = extents(input.shape)
        return {
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
                        Self.isLogarithm
                            ? shifted - ScalarFunction.log.callAsFunction(sum)
                            : ScalarFunction.exp.callAsFunction(shifted) / sum
                    )
                }
            }
        }
    }

    func timeDependence(axes: [Int?], types: [TensorType?]) -> TimeDependence? {
        guard let time = axes[0], axis.joinsFollowing ? time < axis.axis : time != axis.axis else {
            return nil
        }
        return .sameTime(axis: time)
    }

    func reordered(_ order: AxisOrder) -> (operation: any Operator, outputOrder: AxisOrder)? {
        guard !axis.joinsFollowing else { return nil }
        var copy = self
        copy.axis.axis = order.position(of: axis.axis)
        return (copy, order)
    }

    private func extents(_ shape: [Int]) -> (outer: Int, length: Int, inner: Int) {
        let outer = shape[..<axis.axis].reduce(1, *)
        guard !axis.joinsFollowing else { return (outer, shape[axis.axis...].reduce(1, *), 1) }
        return (outer, shape[axis.axis], shape[(axis.axis + 1)...].reduce(1, *))
    }
}
