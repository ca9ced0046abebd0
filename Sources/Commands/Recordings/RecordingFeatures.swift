import AudioFiles
import LogMelFeatures

/// The features of a recording, piece by piece in constant memory.
struct RecordingFeatures {
    /// The front end that computes them.
    let frontEnd: FrontEnd
    /// What is read of a recording with several channels.
    var channel = RecordingChannel.mix

    /// Samples that are read at a time; the features do not depend on it.
    private static let framesPerRead = 1 << 15

    /// Hands out all frames of a recording.
    ///
    /// - Parameters:
    ///   - path: A recording, at any rate.
    ///   - each: Called with the next frames, shape `[frames, bandCount]`.
    /// - Returns: Why the recording breaks off before its end, nil if it is whole; and what a person
    ///   should know of how it was read.
    /// - Throws: When the file is not a recording, or what `each` throws.
    func forEachPiece(
        of path: String,
        _ each: (Span<Float>) throws -> Void
    ) throws -> (incompleteReason: String?, warnings: [String]) {
        let reader = try RecordingReader(path: path, channel: channel)
        let resampler = try StreamingResampler(
            fromRateHz: reader.sampleRateHz,
            toRateHz: frontEnd.sampleRateHz
        )
        let extractor = try FeatureExtractor(frontEnd)
        var (samples, resampled, features): ([Float], [Float], [Float]) = ([], [], [])
        var hasSound = false
        var incompleteReason: String?
        while incompleteReason == nil {
            samples.removeAll(keepingCapacity: true)
            do throws(RecordingError) {
                guard try reader.readMono(into: &samples, upTo: Self.framesPerRead) > 0 else {
                    break
                }
            } catch {
                guard hasSound else { throw error }
                incompleteReason = error.description
            }
            hasSound = true
            resampled.removeAll(keepingCapacity: true)
            resampler.process(samples.span, appendingTo: &resampled)
            features.removeAll(keepingCapacity: true)
            extractor.process(resampled.span, appendingTo: &features)
            try each(features.span)
        }
        resampled.removeAll(keepingCapacity: true)
        resampler.flush(appendingTo: &resampled)
        features.removeAll(keepingCapacity: true)
        extractor.process(resampled.span, appendingTo: &features)
        extractor.finish(appendingTo: &features)
        try each(features.span)
        return (incompleteReason ?? reader.truncation?.message, reader.warnings)
    }
}
