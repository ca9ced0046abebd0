/// How an operator's outputs at one time depend on its inputs around that time.
struct TimeDependence: Hashable, Sendable {
    /// The axis of the outputs that is time.
    var outputAxis: Int
    /// The input times that one output time depends on.
    var window: WindowAxis

    /// The dependence on the same time only.
    static func sameTime(axis: Int) -> TimeDependence {
        TimeDependence(
            outputAxis: axis,
            window: WindowAxis(kernel: 1, stride: 1, dilation: 1, padBefore: 0, padAfter: 0)
        )
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
