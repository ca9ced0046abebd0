import LogMelFeatures

/// The most recent feature frames of a stream, contiguous, for windows that overlap.
///
/// Layout `[frames, bandCount]`, oldest first. Frames are taken off the front in whole hops; the
/// storage is compacted when half of it is behind the front, so that each frame moves at most once
/// per window on average.
struct FeatureWindow {
    private let bandCount: Int
    private var values: [Float] = []
    private var frontFrame = 0

    /// Creates an empty window.
    ///
    /// - Parameters:
    ///   - bandCount: Values per frame, above 0.
    ///   - windowFrames: How many frames are looked at together; sizes the storage.
    init(bandCount: Int, windowFrames: Int) {
        precondition(bandCount > 0 && windowFrames > 0, "a window has frames and bands")
        self.bandCount = bandCount
        values.reserveCapacity(4 * bandCount * windowFrames)
    }

    /// How many frames are held.
    var frameCount: Int { values.count / bandCount - frontFrame }

    /// Appends the frames that some more samples complete.
    ///
    /// - Parameters:
    ///   - samples: Mono, ±1, at the front end's rate.
    ///   - extractor: The stream's extractor, of the same number of bands.
    mutating func append(_ samples: Span<Float>, through extractor: FeatureExtractor) {
        precondition(extractor.frontEnd.bandCount == bandCount, "one stream has one front end")
        extractor.process(samples, appendingTo: &values)
    }

    /// Forgets the `count` oldest frames.
    mutating func drop(_ count: Int) {
        precondition(count <= frameCount, "only frames that are held can be dropped")
        frontFrame += count
        guard frontFrame * bandCount * 2 > values.count else { return }
        values.removeSubrange(0..<(frontFrame * bandCount))
        frontFrame = 0
    }

    /// Forgets everything.
    mutating func removeAll() {
        values.removeAll(keepingCapacity: true)
        frontFrame = 0
    }

    /// Copies some of the frames held.
    ///
    /// - Parameters:
    ///   - frame: The first one, counted from the oldest held.
    ///   - frames: Receives shape `[frames, bandCount]`; at most what is held.
    func copy(from frame: Int, into frames: inout MutableSpan<Float>) {
        let first = (frontFrame + frame) * bandCount
        precondition(first + frames.count <= values.count, "only frames that are held can be read")
        let source = values.span
        for index in 0..<frames.count {
            frames[index] = source[first + index]
        }
    }
}
