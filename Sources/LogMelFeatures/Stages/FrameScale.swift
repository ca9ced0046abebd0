/// From the linear bands of one frame after the other to the network's scale: compression, PCEN
/// and fixed normalisation.
///
/// The last stages of a `FeatureExtractor`, for callers that have the bands already and change
/// them before they are compressed. The same bands give the same bits as there.
package final class FrameScale {
    private let bandCount: Int
    private let compressor: BandCompressor
    private var energyNormaliser: EnergyNormaliser?
    private let normaliser: BandNormaliser?

    /// Prepares the stages of a front end that `validate()` finds nothing wrong with.
    package init(_ frontEnd: FrontEnd) {
        bandCount = frontEnd.bandCount
        compressor = BandCompressor(frontEnd.compression, spectrum: frontEnd.spectrum)
        if case .pcen(let settings) = frontEnd.compression {
            energyNormaliser = EnergyNormaliser(
                settings,
                framesPerSecond: Double(frontEnd.sampleRateHz) / Double(frontEnd.hopLength),
                bandCount: bandCount
            )
        }
        normaliser =
            frontEnd.needsWholePatch
            ? nil : BandNormaliser(frontEnd.normalisation, bandCount: bandCount)
    }

    /// Forgets the frames before.
    package func reset() {
        energyNormaliser?.reset()
    }

    /// Scales the next frames in place.
    /// - Parameter frames: `[frames, bandCount]`, linear bands of the front end's spectrum.
    package func apply(to frames: inout MutableSpan<Float>) {
        precondition(frames.count.isMultiple(of: bandCount), "frames are incomplete")
        unsafe frames.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            for start in stride(from: 0, to: buffer.count, by: bandCount) {
                unsafe apply(to: base + start)
            }
        }
    }

    /// Scales `bandCount` bands of the next frame in place.
    func apply(to bands: UnsafeMutablePointer<Float>) {
        unsafe compressor.compress(bands, count: bandCount)
        unsafe energyNormaliser?.normalise(bands)
        unsafe normaliser?.normalise(bands)
    }
}
