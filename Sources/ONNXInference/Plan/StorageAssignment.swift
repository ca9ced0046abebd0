internal import ONNXFormat

/// Which buffer each value of a graph lives in, so that values that are never needed at the same
/// time share one.
struct StorageAssignment {
    /// The place of each value; nil for values that no node touches.
    private(set) var views: [TensorView?]
    /// Bytes of all buffers, constants included.
    private(set) var byteCount = 0

    /// A buffer and the step after which it is free.
    private struct Pool {
        var buffer: TensorBuffer
        var elementType: ElementType
        var capacity: Int
        var freeAfter: Int
    }

    /// Assigns buffers to the values of a graph.
    ///
    /// Inputs, outputs and constants keep their buffers; everything else takes turns.
    init(_ graph: PlanGraph, maximumBytes: Int) throws(ModelError) {
        views = Array(repeating: nil, count: graph.values.count)
        let roots = Self.storageRoots(of: graph)
        let lastUse = Self.lastUses(of: graph, roots)
        var pools: [Pool] = []
        try assignLasting(graph, maximumBytes)
        for (step, node) in graph.nodes.enumerated() {
            for case let output? in node.outputs {
                let type = graph.values[output].type
                if roots[output] != output {
                    views[output] = views[roots[output]].map {
                        TensorView(buffer: $0.buffer, offset: $0.offset, type: type)
                    }
                    continue
                }
                let end = lastUse[output]
                let index =
                    Self.bestPool(pools, type, at: step)
                    ?? {
                        pools.append(
                            Pool(
                                buffer: Self.buffer(type),
                                elementType: type.elementType,
                                capacity: 0,
                                freeAfter: -1
                            )
                        )
                        return pools.count - 1
                    }()
                pools[index].freeAfter = end
                let growth = max(0, type.elementCount - pools[index].capacity)
                try add(growth * type.elementType.byteWidth, maximumBytes)
                pools[index].capacity += growth
                pools[index].buffer.grow(to: pools[index].capacity)
                views[output] = TensorView(buffer: pools[index].buffer, offset: 0, type: type)
            }
        }
    }

    private mutating func add(_ bytes: Int, _ limit: Int) throws(ModelError) {
        byteCount += bytes
        guard byteCount <= limit else {
            throw .tooLarge(what: "Running the model", bytes: byteCount, limit: limit)
        }
    }

    private static func buffer(_ type: TensorType) -> TensorBuffer {
        guard let buffer = TensorBuffer(type.elementType) else {
            preconditionFailure("the importer lets only types through that buffers hold")
        }
        return buffer
    }

    /// Gives inputs and constants a buffer of their own.
    private mutating func assignLasting(
        _ graph: PlanGraph,
        _ maximumBytes: Int
    ) throws(ModelError) {
        var isRead = Set(graph.outputs.map(\.value))
        for node in graph.nodes { for case let input? in node.inputs { isRead.insert(input) } }
        for (index, value) in graph.values.enumerated() {
            guard let constant = value.constant, isRead.contains(index) else { continue }
            guard let buffer = TensorBuffer(constant.values) else {
                throw .malformedGraph(
                    reason: "'\(value.name)' is of the unsupported type "
                        + constant.type.elementType.name
                )
            }
            try add(constant.type.byteCount, maximumBytes)
            views[index] = TensorView(buffer: buffer, offset: 0, type: value.type)
        }
        for input in graph.inputs {
            let type = graph.values[input].type
            try add(type.byteCount, maximumBytes)
            let buffer = Self.buffer(type)
            buffer.grow(to: type.elementCount)
            views[input] = TensorView(buffer: buffer, offset: 0, type: type)
        }
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
    private static func lastUses(of graph: PlanGraph, _ roots: [Int]) -> [Int] {
        var lastUse = [Int](repeating: -1, count: graph.values.count)
        for (step, node) in graph.nodes.enumerated() {
            for case let value? in node.inputs + node.outputs { lastUse[roots[value]] = step }
        }
        for output in graph.outputs { lastUse[roots[output.value]] = .max }
        return lastUse
    }

    /// The free buffer that fits best: the smallest that is large enough, else the largest.
    private static func bestPool(_ pools: [Pool], _ type: TensorType, at step: Int) -> Int? {
        let free = pools.indices.filter {
            pools[$0].elementType == type.elementType && pools[$0].freeAfter < step
        }
        let fitting = free.filter { pools[$0].capacity >= type.elementCount }
        return fitting.min { pools[$0].capacity < pools[$1].capacity }
            ?? free.max { pools[$0].capacity < pools[$1].capacity }
    }
}
