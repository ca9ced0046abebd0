import AudioFiles
import LogMelFeatures

/// The features that several models need of one source, none of them computed twice.
///
/// Models of one rate share a resampler, and models of one front end share its extractor. Each
/// stage advances on its own grid, so that a model gets the same frames to the bit, whatever other
/// models there are.
final class FeatureSupply {
    /// The models that hear at one rate.
    private struct Branch {
        let resampler: StreamingResampler
        let extractions: [SharedExtraction]
    }

    /// The place of each model in its frames, in the order of the models.
    let readers: [FrameReader]

    private let branches: [Branch]
    private var resampled: [Float] = []

    /// Prepares the stages.
    ///
    /// - Parameters:
    ///   - frontEnds: The front end of each model and how many frames it looks at together.
    ///   - sourceRateHz: The rate of the source in Hz.
    /// - Throws: When the rate can't be converted or a front end can't be used.
    init(_ frontEnds: [(frontEnd: FrontEnd, windowFrames: Int)], sourceRateHz: Int) throws {
        let byRate = Self.groups(of: frontEnds) { $0.frontEnd.sampleRateHz }
        branches = try byRate.map { group in
            Branch(
                resampler: try StreamingResampler(
                    fromRateHz: sourceRateHz,
                    toRateHz: group[0].frontEnd.sampleRateHz
                ),
                extractions: try Self.groups(of: group) { $0.frontEnd.unnormalised }
                    .map(SharedExtraction.init)
            )
        }
        let extractions = branches.flatMap(\.extractions)
        readers = frontEnds.map { wanted in
            for extraction in extractions {
                guard let stream = extraction.stream(of: wanted.frontEnd) else { continue }
                return FrameReader(stream, of: extraction)
            }
            preconditionFailure("every front end is in a group")
        }
    }

    /// How many resamplers are at work, for all models together.
    var resamplerCount: Int { branches.count }

    /// How many extractors are at work, for all models together.
    var extractorCount: Int { branches.reduce(0) { $0 + $1.extractions.count } }

    /// Appends the frames that some more samples of the source complete.
    ///
    /// - Parameter samples: Mono, ±1, at the source's rate.
    func process(_ samples: Span<Float>) {
        for branch in branches {
            resampled.removeAll(keepingCapacity: true)
            branch.resampler.process(samples, appendingTo: &resampled)
            extract(branch)
        }
    }

    /// Appends the frames that the end of the stream completes.
    func flush() {
        for branch in branches {
            resampled.removeAll(keepingCapacity: true)
            branch.resampler.flush(appendingTo: &resampled)
            extract(branch)
        }
    }

    /// Forgets the stream; the next sample is the first of another.
    func reset() {
        for branch in branches {
            branch.resampler.reset()
            branch.extractions.forEach { $0.reset() }
        }
    }

    private func extract(_ branch: Branch) {
        for extraction in branch.extractions {
            extraction.process(resampled.span)
        }
    }

    /// Puts together what is alike, in the order of the first of each kind.
    private static func groups<Element, Key: Equatable>(
        of elements: [Element],
        by key: (Element) -> Key
    ) -> [[Element]] {
        var groups: [[Element]] = []
        for element in elements {
            if let index = groups.firstIndex(where: { key($0[0]) == key(element) }) {
                groups[index].append(element)
            } else {
                groups.append([element])
            }
        }
        return groups
    }
}

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
    ///   each with the most frames of a window.
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

    /// The stream of a front end's frames; nil if it has another front end.
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
