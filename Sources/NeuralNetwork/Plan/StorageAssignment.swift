/// Where each value of a graph lives.
///
/// Floats that nodes compute share one arena, in which values that are never needed at the same
/// time take turns; everything else has storage of its own.
struct StorageAssignment {
    /// The place of each value; nil for values that no node touches.
    private(set) var views: [TensorView?]
    /// Bytes of all storage, constants included.
    private(set) var byteCount: Int

    private let graph: PlanGraph
    private let maximumBytes: Int
    /// The value whose storage each value shares; itself where it has its own.
    let roots: [Int]
    private let lastUses: [Int]

    /// Assigns storage to the values of a graph.
    ///
    /// Values in `lasting` keep their place to themselves, as inputs and outputs do.
    init(
        _ prepared: PreparedGraph,
        maximumBytes: Int,
        lasting: Set<Int> = []
    ) throws(ModelError) {
        let graph = prepared.graph
        self.graph = graph
        self.maximumBytes = maximumBytes
        views = prepared.constants.views
        byteCount = prepared.constants.byteCount
        roots = Self.storageRoots(of: graph)
        lastUses = Self.lastUses(of: graph, roots, lasting)
        let (offsets, size) = arenaOffsets()
        try add(size * ElementType.float32.byteWidth)
        let arena = FloatMemory(count: size)
        for value in graph.inputs + graph.nodes.flatMap({ $0.outputs.compactMap { $0 } }) {
            let type = graph.values[value].type
            let root = roots[value]
            if root != value {
                views[value] = views[root]?.viewed(as: type)
            } else if let offset = offsets[value] {
                views[value] = TensorView(storage: arena, offset: offset, type: type)
            } else {
                try add(type.byteCount)
                views[value] = TensorView(zerosOf: type)
            }
        }
    }

    private mutating func add(_ bytes: Int) throws(ModelError) {
        byteCount += bytes
        guard byteCount <= maximumBytes else {
            throw .tooLarge(what: "Running the model", bytes: byteCount, limit: maximumBytes)
        }
    }

    /// The places of the floats that change from run to run, and the size of the arena.
    private func arenaOffsets() -> (offsets: [Int: Int], size: Int) {
        var arena = ArenaLayout()
        var offsets: [Int: Int] = [:]
        for input in graph.inputs where graph.values[input].type.elementType == .float32 {
            offsets[input] = arena.allocate(graph.values[input].type.elementCount)
        }
        for (step, node) in graph.nodes.enumerated() {
            let dying = Set(
                node.inputs.compactMap { $0.map { roots[$0] } }
                    .filter { offsets[$0] != nil && lastUses[$0] == step }
            )
            var reused: Int?
            for case let output? in node.outputs
            where roots[output] == output && graph.values[output].type.elementType == .float32 {
                let count = graph.values[output].type.elementCount
                let candidate = node.operation.overwritableInputs.lazy
                    .compactMap { $0 < node.inputs.count ? node.inputs[$0] : nil }
                    .map { roots[$0] }
                    .first { dying.contains($0) && graph.values[$0].type.elementCount == count }
                if reused == nil, let candidate, let offset = offsets[candidate] {
                    reused = candidate
                    offsets[output] = offset
                } else {
                    offsets[output] = arena.allocate(count)
                }
            }
            for root in dying.sorted() where root != reused {
                offsets[root].map {
                    arena.free(at: $0, count: graph.values[root].type.elementCount)
                }
            }
            for case let output? in node.outputs
            where roots[output] == output && lastUses[output] <= step {
                offsets[output].map {
                    arena.free(at: $0, count: graph.values[output].type.elementCount)
                }
            }
        }
        return (offsets, arena.size)
    }

    /// The value whose storage each value shares; itself where it has its own.
    private static func storageRoots(of graph: PlanGraph) -> [Int] {
        var roots = Array(graph.values.indices)
        for node in graph.nodes where node.operation.isView {
            if let input = node.inputs.first ?? nil, let output = node.outputs.first ?? nil {
                roots[output] = roots[input]
            }
        }
        return roots
    }

    /// The last step that touches the storage of each value.
    private static func lastUses(
        of graph: PlanGraph,
        _ roots: [Int],
        _ lasting: Set<Int>
    ) -> [Int] {
        var lastUses = [Int](repeating: -1, count: graph.values.count)
        for (step, node) in graph.nodes.enumerated() {
            for case let value? in node.inputs + node.outputs { lastUses[roots[value]] = step }
        }
        for value in graph.outputs.map(\.value) + graph.inputs + lasting {
            lastUses[roots[value]] = .max
        }
        return lastUses
    }
}

/// Places in one stretch of floats, handed out and taken back.
struct ArenaLayout {
    /// The floats needed so far.
    private(set) var size = 0
    /// Free stretches in ascending order, none touching the next.
    private var free: [Range<Int>] = []

    /// Places begin at multiples of this many floats: a cache line.
    private static let alignment = 16

    /// A place for `count` floats: the smallest free stretch that holds them, else new room.
    mutating func allocate(_ count: Int) -> Int {
        let needed = Self.rounded(count)
        guard needed > 0 else { return 0 }
        let fitting = free.indices.filter { free[$0].count >= needed }
        if let best = fitting.min(by: { free[$0].count < free[$1].count }) {
            let start = free[best].lowerBound
            free[best] = start + needed..<free[best].upperBound
            if free[best].isEmpty { free.remove(at: best) }
            return start
        }
        let start: Int
        if let last = free.last, last.upperBound == size {
            start = last.lowerBound
            free.removeLast()
        } else {
            start = size
        }
        size = start + needed
        return start
    }

    /// Takes back the place for `count` floats at `start`.
    mutating func free(at start: Int, count: Int) {
        let end = start + Self.rounded(count)
        guard end > start else { return }
        let index = free.firstIndex { $0.lowerBound > start } ?? free.count
        free.insert(start..<end, at: index)
        if index + 1 < free.count, free[index + 1].lowerBound == end {
            free[index] = start..<free[index + 1].upperBound
            free.remove(at: index + 1)
        }
        if index > 0, free[index - 1].upperBound == start {
            free[index - 1] = free[index - 1].lowerBound..<free[index].upperBound
            free.remove(at: index)
        }
    }

    private static func rounded(_ count: Int) -> Int {
        (count + alignment - 1) / alignment * alignment
    }
}
