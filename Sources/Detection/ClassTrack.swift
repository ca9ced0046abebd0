/// Turns one class's scores into events.
///
/// A *run* is a stretch over which the class is on; once it has lasted long enough it becomes an
/// event, or part of the event before it when it is near enough. The event ends when no later run
/// can be near enough.
struct ClassTrack: Equatable, Sendable {
    let classIndex: ClassIndex
    let sampleRateHz: Int
    private(set) var rule: ClassRule

    private(set) var smoother: ScoreSmoother
    /// The last smoothed score.
    private(set) var score: Float = 0
    /// Bit `n` tells whether the smoothed score `n` windows ago reached `on`.
    private var hits: UInt64 = 0
    /// How many windows were scored since the last run was over.
    private(set) var windowsSinceRun = Int.max / 2

    var run: SoundRun? {
        didSet {
            if run == nil {
                windowsSinceRun = 0
            }
        }
    }
    /// A short run cut off by lost samples; it may continue after them.
    var carried: SoundRun?
    var event: OpenEvent?
    /// No event begins before: the end of the last one, and its cool-down.
    var notBefore = SampleTime(.min)
    /// The stretch of high scores that goes on.
    var peak: ScorePeak?
    /// What begins before would have belonged to the last event.
    var mergedUntil = SampleTime(.min)

    init(classIndex: ClassIndex, rule: ClassRule, sampleRateHz: Int) {
        self.classIndex = classIndex
        self.rule = rule
        self.sampleRateHz = sampleRateHz
        smoother = ScoreSmoother(rule.smoothing, over: rule.smoothingWindows)
    }

    /// Whether the class is on by its own scores, suppressed or not.
    var isOnByScore: Bool {
        run != nil ? score >= rule.off : score >= rule.on && isConfirmed
    }

    /// Replaces the rule; an open run or event stays open under the new rule.
    mutating func apply(_ rule: ClassRule) {
        if rule.smoothing != self.rule.smoothing
            || rule.smoothingWindows != self.rule.smoothingWindows
        {
            smoother.change(to: rule.smoothing, over: rule.smoothingWindows)
        }
        self.rule = rule
    }

    /// Takes the class's score at the last hop.
    mutating func smooth(_ rawScore: Float) {
        score = smoother.update(rawScore)
        hits = hits << 1 | (score >= rule.on ? 1 : 0)
        windowsSinceRun += 1
    }

    /// Decides about the last hop.
    ///
    /// - Parameters:
    ///   - isOn: Whether the class is on, all considered.
    ///   - sound: What was heard, the last hop included.
    ///   - nextNumber: The number for the next event.
    ///   - transitions: Receives what was decided.
    mutating func decide(
        isOn: Bool,
        sound: RecentSound,
        nextNumber: inout Int,
        transitions: inout [EventTransition]
    ) {
        if isOn {
            extendRun(sound: sound)
            settleRun(sound: sound, nextNumber: &nextNumber, transitions: &transitions)
        } else if var ending = run {
            let end = offset(of: ending, sound: sound, latest: sound.lastOpenTime)
            if ending.isPartOfEvent {
                // What goes beyond the longest event becomes the next one.
                ending.knownEnd = max(ending.knownEnd, end)
                run = ending
                settleRun(sound: sound, nextNumber: &nextNumber, transitions: &transitions)
            }
            if let run { close(run, at: end, sound: sound) }
        }
        if event != nil || carried != nil {
            endEvent(ifNothingMergesFrom: earliestOnset(in: sound), transitions: &transitions)
        }
    }

    /// Ends open runs and events where samples are missing.
    ///
    /// - Parameters:
    ///   - time: The first sample that was lost, or the end.
    ///   - sound: What was heard until then; it is about to be forgotten.
    mutating func cut(at time: SampleTime, sound: RecentSound) {
        if let run {
            let end = offset(of: run, sound: sound, cutAt: time)
            if !run.isPartOfEvent {
                carry(run, endingAt: end, sound: sound)
            }
            close(run, at: end, sound: sound)
        }
        if let open = event {
            event?.forgottenEnergy = sound.energy(
                from: open.start,
                to: sound.time,
                forgotten: open.forgottenEnergy
            )
        }
        smoother.reset()
        score = 0
        hits = 0
        windowsSinceRun = Int.max / 2
        peak = nil
    }

    /// Takes over the energy of blocks that the history is about to forget.
    mutating func keepEnergy(ofBlocksBefore block: Int64, in sound: RecentSound) {
        if let start = run?.start {
            run?.forgottenEnergy.add(sound.energy(from: start, toBlock: block))
        }
        if let start = event?.start {
            event?.forgottenEnergy.add(sound.energy(from: start, toBlock: block))
        }
    }

    /// How many of the last windows that are asked for confirmation reached `on`.
    var confirmedHits: Int {
        let windows = UInt64.max >> UInt64(UInt64.bitWidth - rule.confirmationWindows)
        return (hits & windows).nonzeroBitCount
    }

    private var isConfirmed: Bool { confirmedHits >= rule.confirmationHits }
}

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
