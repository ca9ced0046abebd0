import Detection
import EventStore
import Foundation

/// The classes that must be judged so that the events of one are known.
struct JudgedClasses {
    /// Their places in the model, in order.
    let indices: [Int]
    /// Their names.
    let names: [String]
    /// The rules, for a detector of these classes alone.
    let settings: DetectionSettings
    /// The lowest byte at which each of them may go on.
    private let hotBytes: [UInt8]
    /// Whether any sound may begin an event, as with sounds of no known class.
    private let isAlwaysHot: Bool

    /// Chooses: a class and, in turn, those that suppress it by any of the rules that judge the past;
    /// every class where all are wanted.
    init(
        of className: String?,
        _ all: [String],
        _ settings: DetectionSettings,
        among judges: [DetectionSettings]
    ) {
        var wanted: Set<String> = []
        var waiting = [className].compactMap(\.self)
        while let name = waiting.popLast() {
            guard wanted.insert(name).inserted else { continue }
            for judge in judges { waiting += judge.rule(for: name).suppressedBy }
        }
        let needsAll = className == nil || className == DetectionSettings.unknownClassName
        indices = all.indices.filter { needsAll || wanted.contains(all[$0]) }
        names = indices.map { all[$0] }
        var own = settings
        if !needsAll { own.reportsUnknown = false }
        self.settings = own
        hotBytes = names.map { name in
            let on = own.rule(for: name).on
            return (0...StoredPrecision.fullScoreByte)
                .first { StoredPrecision.score(ofByte: $0) >= on } ?? StoredPrecision.fullScoreByte
        }
        isAlwaysHot = own.reportsUnknown && own.reports(DetectionSettings.unknownClassName)
    }

    /// The name of a class of the detector.
    func name(of index: ClassIndex) -> String {
        index.rawValue < names.count ? names[index] : DetectionSettings.unknownClassName
    }

    /// Whether a class may go on in a block whose highest bytes are these; nil: they are not known.
    func mayGoOn(_ peaks: [UInt8]?) -> Bool {
        guard let peaks, !isAlwaysHot else { return true }
        return zip(indices, hotBytes).contains { index, byte in
            index < peaks.count && peaks[index] >= byte
        }
    }

    /// Whether a class may go on by the scores of a hop.
    func mayGoOn(_ scores: ArraySlice<UInt8>) -> Bool {
        guard scores.first != ScoreBlock.gatedByte else { return false }
        return isAlwaysHot
            || zip(indices, hotBytes).contains { scores[scores.startIndex + $0] >= $1 }
    }

    /// How many hops before a high score decide with it: those that are smoothed and confirmed, in
    /// which a sound's beginning is looked for, and in which its background lies.
    func warmUpHops(of hops: StoredHops) -> Int {
        let rules = names.map(settings.rule)
        let smoothed = rules.map { rule in
            rule.confirmationWindows + rule.smoothingWindows
                + (rule.smoothing == .exponential ? Self.fadingHops(rule.smoothingWindows) : 0)
        }
        let windows = 2 * hops.longestWindow / max(1, hops.nominalHopSamples) + 4
        return max(ScoreSmoother.capacity, smoothed.max() ?? 0) + windows
    }

    /// After how many hops an exponential mean has forgotten a score, to a millionth.
    private static func fadingHops(_ windows: Int) -> Int {
        let rest = 1 - 2 / Double(windows + 1)
        return rest > 0 ? Int((log(1e-6) / log(rest)).rounded(.up)) : 0
    }
}

/// The hops of a stored block as the decision sees them, of some classes.
struct StoredHops {
    private let block: ScoreBlock
    private let classes: [Int]
    private let grid: EnvelopeGrid
    /// Each hop's last sample and one more.
    private let ends: [Int64]
    private let firstSample: Int64
    private let windows: [Int]
    private let firstBlock: Int64
    private let hasEnvelope: Bool

    /// How many samples a hop has, but for the first of a stretch and the last.
    let nominalHopSamples: Int

