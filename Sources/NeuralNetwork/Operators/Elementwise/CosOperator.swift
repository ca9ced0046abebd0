private import Glibc

/// ONNX's `Cos`: the cosine, for floats and doubles.
struct CosOperator: NumericUnaryOperator {
    static let name = "Cos"
    static let introduced = 7
    let function: ScalarFunction? = nil

    init(_ node: inout NodeReader) throws(Refusal) {
        let type = try node.inputType(0).elementType
        guard type == .float32 || type == .float64 else {
            throw Refusal("it works on float and double, not on \(type.name)")
        }
    }

    func apply<Number: TensorNumber>(to value: Number) -> Number {
        .clamping(cos(value.asDouble))
    }
}
