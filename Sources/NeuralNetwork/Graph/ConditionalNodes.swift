extension Node {
    /// Whether the node carries out one of two graphs.
    var isConditional: Bool { operatorType == "If" && domain.isEmpty }

    /// The values that the node reads, those among its branches' own and of graphs around it.
    var reads: [String] {
        inputs
            + attributes.flatMap { attribute in
                if case .graph(let graph) = attribute.value {
                    graph.nodes.flatMap(\.reads) + graph.outputs.map(\.name)
                } else {
                    [String]()
                }
            }
    }

    /// A graph that the node may carry out.
    fileprivate func branch(_ name: String) throws(Refusal) -> Graph {
        guard case .graph(let graph)? = attributes.first(where: { $0.name == name })?.value else {
            throw Refusal("its \(name) is missing")
        }
        return graph
    }

    /// The same node with other names for the values of a branch.
    fileprivate func renamed(_ names: [String: String]) -> Node {
        var node = self
        node.inputs = inputs.map { names[$0] ?? $0 }
        node.outputs = outputs.map { names[$0] ?? $0 }
        for (index, attribute) in attributes.enumerated() {
            guard case .graph(var graph) = attribute.value else { continue }
            // What a branch inside defines itself hides the name outside.
            let own = Set(graph.nodes.flatMap(\.outputs) + graph.initializers.map(\.name))
            let visible = names.filter { !own.contains($0.key) }
            graph.nodes = graph.nodes.map { $0.renamed(visible) }
            for output in graph.outputs.indices {
                let name = graph.outputs[output].name
                graph.outputs[output].name = visible[name] ?? name
            }
            node.attributes[index].value = .graph(graph)
        }
        return node
    }
}

extension GraphImporter {
    /// Puts the branch of an `If` that its condition chooses in the node's place.
    ///
    /// - Parameters:
    ///   - node: The node.
    ///   - name: What it is called in messages; the branch's values are named after it.
    /// - Throws: When the condition is not known, or the branch cannot run.
    mutating func inlineBranch(of node: Node, named name: String) throws {
        guard node.inputs.count == 1, let condition = valueByName[node.inputs[0]] else {
            throw Refusal("no earlier node computes its condition")
        }
        guard let constant = graph.values[condition].constant else {
            throw Refusal(
                "its condition '\(node.inputs[0])' is known only at run time; export the network "
                    + "with fixed shapes and options"
            )
        }
        guard case .bool(let truths) = constant.values, let isTrue = truths.first,
            truths.count == 1
        else { throw Refusal("its condition is \(constant.type)") }
        let branch = try node.branch(isTrue ? "then_branch" : "else_branch")
        guard branch.outputs.count >= node.outputs.count else {
            throw Refusal(
                "its branch has \(branch.outputs.count) outputs instead of \(node.outputs.count)"
            )
        }
        var names: [String: String] = [:]
        for own in branch.initializers.map(\.name) + branch.nodes.flatMap(\.outputs)
        where !own.isEmpty {
            names[own] = "\(name)/\(own)"
        }
        for tensor in branch.initializers {
            let own = names[tensor.name] ?? tensor.name
            try define(own, graph.addConstant(own, tensor))
        }
        for (index, inner) in branch.nodes.enumerated() {
            var inner = inner.renamed(names)
            inner.name =
                "\(name)/" + (inner.name.isEmpty ? "\(inner.operatorType)_\(index)" : inner.name)
            try add(inner, at: index)
        }
        for (output, result) in zip(node.outputs, branch.outputs) where !output.isEmpty {
            guard let value = valueByName[names[result.name] ?? result.name] else {
                throw Refusal("no node of its branch computes '\(result.name)'")
            }
            try define(output, value)
        }
    }
}
