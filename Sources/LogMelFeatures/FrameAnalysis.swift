/// From the samples of one frame to its features: the stages in their order.
final class FrameAnalysis {
    private let frontEnd: FrontEnd
    private let bandCount: Int
    private let conditioner: FrameConditioner?
    private let transform: ShortTimeFourierTransform?
    private let filterbank: MelFilterbank?
    private let power: AlignedFloats
    private let scale: FrameScale

    init(_ frontEnd: FrontEnd, policy: PlanningPolicy) {
        self.frontEnd = frontEnd
        bandCount = frontEnd.bandCount
        let isSpectral = frontEnd.representation != .waveform
        conditioner = isSpectral ? FrameConditioner(frontEnd) : nil
        transform =
            isSpectral
            ? ShortTimeFourierTransform(
                window: Self.window(of: frontEnd),
                fftLength: frontEnd.fftLength,
                policy: policy
            )
            : nil
        filterbank = frontEnd.representation == .melBands ? MelFilterbank(frontEnd) : nil
        power = AlignedFloats(count: filterbank?.readableBinCount ?? frontEnd.binCount)
        scale = FrameScale(frontEnd)
    }

    /// The window with the sample scale in it; all before the spectrum is linear.
    private static func window(of frontEnd: FrontEnd) -> [Float] {
        frontEnd.window.values(length: frontEnd.windowLength)
            .map { Float($0 * Double(frontEnd.sampleScale)) }
    }

    func reset() {
        scale.reset()
    }

    /// Computes one frame.
    /// - Parameters:
    ///   - frame: `frameLength` samples.
    ///   - bands: Receives `bandCount` values.
    func analyse(_ frame: UnsafePointer<Float>, into bands: UnsafeMutablePointer<Float>) {
        if let transform {
            unsafe analyseSpectrum(of: windowed(frame), transform, into: bands)
        } else {
            for index in 0..<bandCount {
                unsafe bands[index] = frame[index] * frontEnd.sampleScale
            }
        }
        unsafe scale.apply(to: bands)
    }

    /// The part of a frame that lies under the window.
    private func windowed(_ frame: UnsafePointer<Float>) -> UnsafePointer<Float> {
        switch frontEnd.windowPlacement {
        case .start: unsafe frame
        case .centre: unsafe frame + (frontEnd.fftLength - frontEnd.windowLength) / 2
        }
    }

    private func analyseSpectrum(
        of frame: UnsafePointer<Float>,
        _ transform: ShortTimeFourierTransform,
        into bands: UnsafeMutablePointer<Float>
    ) {
        let samples = unsafe conditioner?.condition(frame) ?? frame
        unsafe transform.powerSpectrum(of: samples, into: power)
        if frontEnd.spectrum == .magnitude {
            unsafe takeSquareRoots(power.pointer, count: transform.binCount)
        }
        if let filterbank {
            unsafe filterbank.project(power, into: bands)
        } else {
            unsafe bands.update(from: power.pointer, count: bandCount)
        }
    }
}
