import Detection
package import EventStore
package import Foundation
package import Messages

/// A question to the past and to users' labels: which threshold of a class would have kept at most so
/// many wrong events a week.
///
/// Thresholds are tried by the decision itself, over the stored scores. An event that there would have
/// been is right where it overlaps one of which a label says that it was this class, whatever it was
/// taken for, and wrong where it overlaps one of this class of which a label says that it was something
/// else. For all others it is assumed that the same share is wrong as among those with a label at that
/// threshold; the answer also says what would be if all of them were right, or wrong.
package struct ThresholdAdvice: Sendable {
    /// Fewer labelled events than this tell too little.
    package static let leastLabels = 10

    /// The class.
    package var className: String
    /// The model whose class it is, and its rules in force.
    package var model: JudgedModel
    /// How many wrong events a week are allowed.
    package var maxFalseAlarmsPerWeek: Double
    /// The beginning of the time.
    package var from: Date
    /// Its end.
    package var to: Date
    /// Only this source; nil: all.
    package var source: String?

    private static let secondsPerWeek: TimeInterval = 7 * 86_400
    private static let confidence = 0.95
    /// The thresholds that are tried, beside the one in force.
    private static let steps = (1...99).map { Double($0) / 100 } + [0.995]

    /// Joins the parts.
    package init(
        className: String,
        model: JudgedModel,
        maxFalseAlarmsPerWeek: Double,
        from: Date,
        to: Date,
        source: String? = nil
    ) {
        self.className = className
        self.model = model
        self.maxFalseAlarmsPerWeek = maxFalseAlarmsPerWeek
        self.from = from
        self.to = to
        self.source = source
    }

    /// Asks the history.
    ///
    /// - Parameter store: The history.
    /// - Returns: The lowest threshold that would have done, and what it would have kept.
    /// - Throws: Any ``StoreError`` of reading.
    package func answer(from store: EventStore) throws -> ThresholdAdviceMessage {
        let past = try store.pastBlocks(
            from: from - WhatIf.leadSeconds,
            to: to,
            source: source,
            model: model.name
        )
        let scored = ScoredTime(past.heads, toleranceSeconds: WhatIf.toleranceSeconds)
        let recorded = try recorded(in: store)
        let inTime = recorded.filter { scored.contains($0.start, source: $0.source) }
        let known = KnownSounds(
            of: className,
            try labelled(in: store).filter { scored.contains($0.start, source: $0.source) }
        )
        let listened = scored.secondsOfAnySource(from: from, to: to)
        let question = question(RuleTrial())
        var message = ThresholdAdviceMessage(
            className: className,
            modelName: model.name,
            from: from,
            to: to,
            listenedSeconds: listened,
            maxFalseAlarmsPerWeek: maxFalseAlarmsPerWeek,
            verdict: .noScores,
            inForce: KeptEventsMessage(on: Double(question.ruleInForce.on)),
            remarks: question.remarks(unscored: recorded.count - inTime.count, past: past)
        )
        guard listened > 0 else { return message }

        let labels = inTime.filter { $0.userLabel != nil }
        let wrongShare =
            labels.isEmpty
            ? 1 : Double(labels.count { !$0.isRight(className) }) / Double(labels.count)
        func kept(by on: Double) throws -> KeptEventsMessage {
            let events = try self.question(RuleTrial(on: on)).events(of: past, from: store)
            return known.kept(
                of: events,
                by: on,
                weeks: listened / Self.secondsPerWeek,
                wrongShareOfAll: wrongShare,
                confidence: Self.confidence
            )
        }
        message.inForce = try kept(by: message.inForce.on)
        message.verdict = .tooFewLabels
        guard labels.count >= Self.leastLabels else { return message }

        // Labels tell nothing of what no threshold has ever let pass.
        let lowest = labels.map(\.peakScore).min() ?? 1
        let candidates = Self.candidates(from: lowest, inForce: message.inForce.on)
        let (found, events) = try first(of: candidates, kept: kept)
        message.suggested = events
        guard let found else {
            message.verdict = .noThreshold
            return message
        }
        message.on = found
        message.verdict = found == message.inForce.on ? .inForce : .suggested
        message.isSure = events.wrongPerWeekHigh <= maxFalseAlarmsPerWeek
        return message
    }

    private func question(_ trial: RuleTrial) -> WhatIf {
        WhatIf(
            className: className,
            model: model,
            trial: trial,
            from: from,
            to: to,
            source: source
        )
    }

    private func recorded(in store: EventStore) throws -> [StoredEvent] {
        var filter = EventFilter()
        (filter.since, filter.until, filter.source) = (from, to, source)
        filter.classes = [className]
        filter.model = model.name
        return try store.events(matching: filter)
    }

    private func labelled(in store: EventStore) throws -> [StoredEvent] {
        var filter = EventFilter()
        (filter.since, filter.until, filter.source) = (from, to, source)
        filter.label = .any
        return try store.events(matching: filter)
    }

    private static func candidates(from lowest: Double, inForce: Double) -> [Double] {
        let lowest = min(lowest, inForce)
        return (steps.filter { $0 > lowest && $0 != inForce } + [inForce]).sorted()
    }

    /// The lowest of some thresholds that keeps few enough wrong events, by halving: the higher, the
    /// fewer.
    ///
    /// - Returns: The threshold, nil if none does, and what it keeps, or the highest one.
    private func first(
        of candidates: [Double],
        kept: (Double) throws -> KeptEventsMessage
    ) throws -> (Double?, KeptEventsMessage) {
        var (low, high) = (0, candidates.count)
        var best: KeptEventsMessage?
        while low < high {
            let middle = (low + high) / 2
            let events = try kept(candidates[middle])
            if events.wrongPerWeek <= maxFalseAlarmsPerWeek {
                (high, best) = (middle, events)
            } else {
                low = middle + 1
            }
        }
        if let best { return (candidates[high], best) }
        return (nil, try kept(candidates[candidates.count - 1]))
    }
}

