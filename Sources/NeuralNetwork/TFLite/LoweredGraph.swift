/// Nodes and constants that a file becomes, whose values get their names at the end.
struct LoweredGraph {
    /// A value, by its place.
    struct Value: Hashable {
        fileprivate let index: Int
    }

    /// An input or output with what is declared of it.
    typealias Terminal = (value: Value, declaration: ValueInfo)

    private struct LoweredNode {
        let operatorType: String
        let inputs: [Value?]
        let outputs: [Value]
        let attributes: [Attribute]
    }

    private var nodes: [LoweredNode] = []
    private var constants: [(value: Value, tensor: Tensor)] = []
    /// The name that a value gets if no other has it.
    private var wantedNames: [String?] = []
    /// Whether a node makes the value.
    private var madeByNode: [Bool] = []

    /// How many nodes there are.
    var nodeCount: Int { nodes.count }

    /// Whether a node makes a value.
    func isMade(_ value: Value) -> Bool { madeByNode[value.index] }

    /// Adds a value that no node makes.
    mutating func newValue() -> Value { newValue(isMade: false) }

    private mutating func newValue(isMade: Bool) -> Value {
        wantedNames.append(nil)
        madeByNode.append(isMade)
        return Value(index: wantedNames.count - 1)
    }

    /// Adds a node.
    mutating func emit(
        _ operatorType: String,
        _ inputs: [Value?],
        _ attributes: KeyValuePairs<String, AttributeValue>,
        outputCount: Int
    ) -> [Value] {
        let outputs = (0..<outputCount).map { _ in newValue(isMade: true) }
        nodes.append(
            LoweredNode(
                operatorType: operatorType,
                inputs: inputs,
                outputs: outputs,
                attributes: attributes.map { Attribute(name: $0.key, value: $0.value) }
            )
        )
        return outputs
    }

    /// Adds a constant.
    mutating func constant(_ tensor: Tensor) -> Value {
        let value = newValue(isMade: false)
        if !tensor.name.isEmpty { want(tensor.name, for: value) }
        constants.append((value, tensor))
        return value
    }

    /// Asks for a name, of which the first part counts where a converter has joined several.
    mutating func want(_ name: String, for value: Value) {
        wantedNames[value.index] = wantedNames[value.index] ?? Self.shortened(name)
    }

    /// Names what is still without a name after what an operator computes.
    mutating func nameNodes(from first: Int, after name: String) {
        for node in nodes[first...] {
            for value in node.outputs {
                want("\(Self.shortened(name))/\(node.operatorType)", for: value)
            }
        }
    }

    private static func shortened(_ name: String) -> String { String(name.prefix { $0 != ";" }) }

    /// The graph, every value with a name that no other has; inputs and outputs keep theirs.
    func named(inputs: [Terminal], outputs: [Terminal]) -> Graph {
        let names = names(inputs + outputs)
        func declarations(_ terminals: [Terminal]) -> [ValueInfo] {
            terminals.map { terminal in
                var declaration = terminal.declaration
                declaration.name = names[terminal.value.index]
                return declaration
            }
        }
        return Graph(
            name: "main",
            nodes: nodes.map { node in
                Node(
                    node.operatorType,
                    name: names[node.outputs[0].index],
                    inputs: node.inputs.map { $0.map { names[$0.index] } ?? "" },
                    outputs: node.outputs.map { names[$0.index] },
                    attributes: node.attributes
                )
            },
            initializers: constants.map { value, tensor in
                var tensor = tensor
                tensor.name = names[value.index]
                return tensor
            },
            inputs: declarations(inputs),
            outputs: declarations(outputs)
        )
    }

    private func names(_ terminals: [Terminal]) -> [String] {
        var names = [String](repeating: "", count: wantedNames.count)
        var taken: Set<String> = [""]
        func give(_ index: Int, _ wanted: String) {
            guard names[index].isEmpty else { return }
            var candidate = wanted
            if taken.contains(candidate) {
                candidate += "#\(index)"
                while taken.contains(candidate) { candidate += "'" }
            }
            taken.insert(candidate)
            names[index] = candidate
        }
        for terminal in terminals { give(terminal.value.index, terminal.declaration.name) }
        for (index, wanted) in wantedNames.enumerated() { give(index, wanted ?? "") }
        return names
    }
}
