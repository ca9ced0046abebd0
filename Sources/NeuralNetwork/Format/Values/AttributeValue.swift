/// The value of a node's attribute.
package enum AttributeValue: Sendable, Hashable {
    case float(Float)
    case int(Int64)
    case string(String)
    case tensor(Tensor)
    case floats([Float])
    case ints([Int64])
    case strings([String])
    /// A kind of value that nothing here uses (a subgraph, a sparse tensor, a type), by ONNX's number.
    case unsupported(kind: Int)
}
