/// A network with every type and shape known, in the form that is rewritten until it is a plan.
struct PlanGraph: Sendable {
    /// An output of the network.
    struct Output: Sendable {
        var name: String
        var value: Int
    }

    /// The opset of the model.
    var opset: Int
    var values: [PlanValue] = []
    /// In an order in which they can be carried out.
    var nodes: [PlanNode] = []
    var inputs: [Int] = []
    var outputs: [Output] = []

    /// Adds a value and returns its number.
    mutating func addValue(_ name: String, _ type: TensorType) -> Int {
        values.append(PlanValue(name: name, type: type))
        return values.count - 1
    }

    /// Adds a constant and returns its number.
    mutating func addConstant(_ name: String, _ constant: ConstantTensor) -> Int {
        values.append(PlanValue(name: name, type: constant.type, constant: constant))
        return values.count - 1
    }

    /// The types of a node's inputs; nil where there is none at run time.
    func inputTypes(of node: PlanNode) -> [TensorType?] {
        node.inputs.map { $0.map { values[$0].type } }
    }

    /// The numbers of the nodes that read each value.
    func readers() -> [[Int]] {
        var readers = [[Int]](repeating: [], count: values.count)
        for (index, node) in nodes.enumerated() {
            for case let input? in node.inputs { readers[input].append(index) }
        }
        return readers
    }

    /// Bytes of the weights that operators hold themselves.
    var heldWeightBytes: Int { nodes.reduce(0) { $0 + 4 * $1.operation.parameterCount } }

    /// Drops the nodes that no output depends on.
    mutating func removeUnusedNodes() {
        var isNeeded = [Bool](repeating: false, count: values.count)
        for output in outputs { isNeeded[output.value] = true }
        var kept: [PlanNode] = []
        for node in nodes.reversed() {
            guard node.outputs.contains(where: { $0.map { isNeeded[$0] } ?? false }) else {
                continue
            }
            for case let input? in node.inputs { isNeeded[input] = true }
            kept.append(node)
        }
        nodes = kept.reversed()
    }

    /// Wraps an operator's refusal with the node it is about.
    func refusal(of node: PlanNode, _ refusal: Refusal) -> ModelError {
        .unsupported(
            node: node.name,
            operatorType: node.operatorType,
            opset: opset,
            reason: refusal.reason
        )
    }
}
