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

    /// The first step that must be computed anew when the window moves by `hopFrames`.
    func firstNewStep(hopFrames: Int) -> Int {
        length - unsettledEnd - hopFrames / stride
    }

    /// The steps that must be computed anew when the window moves by `hopFrames`; all the others
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
