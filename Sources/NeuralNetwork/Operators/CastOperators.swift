/// ONNX's `Cast` and `CastLike`: the same numbers in another type.
///
/// A float that is out of an integer type's range becomes the nearest number in range; integers
/// that do not fit wrap around.
struct CastOperator: NumericOperator, ElementwiseOperator {
    private let target: ElementType
    /// Whether a second input gives the type; its axes have nothing to do with the first's.
    private var isLike = false

    static let definitions = [
        OperatorDefinition("Cast") { node throws(Refusal) in
            guard let number = try node.integer("to") else {
                throw Refusal("attribute 'to' is missing")
            }
            _ = try node.flag("saturate", default: true)
            guard let target = ElementType(rawValue: number), target.isSupported else {
                let name = ElementType(rawValue: number)?.name ?? String(number)
                throw Refusal("values of type \(name) are not supported")
            }
            return CastOperator(target: target)
        },
        // To the type of the second input.
        OperatorDefinition("CastLike", since: 15, inputs: 2...2) { node throws(Refusal) in
            _ = try node.flag("saturate", default: true)
            return CastOperator(target: try node.inputType(1).elementType, isLike: true)
        },
    ]

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        [TensorType(target, try inputs.required(0).shape)]
    }

    func timeDependence(axes: [Int?], types: [TensorType?]) -> TimeDependence? {
        isLike ? nil : .elementwise(axes: axes, types: types)
    }

    func reordered(_ order: AxisOrder) -> (operation: any Operator, outputOrder: AxisOrder)? {
        isLike ? nil : (self, order)
    }

    func makeStep(_ places: StepPlaces) -> Step {
        guard target == .bool else { return makeStep(computingWith: target, places) }
        let (number, output) = (places.doubles(0), places.output(0, Bool.self))
        return { for index in 0..<output.count { output[index] = number(index) != 0 } }
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        let output = places.output(0, type)
        if target != .float32, target != .float64, let number = places.integers(0) {
            return {
                for index in 0..<output.count { output[index] = .truncating(number(index)) }
            }
        }
        if let result = (output as? TypedView<Float>)?.mutableFloats,
            places.inputType(0).elementType == .float32
        {
            let floats = places.floats(0)
            return { result.update(from: floats) }
        }
        let number = places.doubles(0)
        return { for index in 0..<output.count { output[index] = .clamping(number(index)) } }
    }
}
