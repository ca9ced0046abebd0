package import Foundation
package import Messages
package import Platform
package import Settings

/// A rule with what it remembers: events and the time go in, news comes out.
package struct Rule: Sendable {
    /// The rule's name.
    package let name: String
    /// What it waits for and does.
    package let settings: RuleSettings
    private let zone: Zone
    /// What it remembers, which is saved with the messages that it made.
    package private(set) var state: RuleState

    private var when: RuleCondition { settings.when }
    private var match: EventMatch { EventMatch(when, zone: zone) }

    /// Begins to watch.
    ///
    /// - Parameters:
    ///   - name: The rule's name.
    ///   - settings: What it waits for.
    ///   - zone: Whose clocks times of day are of.
    ///   - now: The present, before which nothing counts.
    package init(name: String, settings: RuleSettings, zone: Zone = .local, now: Date) {
        self.name = name
        self.settings = settings
        self.zone = zone
        state = RuleState(began: now)
    }

    /// Goes on with what was remembered.
    package mutating func restore(_ state: RuleState) { self.state = state }

    // MARK: - Events

    /// Takes an event that began or is over; one that was short may come only once, over.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - now: The present.
    /// - Returns: What there is to tell.
    package mutating func update(_ event: EventMessage, at now: Date) -> [Notice] {
        guard when.faults.isEmpty else { return [] }
        let due = tick(at: min(now, event.end ?? event.start))
        if !when.thenClasses.isEmpty { followSecond(event) }
        if when.isExpression { followOthers(event) }
        if event.start >= state.began, match.concerns(event, classes: triggers) {
            follow(event, at: now)
        }
        return due + sendable(at: now)
    }

    private mutating func follow(_ event: EventMessage, at now: Date) {
        let isOver = event.end != nil
        let wasTold = state.told.contains(event.id)
        if isOver {
            state.told.remove(event.id)
            state.lasting[event.id] = nil
        }
        if match.isStrong(event), when.isAbsence {
            state.lastHeard = max(state.lastHeard ?? .distantPast, event.end ?? event.start)
            state.isAbsenceTold = false
            if isOver { state.heard.remove(event.id) } else { state.heard.insert(event.id) }
            return
        }
        guard !when.isAbsence, !wasTold, match.isStrong(event) else { return }
        // The clip is written when the sound is over.
        if !isOver, settings.then.contains(where: { $0.webhook.attach == .clip }) { return }
        if let longer = when.longerThanSeconds {
            guard let length = event.durationSeconds else {
                state.lasting[event.id] = event
                return
            }
            guard length >= longer else { return }
        }
        if !isOver { state.told.insert(event.id) }
        accept(event, at: now)
    }

    /// An event that meets the condition by itself.
    private mutating func accept(_ event: EventMessage, at now: Date) {
        if when.isExpression {
            guard let others = others(than: event) else { return }
            tell(.of(event, rule: name, with: others), at: now)
        } else if !when.thenClasses.isEmpty {
            state.first = event
        } else if let count = when.count, let within = when.withinSeconds {
            state.times.append(event.start)
            let begin = event.start - within
            state.times.removeAll { $0 <= begin }
            guard state.times.count >= count else { return }
            let found = state.times.count
            state.times = []
            tell(.of(event, rule: name, count: found, within: within), at: now)
        } else {
            tell(.of(event, rule: name), at: now)
        }
    }

    /// What may follow the first event of a sequence.
    private mutating func followSecond(_ event: EventMessage) {
        guard let first = state.first, let within = when.withinSeconds, event.id != first.id,
            event.start >= first.start, event.start - first.start <= within,
            match.concerns(event, classes: when.thenClasses), match.isStrong(event)
        else { return }
        state.first = nil
        // One that is told of when it begins must not begin another sequence when it is over.
        if event.end == nil { state.told.insert(event.id) }
        tell(.of(event, rule: name, after: first), at: event.start)
    }

    // MARK: - Several classes

    /// The classes of which an event can meet the condition; empty: all.
    private var triggers: [String] { when.groups.flatMap(\.self) }

    /// Follows what must not be heard, and how long the rest is heard.
    private mutating func followOthers(_ event: EventMessage) {
        if event.end != nil { state.together?.updateEnd(of: event) }
        guard when.not.contains(event.className), match.isHeard(event) else { return }
        var sounds = state.contrary ?? RecentSounds()
        sounds.update(event, within: when.withinSeconds ?? 0)
        state.contrary = sounds
    }

    /// The labels of the sounds that with an event meet the condition; nil if it is not met.
    ///
    /// Then these are used up.
    private mutating func others(than event: EventMessage) -> [String]? {
        let within = when.withinSeconds ?? 0
        let time = event.start - within...event.start + within
        var sounds = state.together ?? RecentSounds()
        sounds.update(event, within: within)
        state.together = sounds
        guard state.contrary?.last(of: when.not, in: time) == nil else { return nil }
        var labels: [String] = []
        for group in when.groups where !group.contains(event.className) {
            guard let sound = sounds.last(of: group, in: time) else { return nil }
            labels.append(sound.label)
        }
        state.together = nil
        return labels
    }

    // MARK: - Faults

    /// Takes the faults that the monitor has at present, in words.
    ///
    /// - Parameters:
    ///   - faults: The faults that there are.
    ///   - unknown: Those of which it is not known whether they are there: they stay as they were.
    ///   - now: The present.
    /// - Returns: What there is to tell.
    package mutating func update(
        faults: [MonitorFault: String],
        unknown: Set<MonitorFault> = [],
        at now: Date
    ) -> [Notice] {
        guard !when.faults.isEmpty, match.isTime(now) else { return [] }
        for fault in when.faults {
            guard let words = faults[fault] else {
                guard !unknown.contains(fault) else { continue }
                let past = state.faults.removeValue(forKey: fault.rawValue)
                if let past { end(fault, past, at: now) }
                continue
            }
            var present = state.faults[fault.rawValue] ?? RuleState.Fault(since: now)
            if !present.isTold, now - present.since >= when.longerThanSeconds ?? 0 {
                present.isTold = true
                if when.over != .only {
                    present.isSent = tell(.ofFault(words, rule: name, at: present.since), at: now)
                }
            }
            state.faults[fault.rawValue] = present
        }
        return sendable(at: now)
    }

    /// Tells that a fault is over, if it was told that it is there, or had lasted for long enough.
    private mutating func end(_ fault: MonitorFault, _ past: RuleState.Fault, at now: Date) {
        let notice = Notice.ofRecovery(from: fault, rule: name, since: past.since, at: now)
        switch when.over {
        case .none: break
        case .also: if past.isSent == true { tell(notice, at: now, isSequel: true) }
        case .only: if past.isTold { tell(notice, at: now) }
        }
    }

    // MARK: - Time

    /// Lets time pass.
    ///
    /// - Parameters:
    ///   - now: The present.
    ///   - isListening: Whether the monitor could have heard what the rule waits for; while it
    ///     can't, nothing counts as absent.
    /// - Returns: What there is to tell.
    package mutating func tick(at now: Date, isListening: Bool = true) -> [Notice] {
        if let longer = when.longerThanSeconds {
            for (id, event) in state.lasting where now - event.start >= longer {
                state.lasting[id] = nil
                state.told.insert(id)
                accept(event, at: now)
            }
        }
        if !isListening { state.deafUntil = now }
        if let length = when.absentForSeconds { checkAbsence(for: length, at: now) }
        if let by = when.absentBy { checkAbsence(by: by, at: now) }
        return sendable(at: now)
    }

    /// When ``tick(at:isListening:)`` has something to do next; nil: only an event can change that.
    package var nextDeadline: Date? {
        var dates: [Date] = []
        if let longer = when.longerThanSeconds {
            dates += state.lasting.values.map { $0.start + longer }
        }
        if let length = when.absentForSeconds, !state.isAbsenceTold, state.heard.isEmpty {
            dates.append(silenceBegan + length)
        }
        if let by = when.absentBy {
            dates.append(deadline(by, after: state.checked ?? state.began))
        }
        if let digest = state.digest { dates.append(digest.due) }
        return dates.min()
    }

    private var silenceBegan: Date {
        max(state.lastHeard ?? state.began, state.deafUntil ?? .distantPast)
    }

    private mutating func checkAbsence(for length: Double, at now: Date) {
        guard !state.isAbsenceTold, state.heard.isEmpty, now - silenceBegan >= length,
            match.isTime(now)
        else { return }
        state.isAbsenceTold = true
        let deadline = silenceBegan + length
        tell(
            .ofAbsence(of: classWords, rule: name, since: state.lastHeard, by: deadline),
            at: deadline
        )
    }

    private mutating func checkAbsence(by time: TimeOfDay, at now: Date) {
        let deadline = deadline(time, after: state.checked ?? state.began)
        guard now >= deadline else { return }
        state.checked = deadline
        // After a long pause only the present day is of interest.
        guard now - deadline < 3_600 else { return }
        let wall = zone.wallTime(at: deadline)
        let midnight = ClockReading(of: wall.startOfDay(), in: zone).first
        guard match.isDay(wall), state.heard.isEmpty,
            (state.lastHeard ?? .distantPast) < midnight
        else { return }
        tell(.ofAbsence(of: classWords, rule: name, since: nil, by: deadline), at: deadline)
    }

    /// The first moment after another at which the clocks show a time.
    private func deadline(_ time: TimeOfDay, after moment: Date) -> Date {
        let day = zone.wallTime(at: moment).startOfDay()
        for offset in 0...2 {
            let wall = WallTime(
                clockSeconds: day.startOfDay(addingDays: offset).clockSeconds
                    + Int64(time.minutes * 60)
            )
            let date = ClockReading(of: wall, in: zone).first
            if date > moment { return date }
        }
        return moment + 86_400
    }

    private var classWords: String {
        when.classes.isEmpty
            ? "sound"
            : when.classes.map { $0.replacing("_", with: " ") }.joined(separator: " or ")
    }

    // MARK: - Telling

    /// Sends news, gathers it or leaves it out, as the rule says.
    ///
    /// - Parameters:
    ///   - notice: The news.
    ///   - now: The present.
    ///   - isSequel: Whether it belongs to news that was sent, and so follows without a cool-down.
    /// - Returns: Whether it was sent or gathered.
    @discardableResult
    private mutating func tell(_ notice: Notice, at now: Date, isSequel: Bool = false) -> Bool {
        if settings.digestSeconds != nil {
            gather(notice, at: now)
            return true
        }
        let isCooling = state.lastTold.map { abs(now - $0) < settings.cooldownSeconds } ?? false
        guard !isQuiet(now), isSequel || !isCooling else {
            state.suppressed += 1
            return false
        }
        state.lastTold = now
        var notice = notice
        if state.suppressed > 0 {
            let verb = state.suppressed == 1 ? "was" : "were"
            notice.text += " \(state.suppressed) more \(verb) not sent before."
        }
        state.suppressed = 0
        state.outgoing.append(notice)
        return true
    }

    private mutating func gather(_ notice: Notice, at now: Date) {
        var digest =
            state.digest
            ?? RuleState.Digest(began: notice.time, due: now + (settings.digestSeconds ?? 0))
        digest.counts[notice.event?.label ?? notice.title, default: 0] += max(1, notice.count)
        digest.last = notice
        state.digest = digest
    }

    /// What is to be sent now.
    private mutating func sendable(at now: Date) -> [Notice] {
        if let digest = state.digest, now >= digest.due, !isQuiet(now) {
            state.digest = nil
            state.outgoing.append(notice(of: digest, at: now))
        }
        defer { state.outgoing = [] }
        return state.outgoing
    }

    private func notice(of digest: RuleState.Digest, at now: Date) -> Notice {
        let counts = digest.counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let words = counts.map { "\($0.value) × \($0.key)" }.joined(separator: ", ")
        let count = digest.counts.values.reduce(0, +)
        let span = Words.duration(max(now - digest.began, 1))
        return Notice(
            rule: name,
            reason: .digest,
            time: digest.last?.time ?? now,
            title: words,
            text: "\(words) in \(span), since \(Words.time(digest.began)).",
            count: count,
            event: digest.last?.event,
            key: "digest/\(Int64(digest.began.timeIntervalSince1970 * 1000))"
        )
    }

    private func isQuiet(_ date: Date) -> Bool {
        guard let quiet = settings.quiet else { return false }
        let wall = zone.wallTime(at: date)
        return quiet.contains(minute: wall.hour * 60 + wall.minute)
    }
}
