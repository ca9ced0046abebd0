/// The content of an `.onnx` file.
package struct Model: Sendable, Hashable {
    /// The version of the file format.
    package var irVersion: Int
    /// The program that wrote the file.
    package var producerName: String
    /// That program's version.
    package var producerVersion: String
    /// The operator sets that the graph's nodes belong to.
    package var operatorSets: [OperatorSet]
    /// The network.
    package var graph: Graph
    /// What else the model carries along.
    package var metadata: [MetadataEntry]

    /// Creates a model.
    package init(
        irVersion: Int = 8,
        producerName: String = "",
        producerVersion: String = "",
        operatorSets: [OperatorSet],
        graph: Graph,
        metadata: [MetadataEntry] = []
    ) {
        self.irVersion = irVersion
        self.producerName = producerName
        self.producerVersion = producerVersion
        self.operatorSets = operatorSets
        self.graph = graph
        self.metadata = metadata
    }

    /// The version of ONNX's own operator set, or nil when the model names none.
    package var opset: Int? {
        operatorSets.first { $0.domain.isEmpty || $0.domain == "ai.onnx" }?.version
    }
}

extension Model {
    /// The network from one of its outputs on: what computes the other outputs from that one.
    ///
    /// So a network that takes sound and also gives its spectrogram can take the spectrogram.
    /// - Parameter output: The name of an output.
    /// - Returns: The model with that output as its only input; nil where no node computes such an
    ///   output.
    package func starting(at output: String) -> Model? {
        guard let input = graph.outputs.first(where: { $0.name == output }),
            graph.nodes.contains(where: { $0.outputs.contains(output) })
        else { return nil }
        var rest = self
        rest.graph.inputs = [input]
        rest.graph.outputs.removeAll { $0.name == output }
        var needed = Set(rest.graph.outputs.map(\.name))
        rest.graph.nodes = graph.nodes.reversed().filter { node in
            guard !node.outputs.contains(output), node.outputs.contains(where: needed.contains)
            else { return false }
            needed.formUnion(node.inputs)
            return true
        }.reversed()
        rest.graph.initializers.removeAll { !needed.contains($0.name) }
        return rest
    }
}

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

/// A key and a value that a model carries along.
package struct MetadataEntry: Sendable, Hashable {
    package var key: String
    package var value: String

    /// Creates an entry.
    package init(key: String, value: String) {
        self.key = key
        self.value = value
    }
}

/// The nodes of a network with the weights, inputs and outputs that tie them together.
package struct Graph: Sendable, Hashable {
    /// The graph's name.
    package var name: String
    /// The operations, in an order in which they can be carried out.
    package var nodes: [Node]
    /// The weights and other constants, by name.
    package var initializers: [Tensor]
    /// What the caller gives; old files also list the initializers here.
    package var inputs: [ValueInfo]
    /// What the caller gets.
    package var outputs: [ValueInfo]

    /// Creates a graph.
    package init(
        name: String,
        nodes: [Node],
        initializers: [Tensor],
        inputs: [ValueInfo],
        outputs: [ValueInfo]
    ) {
        self.name = name
        self.nodes = nodes
        self.initializers = initializers
        self.inputs = inputs
        self.outputs = outputs
    }
}

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

/// A named constant of a node, such as the strides of a convolution.
package struct Attribute: Sendable, Hashable {
    /// The name as the operator's specification has it.
    package var name: String
    /// The value.
    package var value: AttributeValue

    /// Creates an attribute.
    package init(name: String, value: AttributeValue) {
        self.name = name
        self.value = value
    }
}

/// The value of a node's attribute.
package enum AttributeValue: Sendable, Hashable {
    case float(Float)
    case int(Int64)
    case string(String)
    case tensor(Tensor)
    /// A graph that the node may carry out, such as a branch of `If`.
    case graph(Graph)
    case floats([Float])
    case ints([Int64])
    case strings([String])
    /// A kind of value that nothing here uses (a sparse tensor, a type), by ONNX's number.
    case unsupported(kind: Int)

    /// ONNX's number for the kind of value.
    var kind: Int {
        switch self {
        case .float: 1
        case .int: 2
        case .string: 3
        case .tensor: 4
        case .graph: 5
        case .floats: 6
        case .ints: 7
        case .strings: 8
        case .unsupported(let kind): kind
        }
    }
}

/// The declared name, type and shape of a graph's input or output.
package struct ValueInfo: Sendable, Hashable {
    /// The value's name.
    package var name: String
    /// The type of its numbers.
    package var elementType: ElementType
    /// The declared axes, outermost first; nil when the model declares none.
    package var shape: [Dimension]?

    /// Creates a declaration.
    package init(name: String, elementType: ElementType, shape: [Dimension]?) {
        self.name = name
        self.elementType = elementType
        self.shape = shape
    }
}

/// The length of one axis as a model declares it.
package enum Dimension: Sendable, Hashable, CustomStringConvertible {
    case fixed(Int)
    /// Chosen by the caller; equal names mean equal lengths.
    case symbolic(String)
    case unknown

    package var description: String {
        switch self {
        case .fixed(let length): String(length)
        case .symbolic(let name): name
        case .unknown: "?"
        }
    }
}
