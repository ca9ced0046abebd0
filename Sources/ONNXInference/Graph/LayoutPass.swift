/// Rewrites a graph so that convolutions and pools work on channels-last values.
///
/// Every value of the model gets a stored form: a value of the rewritten graph and the order in
/// which its axes are stored. Orders are handed on from operator to operator as far as operators
/// can work with them; where one cannot, the value is transposed back, once for all its readers.
struct LayoutPass {
    /// A value of the rewritten graph, and the order in which the axes of the model's are stored.
    private struct StoredForm {
        var value: Int
        var order: AxisOrder
    }

    private struct TransposeKey: Hashable {
        let value: Int
        let order: AxisOrder
    }

    private let source: PlanGraph
    private var result: PlanGraph
    private var forms: [StoredForm?]
    private var transposed: [TransposeKey: Int] = [:]

    private init(_ source: PlanGraph) {
        self.source = source
        result = PlanGraph(opset: source.opset)
        forms = Array(repeating: nil, count: source.values.count)
    }

    /// The rewritten graph.
    static func apply(to graph: PlanGraph) throws(ModelError) -> PlanGraph {
        var pass = LayoutPass(graph)
        for input in graph.inputs {
            let form = pass.adopt(input)
            pass.result.inputs.append(form.value)
        }
        for node in graph.nodes { try pass.rewrite(node) }
        for output in graph.outputs {
            let rank = graph.values[output.value].type.rank
            let value = try pass.value(output.value, in: .identity(rank))
            pass.result.outputs.append(PlanGraph.Output(name: output.name, value: value))
        }
        pass.result.removeUnusedNodes()
        return pass.result
    }

    /// The stored form of a value that no node computes: as it is.
    private mutating func adopt(_ value: Int) -> StoredForm {
        let original = source.values[value]
        result.values.append(original)
        let form = StoredForm(
            value: result.values.count - 1,
            order: .identity(original.type.rank)
        )
        forms[value] = form
        return form
    }

    private mutating func form(of value: Int) -> StoredForm {
        forms[value] ?? adopt(value)
    }

    // MARK: Nodes

    private mutating func rewrite(_ node: PlanNode) throws(ModelError) {
        if var operation = node.operation as? any ChannelsLastOperator {
            operation.isChannelsLast = true
            return try rewriteChannelsLast(node, operation)
        }
        if let transpose = node.operation as? TransposeOperator, let input = node.inputs[0],
            let output = node.outputs[0]
        {
            let form = form(of: input)
            // Nothing moves: only what the stored axes are called changes.
            let axes = form.order.axes.map { axis in
                transpose.order.firstIndex(of: axis) ?? axis
            }
            forms[output] = StoredForm(value: form.value, order: AxisOrder(axes))
            return
        }
        if let flexible = node.operation as? any AxisFlexible,
            try rewriteFlexible(node, flexible)
        {
            return
        }
        var inputs: [Int?] = []
        for input in node.inputs {
            inputs.append(
                try input.map { (value) throws(ModelError) in
                    try self.value(value, in: .identity(source.values[value].type.rank))
                }
            )
        }
        try emit(node, node.operation, inputs) { .identity($0.rank) }
    }

    private mutating func rewriteChannelsLast(
        _ node: PlanNode,
        _ operation: any ChannelsLastOperator
    ) throws(ModelError) {
        var inputs: [Int?] = []
        for (index, input) in node.inputs.enumerated() {
            guard let input else {
                inputs.append(nil)
                continue
            }
            let rank = source.values[input].type.rank
            inputs.append(
                try value(
                    input,
                    in: index == 0 || index == ConvOperator.addendIndex
                        ? .channelsLast(rank) : .identity(rank)
                )
            )
        }
        try emit(node, operation, inputs) { .channelsLast($0.rank) }
    }

    /// Hands the order of the inputs through an operator, if it can be done.
    private mutating func rewriteFlexible(
        _ node: PlanNode,
        _ operation: any AxisFlexible
    ) throws(ModelError) -> Bool {
        let values = node.inputs.compactMap { $0 }
        let rank = values.map { source.values[$0].type.rank }.max() ?? 0
        let candidates = values.map { form(of: $0) }.filter { $0.order.rank == rank }
        guard let order = candidates.first(where: { !$0.order.isIdentity })?.order,
            let rewritten = operation.reordered(order)
        else { return false }
        var inputs: [Int?] = []
        for input in node.inputs {
            inputs.append(
                try input.map { (value) throws(ModelError) in
                    try stretchedValue(value, in: order)
                }
            )
        }
        try emit(node, rewritten.operation, inputs) { _ in rewritten.outputOrder }
        return true
    }

