/// An operator that slides windows over the spatial axes of an image; one of these may be time.
protocol WindowOperator: ChannelsLastOperator, TimeLocal {
    /// The sliding windows.
    var geometry: WindowGeometry { get set }
}

extension WindowOperator {
    func timeDependence(axes: [Int?], types: [TensorType?]) -> TimeDependence? {
        guard isChannelsLast, let time = axes[0], let shape = types[0]?.shape, time >= 1,
            time < shape.count - 1, !axes.dropFirst().contains(where: { $0 != nil }),
            let window = geometry.timeWindow(
                axis: time - 1,
                inputLengths: Array(shape[1..<shape.count - 1])
            )
        else { return nil }
        return TimeDependence(outputAxis: time, window: window)
    }

    func padded(timeAxis: Int, types: [TensorType?], before: Int, after: Int) -> any Operator {
        guard let shape = types[0]?.shape else { return self }
        var copy = self
        copy.geometry = geometry.padded(
            axis: timeAxis - 1,
            inputLengths: Array(shape[1..<shape.count - 1]),
            before: before,
            after: after
        )
        return copy
    }
}
