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
        guard isFixed else { return "\(name) uses a statistic of the whole window" }
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
                    return
                        "\(name) has a stride of \(stride) frames, which does not divide the hop of "
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

/// How a value changes when its window moves on in time.
struct TimeProfile: Hashable, Sendable {
    /// The axis that is time; all axes before it have length 1.
    let axis: Int
    /// The number of steps along that axis.
    let length: Int
    /// The input frames between two steps.
    let stride: Int
    /// The first steps, as many as this, depend on where the window begins.
    let unsettledStart: Int
    /// The last steps, as many as this, depend on where the window ends.
    let unsettledEnd: Int

    /// The first step that must be recomputed when the window moves by `hopFrames`.
    func firstNewStep(hopFrames: Int) -> Int {
        length - unsettledEnd - hopFrames / stride
    }

    /// The steps that must be recomputed when the window moves by `hopFrames`; all the others
    /// are what later steps were before.
    func newSteps(hopFrames: Int) -> [Range<Int>] {
        let first = firstNewStep(hopFrames: hopFrames)
        guard unsettledStart < first else { return [0..<length] }
        return unsettledStart > 0 ? [0..<unsettledStart, first..<length] : [first..<length]
    }

    /// The profile of an operator's output.
    ///
    /// Nil when the output does not move by whole steps, or has axes of other lengths before time.
    static func output(
        of inputs: [TimeProfile],
        _ dependence: TimeDependence,
        type: TensorType,
        hopFrames: Int
    ) -> TimeProfile? {
        let window = dependence.window
        guard let first = inputs.first,
            inputs.allSatisfy({ $0.stride == first.stride && $0.length == first.length }),
            type.shape[..<dependence.outputAxis].allSatisfy({ $0 == 1 })
        else { return nil }
        let (stride, overflow) = first.stride.multipliedReportingOverflow(by: window.stride)
        guard !overflow, hopFrames % stride == 0 else { return nil }
        let length = type.shape[dependence.outputAxis]
        let start = inputs.map(\.unsettledStart).max() ?? 0
        let end = inputs.map(\.unsettledEnd).max() ?? 0
        let unsettledStart = (start + window.padBefore + window.stride - 1) / window.stride
        // The last window that ends inside the settled steps.
        let room = first.length - end + window.padBefore - window.extent
        let settledCount = room < 0 ? 0 : room / window.stride + 1
        return TimeProfile(
            axis: dependence.outputAxis,
            length: length,
            stride: stride,
            unsettledStart: min(unsettledStart, length),
            unsettledEnd: max(0, length - settledCount)
        )
    }
}

/// How an operator's outputs at one time depend on its inputs around that time.
struct TimeDependence: Hashable, Sendable {
    /// The axis of the outputs that is time.
    var outputAxis: Int
    /// The input times that one output time depends on.
    var window: WindowAxis

    /// The dependence on the same time only.
    static func sameTime(axis: Int) -> TimeDependence {
        TimeDependence(outputAxis: axis, window: .trivial)
    }
}

/// An operator whose outputs at one time may depend on its inputs around that time only.
protocol TimeLocal: Operator {
    /// How the outputs depend on time.
    ///
    /// `axes` holds, for each input, the axis that is time, and nil where an input is the same at
    /// all times. The result is nil when an output depends on the whole of time.
    func timeDependence(axes: [Int?], types: [TensorType?]) -> TimeDependence?

    /// The operator for a stretch of time that is padded by other amounts at its ends.
    func padded(timeAxis: Int, types: [TensorType?], before: Int, after: Int) -> any Operator
}

extension TimeLocal {
    func padded(timeAxis: Int, types: [TensorType?], before: Int, after: Int) -> any Operator {
        self
    }
}

extension TimeDependence {
    /// The dependence of an operator that combines its inputs element by element.
    static func elementwise(axes: [Int?], types: [TensorType?]) -> TimeDependence? {
        let rank = types.compactMap { $0?.rank }.max() ?? 0
        let aligned = zip(axes, types).compactMap { axis, type in
            axis.flatMap { axis in type.map { axis + rank - $0.rank } }
        }
        guard let time = aligned.first, aligned.allSatisfy({ $0 == time }) else { return nil }
        for (axis, type) in zip(axes, types) where axis == nil {
            guard let type else { continue }
            let own = time - (rank - type.rank)
            guard own < 0 || type.shape[own] == 1 else { return nil }
        }
        return .sameTime(axis: time)
    }
}
