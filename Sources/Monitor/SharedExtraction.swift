import LogMelFeatures

/// One feature extractor and what its frames become for front ends that differ only in what is
/// done to each frame afterwards.
final class SharedExtraction {
    /// The frames as each normalisation makes them.
    let streams: [FrameStream]

    /// How many frames were computed, for all streams together.
    private(set) var extractedFrameCount = 0

    private let extractor: FeatureExtractor
    private var fresh: [Float] = []

    /// Prepares the extraction.
    ///
    /// - Parameter frontEnds: Front ends with an equal ``FrontEnd/unnormalised``, at least one,
    ///   each with the most frames that are looked at together.
    /// - Throws: What is wrong with the front end.
    init(_ frontEnds: [(frontEnd: FrontEnd, windowFrames: Int)]) throws {
        var kinds: [(frontEnd: FrontEnd, windowFrames: Int)] = []
        for (frontEnd, windowFrames) in frontEnds {
            let same = kinds.firstIndex {
                $0.frontEnd.frameNormalisation == frontEnd.frameNormalisation
            }
            if let same {
                kinds[same].windowFrames = max(kinds[same].windowFrames, windowFrames)
            } else {
                kinds.append((frontEnd, windowFrames))
            }
        }
        let isRaw = kinds.count > 1
        streams = kinds.map {
            FrameStream($0.frontEnd, windowFrames: $0.windowFrames, isExtractedRaw: isRaw)
        }
        let first = kinds[0].frontEnd
        extractor = try FeatureExtractor(isRaw ? first.unnormalised : first)
    }

    /// The stream of a front end's frames; nil if it is none of these.
    func stream(of frontEnd: FrontEnd) -> FrameStream? {
        guard streams[0].frontEnd.unnormalised == frontEnd.unnormalised else { return nil }
        return streams.first {
            $0.frontEnd.frameNormalisation == frontEnd.frameNormalisation
        }
    }

    /// Appends the frames that some more samples complete.
    ///
    /// - Parameter samples: Mono, ±1, at the front end's rate.
    func process(_ samples: Span<Float>) {
        guard !samples.isEmpty else { return }
        guard streams.count > 1 else {
            streams[0].append {
                extractedFrameCount += extractor.process(samples, appendingTo: &$0)
            }
            return
        }
        fresh.removeAll(keepingCapacity: true)
        extractedFrameCount += extractor.process(samples, appendingTo: &fresh)
        for stream in streams {
            stream.append { $0 += fresh }
        }
    }

    /// Goes on with silence for one frame more.
    func appendSilence() {
        process([Float](repeating: 0, count: extractor.frontEnd.hopLength).span)
    }

    /// Forgets the stream.
    func reset() {
        extractor.reset()
        streams.forEach { $0.reset() }
    }
}
