package import Detection
package import EventStore
package import Foundation
package import Messages
package import Platform
import Settings

/// A model and how its scores are judged at present.
package struct JudgedModel: Sendable {
    /// The name of the model.
    package var name: String
    /// The rules in force.
    package var settings: DetectionSettings
    /// Whether another model is asked before an event opens.
    package var isVerified: Bool

    /// Joins the parts.
    package init(name: String, settings: DetectionSettings, isVerified: Bool = false) {
        self.name = name
        self.settings = settings
        self.isVerified = isVerified
    }
}

/// A question to the past: what other rules of a class would have made of it.
package struct WhatIf: Sendable {
    /// The class.
    package var className: String
    /// The model whose class it is, and its rules in force.
    package var model: JudgedModel
    /// What is to be different.
    package var trial: RuleTrial
    /// The beginning of the time.
    package var from: Date
    /// Its end.
    package var to: Date
    /// Only this source; nil: all.
    package var source: String?
    /// At most so many events that would come, and that would go, are given.
    package var limit: Int

    /// Hops before the time tell what was going on when it began, in seconds.
    static let leadSeconds: TimeInterval = 300
    /// How far from stored scores a recorded event may begin to be counted, in seconds.
    static let toleranceSeconds: TimeInterval = 2

    /// Joins the parts.
    package init(
        className: String,
        model: JudgedModel,
        trial: RuleTrial,
        from: Date,
        to: Date,
        source: String? = nil,
        limit: Int = 20
    ) {
        self.className = className
        self.model = model
        self.trial = trial
        self.from = from
        self.to = to
        self.source = source
        self.limit = limit
    }

    /// The rule that is in force.
    var ruleInForce: ClassRule { model.settings.rule(for: className) }

    /// The rule that is tried: a class that is off would be on.
    package var rule: ClassRule {
        var overlay = ClassRuleOverlay()
        overlay.on = trial.on.map { Float($0) }
        overlay.off = trial.off.map { Float($0) }
        overlay.minDurationSeconds = trial.minDurationSeconds
        overlay.mergeGapSeconds = trial.mergeGapSeconds
        var rule = overlay.applied(to: ruleInForce)
        rule.smoothingWindows = trial.smoothingWindows ?? rule.smoothingWindows
        rule.isEnabled = true
        return rule
    }

    /// Asks the history.
    ///
    /// - Parameters:
    ///   - store: The history.
    ///   - zone: Where days begin.
    /// - Returns: What would come and go.
    /// - Throws: Any ``StoreError`` of reading; ``ControlError`` if `off` would lie above `on`.
    package func answer(from store: EventStore, zone: Zone = .local) throws -> WhatIfMessage {
        if let off = trial.off, Float(off) > rule.on {
            throw ControlError.invalidValue(
                "'off' is \(off), above 'on', which is \(rule.on). Give at most that."
            )
        }
        let past = try store.pastBlocks(
            from: from - Self.leadSeconds,
            to: to,
            source: source,
            model: model.name
        )
        var filter = EventFilter()
        (filter.since, filter.until) = (from, to)
        filter.classes = [className]
        (filter.source, filter.model) = (source, model.name)
        let scored = ScoredTime(past.heads, toleranceSeconds: Self.toleranceSeconds)
        let all = try store.events(matching: filter)
        let was = all.filter { scored.contains($0.start, source: $0.source) }
        let wouldBe = try events(of: past, from: store)
        var message = message(was: was, wouldBe: wouldBe, zone: zone)
        message.scoredSeconds = scored.seconds(from: from, to: to)
        message.remarks = remarks(unscored: all.count - was.count, past: past)
        return message
    }

    /// The events that there would have been, by their beginning.
    package func events(of past: PastBlocks, from store: EventStore) throws -> [PastEvent] {
        var settings = model.settings
        settings.classes[className] = rule
        if className == DetectionSettings.unknownClassName { settings.reportsUnknown = true }
        var packs = PackedScores()
        var replay = ScoreReplay(of: className, by: .fixed(settings)) {
            try store.scoreBlock($0, &packs)
        }
        return try replay.events(of: past).filter { $0.start >= from && $0.start < to }
            .sorted { $0.start < $1.start }
    }

    private func message(
        was: [StoredEvent],
        wouldBe: [PastEvent],
        zone: Zone
    ) -> WhatIfMessage {
        var message = WhatIfMessage(
            className: className,
            modelName: model.name,
            from: from,
            to: to,
            ruleInForce: SoundRuleMessage(ruleInForce),
            rule: SoundRuleMessage(rule)
        )
        let before = SoundTimes(was.map { ($0.source, $0.start, $0.end ?? to) })
        let after = SoundTimes(wouldBe.map { ($0.source, $0.start, $0.end) })
        let come = wouldBe.filter { !before.overlap($0.source, $0.start, $0.end) }
        let go = was.filter { !after.overlap($0.source, $0.start, $0.end ?? to) }
        (message.was, message.wouldBe) = (was.count, wouldBe.count)
        (message.comeCount, message.goCount) = (come.count, go.count)
        message.come = come.suffix(limit).reversed().map {
            WhatIfEventMessage(
                id: nil,
                source: $0.source,
                start: $0.start,
                end: $0.end,
                peakScore: Double($0.peakScore)
            )
        }
        message.go = go.suffix(limit).reversed().map {
            WhatIfEventMessage(
                id: $0.id,
                source: $0.source,
                start: $0.start,
                end: $0.end,
                peakScore: $0.peakScore
            )
        }
        var days: [String: (was: Int, wouldBe: Int)] = [:]
        for event in was { days[zone.day(of: event.start), default: (0, 0)].was += 1 }
        for event in wouldBe { days[zone.day(of: event.start), default: (0, 0)].wouldBe += 1 }
        message.perDay = days.sorted { $0.key < $1.key }.map {
            WhatIfDayMessage(day: $0.key, was: $0.value.was, wouldBe: $0.value.wouldBe)
        }
        return message
    }

    func remarks(unscored: Int, past: PastBlocks) -> [String] {
        var remarks: [String] = []
        if past.heads.isEmpty {
            remarks.append(
                "There are no scores of this time; storage.score_days says how long they are kept."
            )
        } else if unscored > 0 {
            remarks.append(
                "\(unscored) more event(s) were recorded while there are no scores, and are not counted."
            )
        }
        if past.heads.contains(where: { $0.ruleSet == nil }) {
            remarks.append(
                "Some scores are of an earlier version: their events are dated less exactly."
            )
        }
        if model.isVerified {
            remarks.append(
                "Of what would come, a second model (detection.verify) would refuse some."
            )
        }
        return remarks
    }
}

extension Zone {
    /// The local date of a moment, such as `2026-11-29`.
    fileprivate func day(of moment: Date) -> String { wallTime(at: moment).dateText }
}