extension StoredEvent {
    /// Whether its label says that it was some class.
    fileprivate func isRight(_ className: String) -> Bool { userLabel?.className == className }
}

/// When a class was heard, and when something else was taken for it, as labels say.
private struct KnownSounds {
    private let right: [(source: String, start: Date, end: Date)]
    private let rightTimes: SoundTimes
    private let wrongTimes: SoundTimes

    init(of className: String, _ labelled: [StoredEvent]) {
        func times(_ events: [StoredEvent]) -> [(source: String, start: Date, end: Date)] {
            events.map { ($0.source, $0.start, $0.end ?? $0.start) }
        }
        right = times(labelled.filter { $0.isRight(className) })
        rightTimes = SoundTimes(right)
        wrongTimes = SoundTimes(
            times(labelled.filter { $0.className == className && !$0.isRight(className) })
        )
    }

    /// Counts the events that a threshold keeps.
    ///
    /// The interval of wrong events a week joins two: that of the share of wrong ones among those with
    /// a label (Clopper and Pearson 1934), by which unlabelled ones are counted, and that of the count's
    /// expectation (Garwood 1936). Each holds with half of what `confidence` leaves, so that both hold
    /// with at least `confidence` (Bonferroni). Where all have labels the second is enough.
    func kept(
        of events: [PastEvent],
        by on: Double,
        weeks: Double,
        wrongShareOfAll: Double,
        confidence: Double
    ) -> KeptEventsMessage {
        var kept = KeptEventsMessage(on: on)
        kept.events = events.count
        for event in events {
            if rightTimes.overlap(event.source, event.start, event.end) {
                kept.right += 1
            } else if wrongTimes.overlap(event.source, event.start, event.end) {
                kept.wrong += 1
            } else {
                kept.unlabelled += 1
            }
        }
        let keptTimes = SoundTimes(events.map { ($0.source, $0.start, $0.end) })
        kept.knownSounds = right.count
        kept.knownSoundsKept = right.count { keptTimes.overlap($0.source, $0.start, $0.end) }
        let share = ExactInterval.share(
            count: kept.knownSoundsKept,
            of: kept.knownSounds,
            confidence: confidence
        )
        (kept.keptShareLow, kept.keptShareHigh) = (share.lowerBound, share.upperBound)

        let (wrong, unlabelled) = (Double(kept.wrong), Double(kept.unlabelled))
        let labelled = kept.right + kept.wrong
        let wrongShare = labelled > 0 ? wrong / Double(labelled) : wrongShareOfAll
        kept.wrongPerWeek = (wrong + unlabelled * wrongShare) / weeks
        kept.wrongPerWeekIfUnlabelledRight = wrong / weeks
        kept.wrongPerWeekIfUnlabelledWrong = (wrong + unlabelled) / weeks
        let each = kept.unlabelled == 0 ? confidence : (1 + confidence) / 2
        let shares = ExactInterval.share(count: kept.wrong, of: labelled, confidence: each)
        let fewest = Int((wrong + unlabelled * shares.lowerBound).rounded(.down))
        let most = Int((wrong + unlabelled * shares.upperBound).rounded(.up))
        kept.wrongPerWeekLow =
            ExactInterval.poisson(count: fewest, confidence: each).lowerBound / weeks
        kept.wrongPerWeekHigh =
            ExactInterval.poisson(count: most, confidence: each).upperBound / weeks
        return kept
    }
}
