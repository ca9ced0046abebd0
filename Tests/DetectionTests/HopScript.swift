@testable import Detection

/// Hops written out by hand: one score a hop, no envelope, 16 kHz, a window of 15 600 samples.
///
/// Without an envelope times are the scores'. A score of nil is a gated hop.
struct HopScript {
    static let hopLength: Int64 = 3_840
    static let windowLength: Int64 = 15_600

    /// Where the next hop begins.
    var time = SampleTime(windowLength - hopLength)
    var detector: EventDetector

    init(_ rule: ClassRule, names: [String] = ["bark"]) {
        var settings = DetectionSettings()
        settings.defaults = rule
        self.init(settings, names: names)
    }

    init(_ settings: DetectionSettings, names: [String] = ["bark"]) {
        detector = EventDetector(classNames: names, settings: settings, sampleRateHz: 16_000)
    }

    /// A rule that decides hop by hop: no smoothing, no least duration, no merging.
    static var plainRule: ClassRule {
        var rule = ClassRule()
        rule.smoothingWindows = 1
        rule.minDurationSeconds = 0
        rule.mergeGapSeconds = 0
        return rule
    }

    /// Gives the detector a hop for each score of the only class.
    mutating func play(_ scores: [Float?]) -> [EventTransition] {
        play(all: scores.map { $0.map { [$0] } })
    }

    /// Gives the detector a hop for each set of scores.
    mutating func play(all scores: [[Float]?]) -> [EventTransition] {
        scores.flatMap { detector.update(nextHop($0)) }
    }

    /// Loses samples after the last hop.
    mutating func lose(seconds: Double) -> [EventTransition] {
        let resumption = time + Int64(seconds * 16_000)
        let transitions = detector.interrupt(at: time, resumingAt: resumption)
        time = resumption
        return transitions
    }

    mutating func finish() -> [EventTransition] {
        detector.finish(at: time)
    }

    mutating func nextHop(_ scores: [Float]?) -> ScoredHop {
        let hop = time..<time + Self.hopLength
        time = hop.upperBound
        return ScoredHop(
            window: (hop.upperBound - Self.windowLength)..<hop.upperBound,
            hop: hop,
            gate: scores == nil ? .closed : .open,
            scores: scores ?? [],
            levelDBFS: scores == nil ? -.infinity : -30,
            envelope: []
        )
    }
}

extension [EventTransition] {
    var began: [DetectedEvent] {
        compactMap { if case .began(let event) = $0 { event } else { nil } }
    }

    var ended: [DetectedEvent] {
        compactMap { if case .ended(let event) = $0 { event } else { nil } }
    }
}
