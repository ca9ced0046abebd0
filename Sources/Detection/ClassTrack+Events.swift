/// How runs become events.
extension ClassTrack {
    var mergeGap: Int64 {
        rule.mergeGapSeconds.asSampleCount(atRate: sampleRateHz)
    }

    private var coolDown: Int64 {
        rule.coolDownSeconds.asSampleCount(atRate: sampleRateHz)
    }

    /// Makes the run an event, or part of the one before it, once it has lasted long enough.
    mutating func settleRun(
        sound: RecentSound,
        nextNumber: inout Int,
        transitions: inout [EventTransition]
    ) {
        while let current = run {
            if current.isPartOfEvent {
                guard splitIfTooLong(sound: sound, transitions: &transitions) else {
                    return
                }
            } else if let event, current.start - event.end < mergeGap {
                guard hasLasted(current) else {
                    return
                }
                run?.isPartOfEvent = true
            } else {
                var later = current
                later.start = max(later.start, event.map { $0.end + coolDown } ?? notBefore)
                run = later
                guard hasLasted(later) else {
                    return
                }
                finishEvent(transitions: &transitions)
                begin(later, number: nextNumber, sound: sound, transitions: &transitions)
                nextNumber += 1
            }
        }
    }

    /// Ends the event when nothing that begins at `onset` or later can be merged into it.
    mutating func endEvent(
        ifNothingMergesFrom onset: SampleTime,
        transitions: inout [EventTransition]
    ) {
        if let end = carried?.knownEnd, onset - end >= mergeGap {
            carried = nil
        }
        let earliest = min(onset, carried?.start ?? onset)
        guard let event, run?.isPartOfEvent != true, earliest - event.end >= mergeGap else {
            return
        }
        finishEvent(transitions: &transitions)
    }

    /// Ends the event, if there is one.
    mutating func finishEvent(transitions: inout [EventTransition]) {
        guard let event else {
            return
        }
        transitions.append(
            .ended(
                detected(event, end: event.end, scores: event.scores, levelDBFS: event.levelDBFS)
            )
        )
        notBefore = event.end + coolDown
        mergedUntil = event.end + mergeGap
        self.event = nil
    }

    /// The level of an event over all of it, or of the hops it was on at if there is no envelope.
    func level(
        of event: OpenEvent,
        upTo end: SampleTime,
        scores: ScoreSum,
        sound: RecentSound
    ) -> Float {
        let energy = sound.energy(from: event.start, to: end, forgotten: event.forgottenEnergy)
        return energy.levelDBFS ?? scores.hopEnergy.levelDBFS ?? -.infinity
    }

    private func hasLasted(_ run: SoundRun) -> Bool {
        run.knownEnd - run.start >= minDuration
    }

    private mutating func begin(
        _ run: SoundRun,
        number: Int,
        sound: RecentSound,
        transitions: inout [EventTransition]
    ) {
        let begun = OpenEvent(
            number: number,
            start: run.start,
            end: run.start,
            scores: ScoreSum(),
            forgottenEnergy: run.forgottenEnergy
        )
        transitions.append(
            .began(
                detected(
                    begun,
                    end: run.knownEnd,
                    scores: run.scores,
                    levelDBFS: level(
                        of: begun,
                        upTo: run.knownEnd,
                        scores: run.scores,
                        sound: sound
                    )
                )
            )
        )
        event = begun
        self.run?.isPartOfEvent = true
    }

    /// Ends an event that has reached its maximum duration; the run goes on as the next one.
    ///
    /// - Returns: Whether it was ended.
    private mutating func splitIfTooLong(
        sound: RecentSound,
        transitions: inout [EventTransition]
    ) -> Bool {
        guard var rest = run, var full = event,
            let longest = maxDuration,
            rest.knownEnd - full.start >= longest
        else {
            return false
        }
        full.end = full.start + longest
        full.scores.add(rest.scores)
        full.levelDBFS = level(of: full, upTo: full.end, scores: full.scores, sound: sound)
        event = full
        finishEvent(transitions: &transitions)
        rest.start = notBefore
        rest.heardFrom = notBefore
        rest.isPartOfEvent = false
        rest.scores = ScoreSum()
        rest.scores.add(score, levelDBFS: sound.levelDBFS)
        rest.forgottenEnergy = EnergySum()
        run = rest
        return true
    }

    private func detected(
        _ event: OpenEvent,
        end: SampleTime,
        scores: ScoreSum,
        levelDBFS: Float
    ) -> DetectedEvent {
        DetectedEvent(
            number: event.number,
            classIndex: classIndex,
            start: event.start,
            end: end,
            peakScore: scores.peak,
            meanScore: scores.mean,
            levelDBFS: levelDBFS
        )
    }
}
