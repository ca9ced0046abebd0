/// ONNX's `GatherElements`: for each index, the input's element at that place along an axis.
///
/// An index outside the axis takes the nearest element.
struct GatherElementsOperator: AnyElementOperator {
    static let name = "GatherElements"
    static let introduced = 11
    static let inputCounts = 2...2
    private let axis: Int

    init(_ node: inout NodeReader) throws(Refusal) {
        let (input, indices) = (try node.inputType(0), try node.inputType(1))
        axis = try Axis.resolve(try node.integer("axis", default: 0), rank: input.rank)
        let fits =
            indices.rank == input.rank
            && input.shape.indices.allSatisfy {
                $0 == axis ? input.shape[$0] > 0 : indices.shape[$0] <= input.shape[$0]
            }
        guard fits, [.int32, .int64].contains(indices.elementType) else {
            throw Refusal("indices of \(indices) do not fit \(input)")
        }
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        [TensorType(try inputs.required(0).elementType, try inputs.required(1).shape)]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        makeStep(moving: places.inputType(0).elementType, places)
    }

    func makeStep<Element: TensorElement>(_ type: Element.Type, _ places: StepPlaces) -> Step {
        let input = places.input(0, type)
        let output = places.output(0, type)
        let strides = LoopNest.rowMajorStrides(input.shape)
        let targets = LoopNest.rowMajorStrides(output.shape)
        let length = input.shape[axis]
        let isWide = places.inputType(1).elementType == .int64
        let wide = isWide ? places.input(1, Int64.self) : nil
        let narrow = isWide ? nil : places.input(1, Int32.self)
        return { [axis] in
            for index in 0..<output.count {
                var source = 0
                for other in strides.indices where other != axis {
                    source += index / targets[other] % output.shape[other] * strides[other]
                }
                let given = wide?[index] ?? narrow.map { Int64($0[index]) } ?? 0
                let place = given < 0 ? given &+ Int64(length) : given
                source += Int(min(max(place, 0), Int64(length - 1))) * strides[axis]
                output[index] = input[source]
            }
        }
    }
}
