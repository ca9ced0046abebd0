/// Takes a frame's mean away and pre-emphasises it, before the window.
final class FrameConditioner {
    private let removesMean: Bool
    private let preEmphasis: Float
    private let conditioned: AlignedFloats
    private let frameLength: Int

    /// Nil for a front end whose frames go to the window as they are.
    init?(_ frontEnd: FrontEnd) {
        guard frontEnd.removesFrameMean || frontEnd.preEmphasis > 0 else { return nil }
        removesMean = frontEnd.removesFrameMean
        preEmphasis = frontEnd.preEmphasis
        frameLength = frontEnd.windowLength
        conditioned = AlignedFloats(count: frontEnd.windowLength)
    }

    /// Conditions one frame.
    /// - Parameter frame: `windowLength` samples; left as they are.
    /// - Returns: The conditioned samples, valid until the next call.
    func condition(_ frame: UnsafePointer<Float>) -> UnsafePointer<Float> {
        let mean = removesMean ? unsafe Self.mean(of: frame, count: frameLength) : 0
        let result = unsafe conditioned.pointer
        var previous = unsafe frame[0] - mean
        for index in 0..<frameLength {
            let sample = unsafe frame[index] - mean
            unsafe result[index] = sample - preEmphasis * previous
            previous = sample
        }
        return unsafe UnsafePointer(result)
    }

    private static func mean(of frame: UnsafePointer<Float>, count: Int) -> Float {
        var sum = 0.0
        for index in 0..<count { sum += Double(unsafe frame[index]) }
        return Float(sum / Double(count))
    }
}