    /// The window that blocks without details are given, in seconds.
    private static let unknownWindowSeconds = 0.96

    init(_ block: ScoreBlock, of head: PastBlock, classes: [Int]) {
        self.block = block
        self.classes = classes
        grid = EnvelopeGrid(sampleRateHz: max(1_000, head.sampleRateHz))
        firstSample = head.firstSample
        nominalHopSamples = max(
            1,
            Int((Double(block.hopMicroseconds) * 1e-6 * Double(head.sampleRateHz)).rounded())
        )
        var (ends, windows): ([Int64], [Int]) = ([], [])
        var end = head.firstSample
        let unknown = HopDetails.Run(
            count: block.hopCount,
            hopSamples: nominalHopSamples,
            windowSamples: max(
                nominalHopSamples,
                Int(Self.unknownWindowSeconds * Double(head.sampleRateHz))
            )
        )
        for run in block.details?.runs ?? [unknown] {
            for _ in 0..<run.count {
                end += Int64(run.hopSamples)
                ends.append(end)
                windows.append(run.windowSamples)
            }
        }
        (self.ends, self.windows) = (ends, windows)
        firstBlock = grid.block(containing: SampleTime(head.firstSample))
        let blocks = grid.block(containing: SampleTime(end)) - firstBlock
        hasEnvelope = blocks > 0 && block.details?.envelope.count == Int(blocks)
    }

    /// How many hops there are.
    var count: Int { min(ends.count, block.hopCount) }

    /// The longest window, in samples.
    var longestWindow: Int { windows.max() ?? nominalHopSamples }

    /// Whether the first hop is the first of a stretch.
    var beginsStretch: Bool {
        guard let first = ends.first, let window = windows.first, block.details != nil else {
            return false
        }
        let length = Int(first - firstSample)
        return length == window && length > nominalHopSamples + 1
    }

    /// A sample and when it was heard: the end of the first hop.
    var dated: (sample: SampleTime, date: Date) {
        let end = ends.first ?? firstSample
        let hop = min(nominalHopSamples, Int(end - firstSample))
        return (
            SampleTime(end), block.start + Double(hop) / Double(grid.sampleRateHz)
        )
    }

    /// The first sample of a hop.
    func start(of hop: Int) -> SampleTime {
        SampleTime(hop > 0 ? ends[hop - 1] : firstSample)
    }

    /// Whether a class may go on by the scores of a hop.
    func isHot(_ hop: Int, _ judged: JudgedClasses) -> Bool {
        judged.mayGoOn(scores(of: hop))
    }

    /// The first hop at or after another at which a class may go on; nil if there is none.
    func firstHot(from hop: Int, _ judged: JudgedClasses) -> Int? {
        (hop..<max(hop, count)).first { isHot($0, judged) }
    }

    /// A hop as the decision saw it.
    func hop(_ index: Int) -> ScoredHop {
        let (start, end) = (start(of: index), SampleTime(ends[index]))
        let bytes = scores(of: index)
        let isOpen = bytes.first != ScoreBlock.gatedByte
        var envelope: [Float] = []
        if hasEnvelope, let levels = block.details?.envelope {
            let blocks = grid.blocks(endingIn: start..<end)
            envelope = blocks.map {
                StoredPrecision.meanSquare(ofByte: levels[Int($0 - firstBlock)])
            }
        }
        let familiarity = block.details?.familiarity ?? []
        return ScoredHop(
            window: (end - Int64(windows[index]))..<end,
            hop: start..<end,
            gate: isOpen ? .open : .closed,
            scores: isOpen
                ? classes.map { StoredPrecision.score(ofByte: bytes[bytes.startIndex + $0]) } : [],
            familiarity: index < familiarity.count ? familiarity[index] : nil,
            levelDBFS: block.levelDBFS(ofHop: index),
            envelope: envelope
        )
    }

    private func scores(of hop: Int) -> ArraySlice<UInt8> {
        block.scores[(hop * block.classCount)..<((hop + 1) * block.classCount)]
    }
}
