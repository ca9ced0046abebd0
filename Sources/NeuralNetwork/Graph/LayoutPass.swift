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
    /// Whether the spatial axes of images are stored the other way round.
    private let swapsSpatialAxes: Bool
    private var result: PlanGraph
    private var forms: [StoredForm?]
    private var transposed: [TransposeKey: Int] = [:]

    private init(_ source: PlanGraph, swapsSpatialAxes: Bool) {
        self.source = source
        self.swapsSpatialAxes = swapsSpatialAxes
        result = PlanGraph(opset: source.opset)
        forms = Array(repeating: nil, count: source.values.count)
    }

    /// The rewritten graph.
    ///
    /// With `timeAxis`, the inputs are stored with that axis of the model's right after the leading
    /// axes of length 1, and where it is the last axis, images with their spatial axes swapped.
    static func apply(
        to graph: PlanGraph,
        timeAxis: Int? = nil
    ) throws(ModelError) -> PlanGraph {
        let type = graph.inputs.first.map { graph.values[$0].type }
        let order = timeAxis.flatMap { axis in type.flatMap { Self.order($0, timeAxis: axis) } }
        let isLast = type.map { $0.rank >= 4 && timeAxis == $0.rank - 1 } ?? false
        var pass = LayoutPass(
            graph,
            swapsSpatialAxes: order.map { !$0.isIdentity } ?? false && isLast
        )
        for input in graph.inputs {
            let rank = graph.values[input].type.rank
            let form = pass.adopt(input, in: order ?? .identity(rank))
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

    /// The order that puts time first among the axes that are not of length 1.
    private static func order(_ type: TensorType, timeAxis: Int) -> AxisOrder? {
        guard type.shape.indices.contains(timeAxis) else { return nil }
        let first = type.shape.firstIndex { $0 != 1 } ?? 0
        guard timeAxis > first else { return .identity(type.rank) }
        // Channels of length 1 go last, as images are stored.
        let leading = type.rank >= 4 ? Array(0..<first).filter { $0 != 1 } : Array(0..<first)
        let rest = type.shape.indices.filter { $0 != timeAxis && !leading.contains($0) }
        let others = rest.filter { $0 >= first } + rest.filter { $0 < first }
        return AxisOrder(leading + [timeAxis] + others)
    }

    /// The order in which images of so many axes are stored.
    private static func imageOrder(_ rank: Int, swapped: Bool) -> AxisOrder {
        swapped
            ? AxisOrder([0] + (2..<rank).reversed() + [1]) : .channelsLast(rank)
    }

    /// The stored form of a value that no node computes.
    private mutating func adopt(_ value: Int, in order: AxisOrder? = nil) -> StoredForm {
        var stored = source.values[value]
        let order = order ?? .identity(stored.type.rank)
        stored.type = TensorType(stored.type.elementType, order.stored(stored.type.shape))
        result.values.append(stored)
        let form = StoredForm(value: result.values.count - 1, order: order)
        forms[value] = form
        return form
    }

    private mutating func form(of value: Int) -> StoredForm {
        forms[value] ?? adopt(value)
    }

    // MARK: Nodes

    private mutating func rewrite(_ node: PlanNode) throws(ModelError) {
        if let operation = node.operation as? any ChannelsLastOperator {
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
        guard var operation = swapsSpatialAxes ? operation.swappingSpatialAxes() : operation else {
            throw .notStreamable(
                reason: "node '\(node.name)' (\(node.operatorType)) cannot run in time-first layout"
            )
        }
        operation.isChannelsLast = true
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
                        ? Self.imageOrder(rank, swapped: swapsSpatialAxes) : .identity(rank)
                )
            )
        }
        try emit(node, operation, inputs) { [swapsSpatialAxes] in
            Self.imageOrder($0.rank, swapped: swapsSpatialAxes)
        }
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
        let made = result.moving(moves, of: form.value)
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
        return result.moving(order.axes, of: result.reshaped(plain, to: shape))
    }
}
