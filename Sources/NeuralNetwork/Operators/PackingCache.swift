import Synchronization

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
