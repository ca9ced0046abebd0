extension Model {
    /// The value that the last fully connected layer before an output reads: what the network has
    /// found out about a window before it names a class.
    ///
    /// Such a layer is a `Gemm`, `MatMul` or `Conv` of the input's values with weights that do not
    /// depend on them.
    /// - Parameter output: The name of an output.
    /// - Returns: The value's name; nil where no such layer leads to the output, or several do.
    package func embedding(of output: String) -> String? {
        let weights = Set(graph.initializers.map(\.name))
        var moving = Set(graph.inputs.map(\.name)).subtracting(weights)
        var producers: [String: Node] = [:]
        for node in graph.nodes {
            guard node.inputs.contains(where: moving.contains) else { continue }
            moving.formUnion(node.outputs)
            for output in node.outputs where !output.isEmpty { producers[output] = node }
        }
        var value = output
        while let node = producers[value] {
            let sources = Set(node.inputs.filter(moving.contains))
            guard let source = sources.first, sources.count == 1 else { return nil }
            if Self.products.contains(node.operatorType), node.inputs.first == source {
                return source
            }
            value = source
        }
        return nil
    }

    private static let products: Set<String> = ["Gemm", "MatMul", "Conv"]

    /// The same network with a value between its nodes as one more output of floats.
    ///
    /// - Parameter value: The name of a value that a node computes.
    /// - Returns: The model; itself where the value is an output already.
    package func exposing(_ value: String) -> Model {
        guard !graph.outputs.contains(where: { $0.name == value }) else { return self }
        var model = self
        model.graph.outputs.append(ValueInfo(name: value, elementType: .float32, shape: nil))
        return model
    }
}
