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
