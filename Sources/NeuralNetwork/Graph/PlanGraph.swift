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
    mutating func addConstant(_ name: String, _ constant: Tensor) -> Int {
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
    var heldWeightBytes: Int { nodes.reduce(0) { $0 + $1.operation.weightByteCount } }

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

/// An operation of a network while a plan is made.
struct PlanNode: Sendable {
    /// The node's name in the model; made up from its place when it has none.
    var name: String
    /// The operator's name in the model.
    var operatorType: String
    var operation: any Operator
    /// Values by position; nil where an optional input is left out or was read as a constant.
    var inputs: [Int?]
    /// Values by position; nil where an optional output is left out.
    var outputs: [Int?]
}

/// A value that flows between the nodes of a network while a plan is made.
struct PlanValue: Sendable {
    var name: String
    var type: TensorType
    /// The numbers, where they are known when the model is loaded.
    var constant: Tensor?
}

extension PlanGraph {
    /// Adds what a value is with its axes in another order.
    ///
    /// - Parameters:
    ///   - axes: Which axis of the value becomes the first, the second, and so on.
    ///   - value: The number of a value.
    /// - Returns: The number of the new value.
    mutating func moving(_ axes: [Int], of value: Int) -> Int {
        let stored = values[value]
        if let constant = stored.constant {
            return addConstant(stored.name, constant.transposed(axes))
        }
        let shape = axes.map { stored.type.shape[$0] }
        return TransposeOperator.keepsStorage(axes, of: stored.type.shape)
            ? reshaped(value, to: shape)
            : addNode("Transpose", TransposeOperator(order: axes), of: value, shape: shape)
    }

    /// Adds what a value is with another shape, and returns its number.
    mutating func reshaped(_ value: Int, to shape: [Int]) -> Int {
        let stored = values[value]
        if let constant = stored.constant {
            let reshaped = Tensor(shape: shape, values: constant.values)
            return addConstant(stored.name, reshaped)
        }
        return addNode("Reshape", ReshapeOperator(shape: shape), of: value, shape: shape)
    }

    /// Adds a node that makes one value of another, and returns the number of what it makes.
    private mutating func addNode(
        _ operatorType: String,
        _ operation: any Operator,
        of value: Int,
        shape: [Int]
    ) -> Int {
        let stored = values[value]
        let made = addValue(stored.name, TensorType(stored.type.elementType, shape))
        nodes.append(
            PlanNode(
                name: stored.name,
                operatorType: operatorType,
                operation: operation,
                inputs: [value],
                outputs: [made]
            )
        )
        return made
    }
}

extension Tensor {
    /// The constant with its axes in another order.
    func transposed(_ order: [Int]) -> Tensor {
        let outputType = TensorType(type.elementType, order.map { type.shape[$0] })
        return ConstantFolding.outputs(
            of: TransposeOperator(order: order),
            inputs: [self],
            [outputType]
        )?.first ?? self
    }
}

/// Carries out an operator on constants while the model is loaded.
enum ConstantFolding {
    /// The outputs of an operator for constant inputs, or nil when they are of a type that
    /// operators do not compute with.
    static func outputs(
        of operation: any Operator,
        inputs: [Tensor?],
        _ types: [TensorType]
    ) -> [Tensor]? {
        if operation.isView, let input = inputs.first ?? nil, let type = types.first {
            return [Tensor(shape: type.shape, values: input.values)]
        }
        let places = StepPlaces(
            inputs: inputs.map { $0.flatMap { TensorView($0) } },
            outputs: types.map { TensorView(zerosOf: $0) },
            node: 0,
            scratch: ScratchSpace(),
            packing: PackingCache()
        )
        let outputs = places.outputs.compactMap { $0 }
        guard outputs.count == types.count,
            zip(inputs, places.inputs).allSatisfy({ ($0 == nil) == ($1 == nil) })
        else { return nil }
        operation.makeStep(places)()
        return outputs.map { Tensor(shape: $0.type.shape, values: $0.values) }
    }
}
