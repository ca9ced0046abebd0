/// ONNX's `Gelu`: x · Φ(x), exactly or by the hyperbolic tangent.
struct GeluOperator: UnaryOperator {
    static let name = "Gelu"
    static let introduced = 20
    let function: ScalarFunction

    init(_ node: inout NodeReader) throws(Refusal) {
        switch try node.string("approximate", default: "none") {
        case "none": function = .gelu
        case "tanh": function = .geluTanh
        case let other: throw Refusal("its attribute 'approximate' is '\(other)'")
        }
    }
}
