/// One operation of a graph.
package struct Node: Sendable, Hashable {
    /// The node's own name; may be empty.
    package var name: String
    /// The operator, such as `Conv`.
    package var operatorType: String
    /// The operator set that defines the operator; empty for ONNX's own.
    package var domain: String
    /// The names of the values read; an empty name stands for an optional input left out.
    package var inputs: [String]
    /// The names of the values produced; an empty name stands for an optional output left out.
    package var outputs: [String]
    /// The constants that shape the operation.
    package var attributes: [Attribute]

    /// Creates a node of ONNX's own operator set.
    package init(
        _ operatorType: String,
        name: String = "",
        domain: String = "",
        inputs: [String],
        outputs: [String],
        attributes: [Attribute] = []
    ) {
        self.name = name
        self.operatorType = operatorType
        self.domain = domain
        self.inputs = inputs
        self.outputs = outputs
        self.attributes = attributes
    }
}
