/// Finds out which values of a graph can be kept when the window moves on.
struct TimeAnalysis {
    /// A node that must be computed for the whole window although its inputs move on.
    struct Boundary: Sendable {
        let node: Int
        let reason: String
    }

    /// The profile of each value that moves on in time; nil for all others.
    private(set) var profiles: [TimeProfile?]
    /// How each node's outputs depend on time; nil for nodes that need the whole window.
    private(set) var dependences: [TimeDependence?]
    /// Where moving on ends, in the order of the nodes.
    private(set) var boundaries: [Boundary] = []

    /// Analyses a graph of one input whose axis `timeAxis` is time.
    init(_ graph: PlanGraph, timeAxis: Int, hopFrames: Int) {
        profiles = Array(repeating: nil, count: graph.values.count)
        dependences = Array(repeating: nil, count: graph.nodes.count)
        let input = graph.inputs[0]
        profiles[input] = TimeProfile(
            axis: timeAxis,
            length: graph.values[input].type.shape[timeAxis],
            stride: 1,
            unsettledStart: 0,
            unsettledEnd: 0
        )
        for (index, node) in graph.nodes.enumerated() {
            let moving = node.inputs.map { $0.flatMap { profiles[$0] } }
            guard moving.contains(where: { $0 != nil }) else { continue }
            if let reason = follow(node, index, moving, graph, hopFrames) {
                boundaries.append(Boundary(node: index, reason: reason))
            }
        }
    }

    /// Follows time through a node; the result says why that is not possible.
    private mutating func follow(
        _ node: PlanNode,
        _ index: Int,
        _ moving: [TimeProfile?],
        _ graph: PlanGraph,
        _ hopFrames: Int
    ) -> String? {
        let name = "node '\(node.name)' (\(node.operatorType))"
        let isFixed = zip(node.inputs, moving).allSatisfy { input, profile in
            input.map { graph.values[$0].constant != nil || profile != nil } ?? true
        }
        guard isFixed else { return "\(name) mixes in a statistic of the whole window" }
        let types = graph.inputTypes(of: node)
        let dependence: TimeDependence?
        if node.operation.isView {
            dependence = Self.viewDependence(moving[0], graph.values[node.outputs[0] ?? 0].type)
        } else {
            dependence = (node.operation as? any TimeLocal)?.timeDependence(
                axes: moving.map { $0?.axis },
                types: types
            )
        }
        guard let dependence else { return "\(name) needs the whole window" }
        for case let output? in node.outputs {
            let profile = TimeProfile.output(
                of: moving.compactMap { $0 },
                dependence,
                type: graph.values[output].type,
                hopFrames: hopFrames
            )
            guard let profile else {
                let stride =
                    (moving.compactMap { $0?.stride }.first ?? 1) * dependence.window.stride
                guard hopFrames % stride == 0 else {
                    return "\(name) moves by \(stride) frames, which do not divide the hop of "
                        + "\(hopFrames)"
                }
                return "\(name) puts other axes before time or joins values of different rates"
            }
            profiles[output] = profile
        }
        dependences[index] = dependence
        return nil
    }

    /// Follows time through a change of shape: time must stay the first axis that is not 1.
    private static func viewDependence(
        _ input: TimeProfile?,
        _ type: TensorType
    ) -> TimeDependence? {
        guard let input,
            let axis = type.shape.indices.first(where: { axis in
                type.shape[axis] == input.length && type.shape[..<axis].allSatisfy { $0 == 1 }
            })
        else { return nil }
        return .sameTime(axis: axis)
    }
}
