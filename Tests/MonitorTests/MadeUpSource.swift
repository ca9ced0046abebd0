import Detection
import EventStore
import Foundation

@testable import Monitor

/// A source that a seed makes up: scores that rise and fall, levels, silence, windows without valid
/// scores, gaps, restarts and changes of rules; what was decided live, and the blocks to be stored.
struct MadeUpSource {
    static let classNames = ["dog_bark", "rain", "chainsaw"]
    static let noon = Date(timeIntervalSince1970: 1_790_000_000)
    private static let rateHz = 16_000
    private static let windowSamples: Int64 = 15_360

    /// What was decided while it was heard, each class by its beginning.
    private(set) var events: [PastEvent] = []
    private(set) var blocks: [ScoreBlock] = []
    /// How many hops were heard.
    private(set) var hopCount = 0
    /// When it was last heard.
    private(set) var end = noon

    private let hopSamples: Int64
    private let rules: [DetectionSettings]
    private var detector: EventDetector
    private var builder: ScoreBlockBuilder
    private var sample: Int64 = 0
    private var base = noon
    private var isOpen = true
    private var bumps: [(left: Int, height: Float)]

    /// Listens for some time, and once more after a restart.
    ///
    /// - Parameters:
    ///   - hopSeconds: The step between windows.
    ///   - rules: The first holds at first, all of them now and then.
    ///   - random: Decides what is heard.
    init(
        hopSeconds: Double,
        rules: [DetectionSettings],
        using random: inout some RandomNumberGenerator
    ) {
        hopSamples = Int64(hopSeconds * Double(Self.rateHz))
        self.rules = rules
        bumps = Self.classNames.map { _ in (0, 0) }
        detector = Self.detector(rules[0])
        builder = Self.builder(hopSeconds, Self.noon, rules[0])
        for run in 0..<2 {
            base = Self.noon + Double(run) * 40_000
            sample = 0
            detector = Self.detector(rules[0])
            builder = Self.builder(hopSeconds, base, rules[0])
            for _ in 0..<6 { listen(using: &random) }
            append(detector.finish(at: SampleTime(sample)))
            blocks += [builder.flush()].compactMap(\.self)
        }
        end = base + Double(sample) / Double(Self.rateHz)
        events.sort { ($0.start, $0.className) < ($1.start, $1.className) }
    }

    private static func detector(_ settings: DetectionSettings) -> EventDetector {
        EventDetector(classNames: classNames, settings: settings, sampleRateHz: rateHz)
    }

    private static func builder(
        _ hopSeconds: Double,
        _ since: Date,
        _ settings: DetectionSettings
    ) -> ScoreBlockBuilder {
        ScoreBlockBuilder(
            hopSeconds: hopSeconds,
            classCount: classNames.count,
            listeningSince: since,
            sampleRateHz: rateHz,
            rules: settings.storedText
        )
    }

    /// Listens to a stretch, which ends with a gap.
    private mutating func listen(using random: inout some RandomNumberGenerator) {
        let start = sample
        let count = Int64.random(in: 1...700, using: &random)
        for hop in 0..<count {
            let isLast = hop == count - 1
            let length = hop == 0 ? Self.windowSamples : hopSamples
            let end = sample + (isLast ? Int64.random(in: 1...length, using: &random) : length)
            if Int.random(in: 0..<60, using: &random) == 0 { isOpen.toggle() }
            if Int.random(in: 0..<300, using: &random) == 0,
                let next = rules.randomElement(using: &random)
            {
                detector.apply(next)
                blocks += [builder.change(rules: next.storedText)].compactMap(\.self)
            }
            hear(
                window: max(start, sample + length - Self.windowSamples)..<end,
                hop: sample..<end,
                using: &random
            )
            sample = end
        }
        let next = sample + Int64.random(in: 0...160_000, using: &random)
        append(detector.interrupt(at: SampleTime(sample), resumingAt: SampleTime(next)))
        sample = next
    }

    private mutating func hear(
        window: Range<Int64>,
        hop: Range<Int64>,
        using random: inout some RandomNumberGenerator
    ) {
        hopCount += 1
        for index in bumps.indices {
            bumps[index].left -= 1
            if bumps[index].left < -20, Int.random(in: 0..<40, using: &random) == 0 {
                bumps[index] = (
                    Int.random(in: 1...12, using: &random), .random(in: 0.3...1, using: &random)
                )
            }
        }
        let loud = bumps.contains { $0.left > 0 }
        let times = SampleTime(hop.lowerBound)..<SampleTime(hop.upperBound)
        let blocks = EnvelopeGrid(sampleRateHz: Self.rateHz).blocks(endingIn: times).count
        var level: Float = isOpen ? -58 : -75
        var envelope: [Float] = []
        for _ in 0..<blocks {
            if isOpen, loud, Int.random(in: 0..<12, using: &random) == 0 {
                level = level > -45 ? -58 : -30
            }
            envelope.append(
                Decibels.meanSquare(ofLevel: level + .random(in: -3...3, using: &random))
            )
        }
        var heard = ScoredHop(
            window: SampleTime(window.lowerBound)..<SampleTime(window.upperBound),
            hop: times,
            gate: isOpen ? .open : .closed,
            scores: [],
            levelDBFS: level,
            envelope: envelope
        )
        if isOpen {
            heard.scores = bumps.map { bump in
                let noise = Float.random(in: 0...0.15, using: &random)
                return bump.left > 0 ? max(0, bump.height - noise) : noise
            }
            if Int.random(in: 0..<150, using: &random) == 0 {
                heard.scores = []
                heard.invalidScore = InvalidScore(classIndex: 0, score: .nan)
            }
        }
        if heard.invalidScore != nil {
            append(detector.interrupt(at: times.lowerBound, resumingAt: times.upperBound))
        } else {
            append(detector.update(heard.inStoredPrecision))
        }
        let block = builder.append(heard, over: date(hop.lowerBound)..<date(hop.upperBound))
        self.blocks += [block].compactMap(\.self)
    }

    private func date(_ sample: Int64) -> Date { base + Double(sample) / Double(Self.rateHz) }

    private mutating func append(_ transitions: [EventTransition]) {
        for case .ended(let event) in transitions {
            let names = Self.classNames + [DetectionSettings.unknownClassName]
            events.append(
                PastEvent(
                    source: "porch",
                    className: names[event.classIndex],
                    start: date(event.start.index),
                    end: date(event.end.index),
                    peakScore: event.peakScore,
                    meanScore: event.meanScore,
                    levelDBFS: event.levelDBFS
                )
            )
        }
    }
}
