/// The constants of a graph as operators read them, in place once for all plans of the graph.
///
/// Sendable unchecked: `views` is written before the value is published, and nothing writes to what
/// they show, because a constant is no node's output.
final class ConstantStorage: @unchecked Sendable {
    /// The place of each value's constant; nil for values that are none, or that nobody reads.
    let views: [TensorView?]
    /// Bytes of all of them.
    let byteCount: Int

    /// Puts the constants of a graph in place.
    init(_ graph: PlanGraph, maximumBytes: Int) throws(ModelError) {
        var isRead = Set(graph.outputs.map(\.value))
        for node in graph.nodes { for case let input? in node.inputs { isRead.insert(input) } }
        var views = [TensorView?](repeating: nil, count: graph.values.count)
        var byteCount = 0
        for (index, value) in graph.values.enumerated() {
            guard let constant = value.constant, isRead.contains(index) else { continue }
            guard let buffer = TensorBuffer(constant.values) else {
                throw .malformedGraph(
                    reason: "'\(value.name)' is of the unsupported type "
                        + constant.type.elementType.name
                )
            }
            byteCount += constant.type.byteCount
            guard byteCount <= maximumBytes else {
                throw .tooLarge(
                    what: "Running the model",
                    bytes: byteCount,
                    limit: maximumBytes
                )
            }
            views[index] = TensorView(buffer: buffer, offset: 0, type: value.type)
        }
        self.views = views
        self.byteCount = byteCount
    }
}
