/// ONNX's `CastLike`: the first input's numbers in the second's type.
struct CastLikeOperator: Operator {
    static let name = "CastLike"
    static let introduced = 15
    static let inputCounts = 2...2
    private let cast: CastOperator

    init(_ node: inout NodeReader) throws(Refusal) {
        _ = try node.flag("saturate", default: true)
        cast = CastOperator(to: try node.inputType(1).elementType)
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        try cast.outputTypes(for: inputs)
    }

    func makeStep(_ places: StepPlaces) -> Step { cast.makeStep(places) }
}
