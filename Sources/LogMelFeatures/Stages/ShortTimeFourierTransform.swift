/// Windows a frame, zero pads it and takes its power spectrum.
///
/// The window is put at the start of the transform's buffer whatever the front end's placement:
/// moving it changes the phase only. One instance belongs to one thread.
final class ShortTimeFourierTransform {
    let windowLength: Int
    let binCount: Int
    private let plan: FourierPlan
    private let window: AlignedFloats
    private let windowed: AlignedFloats
    private let spectrum: AlignedFloats

    /// `window` holds the samples' factors, no more than the `fftLength` samples of a transform.
    init(window: [Float], fftLength: Int, policy: PlanningPolicy) {
        precondition(window.count <= fftLength, "the window is longer than the transform")
        windowLength = window.count
        binCount = fftLength / 2 + 1
        plan = FourierPlan.plan(length: fftLength, policy: policy)
        self.window = AlignedFloats(count: fftLength.roundedUpToLanes)
        windowed = AlignedFloats(count: fftLength.roundedUpToLanes)
        spectrum = AlignedFloats(count: (2 * binCount).roundedUpToLanes)
        for (index, factor) in window.enumerated() { unsafe self.window.pointer[index] = factor }
    }

    /// Computes |X[k]|² of one frame, unscaled.
    /// - Parameters:
    ///   - frame: `windowLength` samples.
    ///   - power: Receives `binCount` values.
    func powerSpectrum(of frame: UnsafePointer<Float>, into power: AlignedFloats) {
        precondition(power.count >= binCount, "too little room for the power spectrum")
        unsafe multiply(frame, window.pointer, into: windowed.pointer, count: windowLength)
        plan.transform(windowed, into: spectrum)
        unsafe squareMagnitudes(of: spectrum.pointer, into: power.pointer, count: binCount)
    }
}
