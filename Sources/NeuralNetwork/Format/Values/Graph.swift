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
