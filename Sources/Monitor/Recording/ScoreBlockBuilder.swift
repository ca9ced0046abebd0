import Detection
import EventStore
import Foundation

/// Gathers the scores of one source's hops into blocks of about a minute: a pure value.
///
/// A block holds hops that follow one another without a hole, judged by the same rules. While the
/// gate is closed only the hops near sound are kept, which edges of sounds are looked for in; how
/// long the silence between was, the next block says.
struct ScoreBlockBuilder {
    private let hopSeconds: Double
    private let classCount: Int
    private let listeningSince: Date
    private let sampleRateHz: Int
    private var rules: String
    /// What was gathered since the last complete block; nil if nothing was.
    private(set) var block: ScoreBlock?
    /// Hops with a closed gate, of which only the last are kept if sound follows.
    private var silence: [(hop: ScoredHop, start: Date)] = []
    /// The samples of silence that are not stored since the last hop of a block.
    private var silentSamples: Int64 = 0
    /// How many hops with a closed gate have followed the last one with an open gate.
    private var closedHops = Int.max / 2
    private var nextSample: SampleTime?

    private static let secondsPerBlock = 60.0
    /// How far before a window the background of a sound is looked for, in seconds.
    private static let backgroundSeconds = 0.5

    init(
        hopSeconds: Double,
        classCount: Int,
        listeningSince: Date,
        sampleRateHz: Int,
        rules: String
    ) {
        self.hopSeconds = hopSeconds
        self.classCount = classCount
        self.listeningSince = listeningSince
        self.sampleRateHz = sampleRateHz
        self.rules = rules
    }

    /// Adds a hop.
    ///
    /// - Parameters:
    ///   - hop: Its scores and levels.
    ///   - time: When it was: longer than the others at the beginning of a stretch, perhaps shorter
    ///     at its end.
    /// - Returns: The block that is complete now, if there is one worth keeping.
    mutating func append(_ hop: ScoredHop, over time: Range<Date>) -> ScoreBlock? {
        var complete: ScoreBlock?
        if hop.invalidScore != nil || hop.hop.lowerBound != nextSample || beginsStretch(hop) {
            complete = flush()
            (silence, silentSamples, closedHops) = ([], 0, .max / 2)
        }
        nextSample = hop.hop.upperBound
        // It was not listened to in such a window: a hole between blocks says so.
        guard hop.invalidScore == nil else { return complete }

        let start = max(time.lowerBound, time.upperBound.addingTimeInterval(-hopSeconds))
        let margin = marginHops(of: hop)
        if hop.gate == .closed {
            closedHops += 1
            if closedHops <= margin {
                complete = add(hop, at: start) ?? complete
            } else {
                silence.append((hop, start))
                if silence.count > margin {
                    let first = silence.removeFirst().hop.hop
                    silentSamples += first.upperBound - first.lowerBound
                }
            }
            return complete
        }
        closedHops = 0
        if silentSamples > 0 { complete = flush() ?? complete }
        for (hop, start) in silence { complete = add(hop, at: start) ?? complete }
        silence.removeAll()
        return add(hop, at: start) ?? complete
    }

    /// Hands out what was gathered, if it is worth keeping.
    mutating func flush() -> ScoreBlock? {
        defer { block = nil }
        guard let block else { return nil }
        guard !block.isAllGated else {
            // What is dropped is silence before the next block.
            let first = block.details?.firstSample ?? 0
            silentSamples += (block.details?.silentSamples ?? 0)
            silentSamples += (block.details?.endSample ?? first) - first
            return nil
        }
        return block
    }

    /// Begins a block for hops that other rules judge.
    ///
    /// - Returns: The block that is complete now, if there is one worth keeping.
    mutating func change(rules: String) -> ScoreBlock? {
        self.rules = rules
        return flush()
    }

    /// Adds a hop to the block, or to the next one if that is full.
    private mutating func add(_ hop: ScoredHop, at start: Date) -> ScoreBlock? {
        var complete: ScoreBlock?
        if let open = block {
            let isFull =
                Double(open.hopCount) * hopSeconds >= Self.secondsPerBlock && hop.gate == .open
            // By the dates a hop may not follow the last one closely: the clock was set.
            let follows = abs(start.timeIntervalSince(open.end)) <= hopSeconds / 2
            if isFull || !follows { complete = flush() }
        }
        var open =
            block
            ?? ScoreBlock(
                start: start,
                hopMicroseconds: Int64((hopSeconds * 1e6).rounded()),
                classCount: classCount,
                details: HopDetails(
                    listeningSince: listeningSince,
                    sampleRateHz: sampleRateHz,
                    firstSample: hop.hop.lowerBound.index,
                    silentSamples: silentSamples,
                    rules: rules
                )
            )
        silentSamples = 0
        block = nil
        open.append(hop)
        block = open
        return complete
    }

    /// Whether a hop is the first of a stretch, which is as long as its window.
    private func beginsStretch(_ hop: ScoredHop) -> Bool {
        let samples = hop.hop.upperBound - hop.hop.lowerBound
        return hop.hop.lowerBound == hop.window.lowerBound
            && Double(samples) > hopSeconds * Double(sampleRateHz) + 1
    }

    /// How many hops with a closed gate are kept before and after sound.
    private func marginHops(of hop: ScoredHop) -> Int {
        let window = hop.window.upperBound - hop.window.lowerBound
        let seconds = 2 * Double(window) / Double(sampleRateHz) + Self.backgroundSeconds
        return Int((seconds / hopSeconds).rounded(.up)) + 2
    }
}

extension DetectionSettings {
    /// The settings as they are stored beside the scores that they judged.
    var storedText: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }

    /// Reads what was stored; nil if it can't be read.
    init?(storedText: String) {
        guard
            let settings = try? JSONDecoder().decode(Self.self, from: Data(storedText.utf8))
        else { return nil }
        self = settings
    }
}
