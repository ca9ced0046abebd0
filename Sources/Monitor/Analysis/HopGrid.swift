import AudioCapture
import Detection
import LogMelFeatures
import ModelLibrary

/// Where a model's windows lie on its source's sample timeline.
///
/// Window `k` of a segment covers the frames `k · hopFrames ..< k · hopFrames + windowFrames` of
/// the model's front end. The grid turns that into samples of the source, by exact integer ratio,
/// so that a month of windows has no rounding to add up.
struct HopGrid: Equatable, Sendable {
    /// Frames between two windows' beginnings.
    let hopFrames: Int
    /// Frames that the network sees at once.
    let windowFrames: Int
    private let frontEnd: FrontEnd
    private let sourceRateHz: Int64

    /// Lays the grid for a front end and a source.
    ///
    /// - Parameters:
    ///   - frontEnd: The model's front end.
    ///   - windowFrames: Frames that the network sees at once.
    ///   - hopGranularity: The network's own stride in frames: where a multiple of it is within a
    ///     tenth of the step asked for, that is used, so that the network runs incrementally.
    ///   - hopSeconds: The step asked for. It is rounded to frames, and at most a whole window, so
    ///     that nothing is left out.
    ///   - sourceRateHz: The rate of the source's timeline in Hz.
    init(
        frontEnd: FrontEnd,
        windowFrames: Int,
        hopGranularity: Int,
        hopSeconds: Double,
        sourceRateHz: Int
    ) {
        self.windowFrames = windowFrames
        self.frontEnd = frontEnd
        self.sourceRateHz = Int64(sourceRateHz)
        let framesPerHop =
            hopSeconds * Double(frontEnd.sampleRateHz) / Double(frontEnd.hopLength)
        let longest = max(1, windowFrames / hopGranularity)
        let strides = Int((framesPerHop / Double(hopGranularity)).rounded())
        let nearest = min(max(1, strides), longest) * hopGranularity
        let isNear = abs(Double(nearest) - framesPerHop) <= framesPerHop / 10
        let exact = min(max(1, Int(framesPerHop.rounded())), windowFrames)
        hopFrames = isNear ? nearest : exact
    }

    /// Lays the grid of a model that listens.
    init(_ use: ModelUse, sourceRateHz: Int) {
        self.init(
            frontEnd: use.model.frontEnd,
            windowFrames: use.model.windowFrames,
            hopGranularity: WindowScorer.hopGranularity(of: use.model),
            hopSeconds: use.settings.detection.hopSeconds,
            sourceRateHz: sourceRateHz
        )
    }

    /// The length of a hop in seconds.
    var hopSeconds: Double {
        Double(hopFrames * frontEnd.hopLength) / Double(frontEnd.sampleRateHz)
    }

    /// The source's samples that window `index` covers, counted from the segment's beginning.
    ///
    /// A front end that centres its frames lets the first one begin before the first sample.
    func window(_ index: Int64) -> Range<Int64> {
        let firstFrame = Int(index) * hopFrames
        let lastFrame = firstFrame + windowFrames - 1
        let end = frontEnd.firstSample(ofFrame: lastFrame) + frontEnd.frameLength
        return sourceSamples(max(0, frontEnd.firstSample(ofFrame: firstFrame)))..<sourceSamples(end)
    }

    /// The index of the first window that reaches `sample`, counted from the segment's beginning:
    /// the window to which a recording of that length must be filled up.
    func firstWindow(reaching sample: Int64) -> Int64 {
        let step =
            Double(hopFrames * frontEnd.hopLength) * Double(sourceRateHz)
            / Double(frontEnd.sampleRateHz)
        // One less than the estimate, so that rounding never skips the right one.
        var index = max(0, Int64(Double(sample - window(0).upperBound) / step) - 1)
        while window(index).upperBound < sample {
            index += 1
        }
        return index
    }

    private func sourceSamples(_ modelSamples: Int) -> Int64 {
        let modelRateHz = Int64(frontEnd.sampleRateHz)
        return (Int64(modelSamples) * sourceRateHz + modelRateHz / 2) / modelRateHz
    }
}

extension [ModelUse] {
    /// Longer periods would let live sound come in lumps, in seconds.
    private static var longestPeriod: Double { 0.5 }
    /// What a device's periods are where they follow no windows, and so what one may wait, in seconds.
    private static var shortestPeriod: Double { 0.1 }

    /// Where the periods of a device end best: with the windows of all models; nil where these
    /// don't end together or follow faster than periods, or the models hear different rates.
    var periodGrid: PeriodGrid? {
        let grids = map { HopGrid($0, sourceRateHz: captureRateHz) }
        let ends = grids.map { Double($0.window(0).upperBound) / Double(captureRateHz) }
        guard let step = grids.map(\.hopSeconds).min(), let end = ends.first else { return nil }
        let seconds = step / (step / Self.longestPeriod).rounded(.up)
        let endTogether = zip(grids, ends).allSatisfy { grid, other in
            let periods = grid.hopSeconds / seconds
            let waits = (end - other).remainder(dividingBy: seconds)
            return abs(periods - periods.rounded()) < 1e-6
                && (-1e-6...Self.shortestPeriod) ~= waits
        }
        let hearAlike = allSatisfy { $0.model.frontEnd.sampleRateHz == captureRateHz }
        guard seconds >= Self.shortestPeriod, endTogether, hearAlike else { return nil }
        return PeriodGrid(seconds: seconds, windowSeconds: end, modelRateHz: captureRateHz)
    }
}

/// The levels of a source's 10 ms blocks, held until every model has had them.
struct LevelBlocks {
    private var follower: EnvelopeFollower
    private var meanSquares: [Float] = []
    /// How many of the blocks held each model has had.
    private var readBlocks: [Int]

    /// Begins at a place on the timeline.
    ///
    /// - Parameters:
    ///   - sampleRateHz: The timeline's rate in Hz.
    ///   - readerCount: How many models need the levels.
    ///   - start: The first sample's place.
    init(sampleRateHz: Int, readerCount: Int, startingAt start: SampleTime) {
        follower = EnvelopeFollower(sampleRateHz: sampleRateHz)
        follower.skip(to: start)
        readBlocks = Array(repeating: 0, count: readerCount)
    }

    /// Appends the levels of the next samples.
    mutating func process(_ samples: Span<Float>) {
        follower.process(samples, appendingTo: &meanSquares)
    }

    /// Hands out the mean squares of the blocks that end in `time`, once to each model.
    ///
    /// - Parameters:
    ///   - time: Follows the time of the call before.
    ///   - model: Who asks.
    /// - Returns: Mean squares, linear, 1 being full scale.
    mutating func removeBlocks(
        endingIn time: Range<SampleTime>,
        for model: ModelSlot
    ) -> [Float] {
        let reader = model.rawValue
        let first = readBlocks[reader]
        let count = min(meanSquares.count - first, follower.grid.blocks(endingIn: time).count)
        let blocks = Array(meanSquares[first..<first + count])
        readBlocks[reader] += count
        let done = readBlocks.min() ?? 0
        if done > 0 {
            meanSquares.removeFirst(done)
            for index in readBlocks.indices { readBlocks[index] -= done }
        }
        return blocks
    }

    /// Goes on after a gap; what is held is forgotten.
    mutating func skip(to time: SampleTime) {
        removeAll()
        follower.skip(to: time)
    }

    /// Forgets the blocks that are held.
    mutating func removeAll() {
        meanSquares.removeAll(keepingCapacity: true)
        for index in readBlocks.indices { readBlocks[index] = 0 }
    }
}
