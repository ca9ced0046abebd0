/// A window that slides along one axis.
struct WindowAxis: Hashable, Sendable {
    /// Taps of the window.
    var kernel: Int
    /// How far the window moves from one output to the next.
    var stride: Int
    /// The distance between taps.
    var dilation: Int
    /// Places that are added before and after the input.
    var padBefore: Int
    var padAfter: Int

    /// The length of axis that one window covers.
    var extent: Int { (kernel - 1) * dilation + 1 }

    /// The number of windows in an input of the given length, or nil when not even one fits.
    func outputLength(for inputLength: Int, roundingUp: Bool = false) -> Int? {
        let span = inputLength + padBefore + padAfter - extent
        guard span >= 0 else { return nil }
        guard roundingUp else { return span / stride + 1 }
        let length = (span + stride - 1) / stride + 1
        // A last window that begins in the padding after the input is left out.
        return (length - 1) * stride >= inputLength + padBefore ? length - 1 : length
    }
}
