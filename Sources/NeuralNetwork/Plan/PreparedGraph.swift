import Synchronization

/// A graph in the form that plans are made from, with the weights that all its plans share.
struct PreparedGraph: Sendable {
    /// The rewritten graph.
    let graph: PlanGraph
    /// Its constants.
    let constants: ConstantStorage
    /// Its weights as kernels want them.
    let packing = PackingCache()

    /// Rewrites a model's graph for plans of whole windows, or of a stream.
    ///
    /// - Parameters:
    ///   - model: The model as read from its file.
    ///   - options: The shapes that the model leaves open, and limits.
    ///   - fusesResiduals: Whether sums of two branches become part of a convolution, which a
    ///     stream cannot have.
    ///   - timeAxis: The input's axis that is time, where it matters.
    /// - Throws: ``ModelError`` when the model cannot run.
    init(
        _ model: Model,
        _ options: LoadOptions,
        fusesResiduals: Bool,
        timeAxis: Int? = nil
    ) throws(ModelError) {
        let imported = try GraphImporter.planGraph(for: model, options: options)
        graph = try LayoutPass.apply(
            to: FusionPass.apply(to: imported, fusesResiduals: fusesResiduals),
            timeAxis: timeAxis
        )
        constants = try ConstantStorage(graph, maximumBytes: options.maximumBytes)
    }
}

/// The constants of a graph as operators read them, in place once for all plans of the graph.
///
/// Sendable unchecked: `views` is written before the value is published, and nothing writes to what
/// they show, because a constant is not a node's output.
final class ConstantStorage: @unchecked Sendable {
    /// The place of each value's constant; nil for values that are not constants, or that
    /// no step reads.
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
            guard let view = TensorView(constant) else {
                throw .malformedGraph(
                    reason: "'\(value.name)' has the unsupported type "
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
            views[index] = view.viewed(as: value.type)
        }
        self.views = views
        self.byteCount = byteCount
    }
}

/// Weights that were rearranged for kernels, so that every use of a node shares them: the parts of
/// a stream's plan, and the sessions of one network on any number of threads.
final class PackingCache: Sendable {
    private struct Key: Hashable {
        let node: Int
        let part: Int
        let geometry: ConvolutionGeometry?
    }

    private let packed = Mutex<[Key: any Sendable]>([:])

    /// How many different weights are held.
    var count: Int { packed.withLock { $0.count } }

    /// The rearranged weights of a node, made when they are asked for first.
    ///
    /// - Parameters:
    ///   - node: The number of the node in the plan.
    ///   - part: Which of the node's weights, for nodes that have several.
    ///   - geometry: The geometry that they were rearranged for, where they depend on it.
    ///   - make: Rearranges them.
    /// - Returns: The weights, which do not change any more.
    func weights<Packed: Sendable>(
        ofNode node: Int,
        part: Int = 0,
        geometry: ConvolutionGeometry? = nil,
        make: () -> Packed
    ) -> Packed {
        let key = Key(node: node, part: part, geometry: geometry)
        return packed.withLock { packed in
            if let known = packed[key] as? Packed { return known }
            let made = make()
            packed[key] = made
            return made
        }
    }
}
