/// Turns the frames of one patch into the network's input.
///
/// Does what needs the whole patch, in this order: decibels over the patch's maximum, limit to
/// `top_db` under the maximum, normalisation (of front ends that `needsWholePatch`; otherwise the
/// extractor has done it). Then lays the axes out as the network expects them.
package struct PatchNormalizer: Sendable {
    private let frontEnd: FrontEnd

    /// - Throws: What is wrong with the front end.
    package init(_ frontEnd: FrontEnd) throws(FrontEndError) {
        try frontEnd.validate()
        self.frontEnd = frontEnd
    }

    /// Whether the frames are the input, so that they need not be copied.
    package var isIdentity: Bool {
        !frontEnd.needsWholePatch && frontEnd.layout == .framesByBands
            && frontEnd.channelCount == 1
    }

    /// Makes the network's input of one patch.
    /// - Parameters:
    ///   - frames: `[frames, bandCount]` as the extractor wrote them.
    ///   - input: Receives `[channels, frames, bands]` or `[channels, bands, frames]`.
    package func prepare(_ frames: Span<Float>, into input: inout MutableSpan<Float>) {
        precondition(frames.count.isMultiple(of: frontEnd.bandCount), "frames are incomplete")
        precondition(
            input.count == frames.count * frontEnd.channelCount,
            "the input does not hold the patch once a channel"
        )
        guard frames.count > 0 else { return }
        layOut(frames, into: &input)
        if frontEnd.needsWholePatch { normalise(&input, patchCount: frames.count) }
        for index in frames.count..<input.count { input[index] = input[index - frames.count] }
    }

    private func layOut(_ frames: Span<Float>, into input: inout MutableSpan<Float>) {
        let bandCount = frontEnd.bandCount
        let frameCount = frames.count / bandCount
        switch frontEnd.layout {
        case .framesByBands:
            for index in frames.indices { input[index] = frames[index] }
        case .bandsByFrames:
            for frame in 0..<frameCount {
                for band in 0..<bandCount {
                    input[band * frameCount + frame] = frames[frame * bandCount + band]
                }
            }
        }
    }

    private func normalise(_ input: inout MutableSpan<Float>, patchCount: Int) {
        limitRange(of: &input, patchCount: patchCount)
        switch frontEnd.normalisation {
        case .none:
            return
        case .global(let mean, let deviation):
            let scale = 1 / deviation
            for index in 0..<patchCount { input[index] = (input[index] - mean) * scale }
        case .perBand(let mean, let deviation):
            let frameCount = patchCount / frontEnd.bandCount
            for index in 0..<patchCount {
                let band =
                    frontEnd.layout == .framesByBands
                    ? index % frontEnd.bandCount : index / frameCount
                input[index] = (input[index] - mean[band]) * (1 / deviation[band])
            }
        case .perPatch(let floor):
            standardise(&input, patchCount: patchCount, floor: floor)
        }
    }

    /// Refers to the patch's maximum and lifts what lies too far under it.
    private func limitRange(of input: inout MutableSpan<Float>, patchCount: Int) {
        let scale: DecibelScale
        let unitsPerDecibel: Float
        switch frontEnd.compression {
        case .decibel(let decibels): (scale, unitsPerDecibel) = (decibels, 1)
        case .log10(let decades) where frontEnd.spectrum == .power:
            (scale, unitsPerDecibel) = (decades, 0.1)
        case .log10(let decades): (scale, unitsPerDecibel) = (decades, 0.05)
        case .none, .logOffset, .logFloor, .cubeRoot, .pcen: return
        }
        var loudest = -Float.infinity
        for index in 0..<patchCount { loudest = max(loudest, input[index]) }
        if scale.reference == .patchMaximum {
            for index in 0..<patchCount { input[index] -= loudest }
            loudest = 0
        }
        guard let range = scale.topDecibels else { return }
        let quietest = loudest - range * unitsPerDecibel
        for index in 0..<patchCount { input[index] = max(input[index], quietest) }
    }

    /// Subtracts the patch's mean and divides by its deviation (of the population).
    private func standardise(
        _ input: inout MutableSpan<Float>,
        patchCount: Int,
        floor: Float
    ) {
        var sum = 0.0
        for index in 0..<patchCount { sum += Double(input[index]) }
        let mean = sum / Double(patchCount)
        var squares = 0.0
        for index in 0..<patchCount {
            let difference = Double(input[index]) - mean
            squares += difference * difference
        }
        let deviation = max((squares / Double(patchCount)).squareRoot(), Double(floor))
        for index in 0..<patchCount {
            input[index] = Float((Double(input[index]) - mean) / deviation)
        }
    }
}

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