    private mutating func emit(
        _ node: PlanNode,
        _ operation: any Operator,
        _ inputs: [Int?],
        order: (TensorType) -> AxisOrder
    ) throws(ModelError) {
        var rewritten = node
        rewritten.operation = operation
        rewritten.inputs = inputs
        let types: [TensorType]
        do {
            types = try operation.outputTypes(for: result.inputTypes(of: rewritten))
        } catch {
            throw result.refusal(of: node, error)
        }
        for (index, output) in node.outputs.enumerated() {
            guard let output else { continue }
            let value = result.addValue(source.values[output].name, types[index])
            forms[output] = StoredForm(value: value, order: order(types[index]))
            rewritten.outputs[index] = value
        }
        result.nodes.append(rewritten)
    }

    // MARK: Values

    /// A value with its axes in the order asked for.
    private mutating func value(
        _ value: Int,
        in order: AxisOrder
    ) throws(ModelError) -> Int {
        let form = form(of: value)
        guard form.order != order else { return form.value }
        let key = TransposeKey(value: form.value, order: order)
        if let known = transposed[key] { return known }
        let moves = order.axes.map { form.order.position(of: $0) }
        let stored = result.values[form.value]
        let shape = moves.map { stored.type.shape[$0] }
        let made: Int
        if let constant = stored.constant {
            made = result.addConstant(stored.name, constant.transposed(moves))
        } else {
            let isView = TransposeOperator.keepsStorage(moves, of: stored.type.shape)
            let operation: any Operator =
                isView ? ReshapeOperator(shape: shape) : TransposeOperator(order: moves)
            made = result.addValue(stored.name, TensorType(stored.type.elementType, shape))
            result.nodes.append(
                PlanNode(
                    name: stored.name,
                    operatorType: isView ? "Reshape" : "Transpose",
                    operation: operation,
                    inputs: [form.value],
                    outputs: [made]
                )
            )
        }
        transposed[key] = made
        return made
    }

    /// A value in the order asked for, with leading axes of length 1 added if it has fewer axes.
    private mutating func stretchedValue(
        _ value: Int,
        in order: AxisOrder
    ) throws(ModelError) -> Int {
        let type = source.values[value].type
        guard type.rank < order.rank else { return try self.value(value, in: order) }
        if type.elementCount == 1 { return try self.value(value, in: .identity(type.rank)) }
        let shape = [Int](repeating: 1, count: order.rank - type.rank) + type.shape
        let plain = try self.value(value, in: .identity(type.rank))
        let stretched: Int
        if let constant = result.values[plain].constant {
            stretched = result.addConstant(
                source.values[value].name,
                ConstantTensor(shape: shape, values: constant.values)
            )
        } else {
            stretched = result.addValue(
                source.values[value].name,
                TensorType(type.elementType, shape)
            )
            result.nodes.append(
                PlanNode(
                    name: source.values[value].name,
                    operatorType: "Reshape",
                    operation: ReshapeOperator(shape: shape),
                    inputs: [plain],
                    outputs: [stretched]
                )
            )
        }
        let moves = order.axes
        let stretchedType = result.values[stretched].type
        if let constant = result.values[stretched].constant {
            return result.addConstant(
                source.values[value].name,
                constant.transposed(moves)
            )
        }
        let moved = result.addValue(
            source.values[value].name,
            TensorType(stretchedType.elementType, moves.map { stretchedType.shape[$0] })
        )
        let isView = TransposeOperator.keepsStorage(moves, of: stretchedType.shape)
        result.nodes.append(
            PlanNode(
                name: source.values[value].name,
                operatorType: isView ? "Reshape" : "Transpose",
                operation: isView
                    ? ReshapeOperator(shape: moves.map { stretchedType.shape[$0] })
                    : TransposeOperator(order: moves),
                inputs: [stretched],
                outputs: [moved]
            )
        )
        return moved
    }
}

extension ConstantTensor {
    /// The constant with its axes in another order.
    fileprivate func transposed(_ order: [Int]) -> ConstantTensor {
        let outputType = TensorType(type.elementType, order.map { type.shape[$0] })
        return ConstantFolding.outputs(
            of: TransposeOperator(order: order),
            inputs: [self],
            [outputType]
        )?.first ?? self
    }
}
