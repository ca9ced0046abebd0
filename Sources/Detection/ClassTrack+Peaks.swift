/// A stretch over which a class's smoothed score is near its threshold.
struct ScorePeak: Equatable, Sendable {
    let start: SampleTime
    var time: SampleTime
    var score: Float
    var windowScore: Float = 0
    /// The most windows that counted towards the confirmation.
    var hits = 0
    /// How long the longest run was that was no event.
    var runLength: Int64?
    var isCoolingDown = false
    var suppressor: ClassIndex?
    var hasMetClosedGate = false
    /// Whether it is part of an event, so that there is nothing to explain.
    var isEvent = false
}

/// What kept a class's peaks from becoming events.
extension ClassTrack {
    /// A peak that lasts is explained after so many seconds; what follows is another.
    private static let longestPeakSeconds = 10.0

    /// Whether the score is half the threshold or more.
    private var isScoreNear: Bool { rule.on > 0 && score >= rule.on / 2 }

    /// Whether there is a peak to follow.
    var isNear: Bool { peak != nil || isScoreNear }

    /// Follows how near the class comes to an event.
    ///
    /// To be called after every decision while it ``isNear``. Nothing is allocated.
    ///
    /// - Parameters:
    ///   - isReported: Whether the class becomes events at all.
    ///   - suppressor: The class that keeps this one off, though its scores are high enough.
    ///   - isGateOpen: Whether the gate was open over the last hop.
    ///   - time: One past the last sample that was analysed.
    /// - Returns: The peak, once it is over and was no event.
    mutating func followPeak(
        isReported: Bool,
        suppressor: ClassIndex?,
        isGateOpen: Bool,
        time: SampleTime
    ) -> NearMiss? {
        var current = peak ?? ScorePeak(start: time, time: time, score: score)
        if score > current.score { (current.score, current.time) = (score, time) }
        current.windowScore = max(current.windowScore, smoother.recent.last ?? 0)
        current.hits = max(current.hits, confirmedHits)
        current.suppressor = suppressor ?? current.suppressor
        current.hasMetClosedGate = current.hasMetClosedGate || !isGateOpen
        current.isEvent = current.isEvent || event != nil || run?.isPartOfEvent == true
        if let run, !run.isPartOfEvent {
            current.runLength = max(current.runLength ?? 0, run.knownEnd - run.start)
            current.isCoolingDown = rule.coolDownSeconds > 0 && run.start == notBefore
        }
        let lasted = (time - current.start).asSeconds(atRate: sampleRateHz)
        guard run == nil, !isScoreNear || (lasted >= Self.longestPeakSeconds && !current.isEvent)
        else {
            peak = current
            return nil
        }
        peak = nil
        return reason(of: current, isReported: isReported).map { reason in
            NearMiss(
                classIndex: classIndex,
                time: current.time,
                peak: current.score,
                windowPeak: current.windowScore,
                threshold: rule.on,
                reason: reason
            )
        }
    }

    private func reason(of peak: ScorePeak, isReported: Bool) -> NearMiss.Reason? {
        guard !peak.isEvent else { return nil }
        guard isReported else { return peak.score >= rule.on ? .off : nil }
        if peak.isCoolingDown { return .coolDown(seconds: rule.coolDownSeconds) }
        if let length = peak.runLength {
            return .duration(
                seconds: length.asSeconds(atRate: sampleRateHz),
                neededSeconds: minDuration.asSeconds(atRate: sampleRateHz)
            )
        }
        if let suppressor = peak.suppressor { return .suppressed(by: suppressor) }
        guard peak.score < rule.on else {
            return peak.hits < rule.confirmationHits
                ? .confirmation(
                    hits: peak.hits,
                    windows: rule.confirmationWindows,
                    needed: rule.confirmationHits
                ) : .gate
        }
        return peak.hasMetClosedGate && peak.windowScore >= rule.on ? .gate : .threshold
    }
}
