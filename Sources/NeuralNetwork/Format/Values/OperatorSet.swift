/// A version of a collection of operators that a model relies on.
package struct OperatorSet: Sendable, Hashable {
    /// The collection; empty for ONNX's own.
    package var domain: String
    /// The version ("opset").
    package var version: Int

    /// Creates a reference to an operator set.
    package init(domain: String = "", version: Int) {
        self.domain = domain
        self.version = version
    }
}
