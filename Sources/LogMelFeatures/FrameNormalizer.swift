/// Applies a front end's fixed normalisation to frames that were extracted without it.
///
/// The same to the bit as a `FeatureExtractor` that normalises itself.
package struct FrameNormalizer {
    private let bandCount: Int
    private let normaliser: BandNormaliser?

    /// - Parameter frontEnd: The whole front end, which was checked before.
    package init(_ frontEnd: FrontEnd) {
        bandCount = frontEnd.bandCount
        normaliser = BandNormaliser(frontEnd.frameNormalisation, bandCount: bandCount)
    }

    /// Normalises frames in place.
    ///
    /// - Parameters:
    ///   - frames: Shape `[frames, bandCount]`, of the front end without its normalisation.
    ///   - first: The first frame that is to be normalised.
    package func normalise(_ frames: inout [Float], from first: Int = 0) {
        precondition(frames.count.isMultiple(of: bandCount), "frames are incomplete")
        guard let normaliser else { return }
        let count = frames.count / bandCount
        unsafe frames.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            for frame in first..<max(first, count) {
                unsafe normaliser.normalise(base + frame * bandCount)
            }
        }
    }
}
