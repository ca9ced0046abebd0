/// When a class goes on and off, and where in its windows the sound begins and ends.
extension ClassTrack {
    var minDuration: Int64 {
        max(rule.minDurationSeconds.asSampleCount(atRate: sampleRateHz), 1)
    }

    /// The longest event; nil without a limit.
    var maxDuration: Int64? { rule.maxDurationSeconds?.asSampleCount(atRate: sampleRateHz) }

    /// The raw score that a window with the sound in it reaches.
    private var edgeScore: Float {
        rule.on / 2
    }

    /// How many windows before the last the sound may already have been in.
    private var lookback: Int {
        min(rule.smoothingWindows + rule.confirmationWindows - 2, windowsSinceRun)
    }

    private func rawScore(back: Int) -> Float? {
        let scores = smoother.recent
        return scores.indices.contains(scores.count - 1 - back)
            ? scores[scores.count - 1 - back] : nil
    }

    private func isHigh(back: Int) -> Bool {
        rawScore(back: back).map { $0 >= edgeScore } ?? false
    }

    /// The earliest of the recent windows that may hold the beginning of a sound; 0 if none does.
    private var firstHighWindow: Int {
        (0...lookback).last(where: isHigh) ?? 0
    }

    private var lastHighWindow: Int {
        smoother.recent.indices.first(where: isHigh) ?? 0
    }

    /// Before this, no run that opens at a later hop can begin.
    func earliestOnset(in sound: RecentSound) -> SampleTime {
        if let run {
            return run.start
        }
        guard sound.gateOpening != nil else {
            return sound.time
        }
        return max(sound.hop(back: firstHighWindow).window.lowerBound, sound.earliestOnset)
    }

    /// Opens a run, or extends the open one by the last hop.
    mutating func extendRun(sound: RecentSound) {
        var current = run ?? opened(sound: sound)
        current.scores.add(score, levelDBFS: sound.levelDBFS)
        if !current.isPartOfEvent, let threshold = current.threshold {
            let reached = SoundEdges(envelope: sound.envelope)
                .end(ofSoundFrom: current.heardFrom, above: threshold)
            current.knownEnd = max(current.knownEnd, reached)
        }
        let end = offset(of: current, sound: sound, latest: sound.time)
        current.knownEnd = max(current.knownEnd, end)
        run = current
    }

    private mutating func opened(sound: RecentSound) -> SoundRun {
        let onset = SoundEdges(envelope: sound.envelope).onset(
            risingAt: sound.hop(back: firstHighWindow),
            crossing: risingCrossing(back: firstHighWindow, sound: sound),
            notBefore: max(sound.earliestOnset, mergedUntil)
        )
        let start = max(onset.time, event?.end ?? notBefore)
        var opened = SoundRun(
            start: start,
            heardFrom: start,
            threshold: onset.threshold,
            knownEnd: start
        )
        if let carried, start - carried.knownEnd < mergeGap {
            opened.start = carried.start
            opened.scores = carried.scores
            opened.forgottenEnergy = carried.forgottenEnergy
        }
        carried = nil
        return opened
    }

    private func risingCrossing(back: Int, sound: RecentSound) -> SampleTime {
        let hop = sound.hop(back: back)
        var fraction: Float = rawScore(back: back + 1) == nil ? 0 : 0.5
        if let before = rawScore(back: back + 1), let after = rawScore(back: back),
            before < edgeScore, after >= edgeScore
        {
            fraction = (edgeScore - before) / (after - before)
        }
        return hop.hop.lowerBound + Int64(Double(fraction) * Double(hop.hopLength))
    }

    private func fallingCrossing(back: Int, sound: RecentSound) -> SampleTime {
        let hop = sound.hop(back: back)
        var fraction: Float = 0.5
        if let before = rawScore(back: back), let after = rawScore(back: back - 1),
            before >= edgeScore, after < edgeScore
        {
            fraction = (before - edgeScore) / (before - after)
        }
        return hop.hop.upperBound + Int64(Double(fraction) * Double(hop.hopLength))
    }

    /// Where a run ends if it is not extended.
    func offset(of run: SoundRun, sound: RecentSound, latest: SampleTime) -> SampleTime {
        let back = lastHighWindow
        let end = SoundEdges(envelope: sound.envelope).offset(
            lastHighAt: sound.hop(back: back),
            crossing: fallingCrossing(back: back, sound: sound),
            start: run.heardFrom,
            notAfter: max(latest, run.heardFrom)
        )
        return run.isPartOfEvent ? max(end, run.start + minDuration) : end
    }

    /// Where a run ends that was cut off at `time`: there, unless it was over before.
    func offset(of run: SoundRun, sound: RecentSound, cutAt time: SampleTime) -> SampleTime {
        let end = offset(of: run, sound: sound, latest: sound.lastOpenTime)
        let isStillHeard =
            SoundEdges(envelope: sound.envelope).isLoud(from: run.heardFrom, upTo: sound.time)
            ?? true
        return isHigh(back: 0) && isStillHeard ? max(time, end) : end
    }

    /// Ends a run; what is not part of an event is dropped.
    mutating func close(_ run: SoundRun, at end: SampleTime, sound: RecentSound) {
        if run.isPartOfEvent, var open = event {
            open.scores.add(run.scores)
            open.end = min(end, open.start + (maxDuration ?? .max / 2))
            open.levelDBFS = level(of: open, upTo: open.end, scores: open.scores, sound: sound)
            event = open
        }
        self.run = nil
    }

    /// Keeps a run that is still too short, in case it continues after the lost samples.
    mutating func carry(_ run: SoundRun, endingAt end: SampleTime, sound: RecentSound) {
        carried = run
        carried?.knownEnd = end
        carried?.forgottenEnergy = sound.energy(
            from: run.start,
            to: end,
            forgotten: run.forgottenEnergy
        )
    }
}
