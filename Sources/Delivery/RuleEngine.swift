package import Foundation
package import Logging
package import Messages
import Platform
package import Settings

/// Where the engine finds events that it did not see live.
package struct EventHistory: Sendable {
    /// The events with a number above one, begun since a time, in the order of their numbers.
    package var after: @Sendable (_ number: Int64, _ since: Date) throws -> [EventMessage]
    /// Events by their numbers.
    package var numbered: @Sendable (_ numbers: [Int64]) throws -> [EventMessage]

    /// Creates the value from its functions.
    package init(
        after: @escaping @Sendable (_ number: Int64, _ since: Date) throws -> [EventMessage],
        numbered: @escaping @Sendable (_ numbers: [Int64]) throws -> [EventMessage]
    ) {
        self.after = after
        self.numbered = numbered
    }
}

/// Follows what the monitor hears and makes messages of it as the rules say, of each event once.
///
/// How far it has read is saved with the messages that it made of that, so that after a kill it
/// goes on where it was: events that came meanwhile are read from the history.
package actor RuleEngine {
    /// The name under which its progress is saved.
    static let reader = "rules"
    /// Older events are not read again, in seconds.
    private static let horizon: Double = 86_400
    /// How long progress without a message waits to be saved, in seconds.
    private static let saveInterval: Double = 30

    private let executor = SerialQueueExecutor(label: "earwitness.rules")
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    private let outbox: Outbox
    private let history: EventHistory
    private let clockIsSet: @Sendable () -> Bool
    private let now: @Sendable () -> Date
    private let log: Logger
    private var rules: [Rule] = []
    /// Wakes who waits for rules.
    private let changes = AsyncStream.makeStream(
        of: Void.self,
        bufferingPolicy: .bufferingNewest(1)
    )
    private var progress = EngineProgress()
    /// Messages that could not be written yet.
    private var unsaved: [NewMessage] = []
    private var isChanged = false
    private var lastSave: Date
    private var lastTick = Date.distantPast
    /// Whether events may have come that were not seen.
    private var hasGap = true
    /// Since when the history can't be read.
    private var unreadableSince: Date?
    private var status: StatusMessage?
    /// Why the history or the outbox does not work, while it does not.
    private var trouble: String?

    /// Prepares to follow; progress that was saved is taken up.
    ///
    /// - Parameters:
    ///   - outbox: Where the messages go.
    ///   - history: Where missed events are.
    ///   - clockIsSet: Whether the machine's clock is synchronised.
    ///   - now: The present.
    ///   - log: The service's log.
    package init(
        outbox: Outbox,
        history: EventHistory,
        clockIsSet: @escaping @Sendable () -> Bool = { true },
        now: @escaping @Sendable () -> Date = { Date() },
        log: Logger
    ) {
        self.outbox = outbox
        self.history = history
        self.clockIsSet = clockIsSet
        self.now = now
        self.log = log
        lastSave = now()
        do {
            if let saved = try outbox.progress(of: Self.reader) {
                progress = try NewsCoding.decoder.decode(EngineProgress.self, from: saved.state)
                progress.last = saved.lastEvent
            }
        } catch {
            log.warning("Rules begin anew; what they remembered cannot be read (\(error)).")
        }
    }

    /// Puts other rules in force; one whose condition stays the same goes on with what it
    /// remembers.
    package func apply(_ settings: [String: RuleSettings]) {
        rememberRules()
        let time = now()
        rules = settings.sorted { $0.key < $1.key }.map { name, settings in
            var rule = Rule(name: name, settings: settings, now: time)
            if let saved = progress.rules[name], saved.condition == settings.conditionText {
                rule.restore(saved.state)
            }
            return rule
        }
        progress.rules = [:]
        rememberRules()
        isChanged = true
        changes.continuation.yield()
    }

    private func rememberRules() {
        for rule in rules {
            progress.rules[rule.name] = .init(
                condition: rule.settings.conditionText,
                state: rule.state
            )
        }
    }

    // MARK: - Following

    /// Follows until the task is cancelled.
    ///
    /// - Parameter follow: Begins to follow what the monitor publishes; the stream ends when this
    ///   falls behind, or the monitor stops.
    package func run(follow: @Sendable () -> AsyncStream<LiveMessage>) async {
        while !Task.isCancelled {
            // Following costs the monitor a status every few seconds.
            guard !rules.isEmpty else {
                for await _ in changes.stream { break }
                continue
            }
            let messages = follow()
            hasGap = true
            letTimePass(isStart: true)
            for await message in messages { receive(message) }
            save(always: true)
            try? await Task.sleep(for: .seconds(1))
        }
        save(always: true)
    }

    /// Takes a live message.
    package func receive(_ message: LiveMessage) {
        switch message {
        case .event(let event):
            update(event, at: now())
            save()
        case .status(let status):
            self.status = status
            letTimePass()
        case .level, .scores: if now() - lastTick >= 1 { letTimePass() }
        case .clip, .near: break
        }
    }

    /// Takes an event as it is now, unless this was seen of it before.
    private func update(_ event: EventMessage, at time: Date) {
        let isOpen = progress.open.contains(event.id)
        if !isOpen, event.id <= progress.last, event.start > progress.lastOnset {
            // The history was begun anew, and with it the numbers.
            progress.last = event.id - 1
        }
        let isNew = event.id > progress.last && !progress.seen.contains(event.id)
        guard isOpen ? event.end != nil : isNew else { return }
        if event.end == nil {
            progress.open.insert(event.id)
        } else {
            progress.open.remove(event.id)
        }
        if !isOpen {
            // Another source's event may come late, or some may wait in the spool.
            if event.id > progress.last + 1 { hasGap = true }
            if hasGap { progress.seen.insert(event.id) } else { progress.last = event.id }
        }
        progress.lastOnset = max(progress.lastOnset, event.start)
        isChanged = true
        for index in rules.indices { send(rules[index].update(event, at: time), of: index) }
    }

    private func letTimePass(isStart: Bool = false) {
        lastTick = now()
        if hasGap { catchUp() }
        for index in rules.indices {
            let isListening = !isStart && hears(rules[index])
            send(rules[index].tick(at: lastTick, isListening: isListening), of: index)
            if let status {
                let unknown = Self.unknownFaults(status)
                let notices = rules[index].update(
                    faults: faults(of: status),
                    unknown: unknown,
                    at: lastTick
                )
                send(notices, of: index)
            }
        }
        save()
    }

    /// Reads the events that were not seen live.
    private func catchUp() {
        do {
            let ended = try history.numbered(progress.open.sorted()).filter { $0.end != nil }
            let missed = try history.after(progress.last, now() - Self.horizon)
            for event in (ended + missed).sorted(by: { $0.start < $1.start }) {
                for index in rules.indices {
                    send(rules[index].passTime(to: event.start), of: index)
                }
                update(event, at: event.end ?? event.start)
            }
            let read = (missed.map(\.id) + progress.seen).max() ?? 0
            progress.last = max(progress.last, read)
            progress.seen = []
            hasGap = false
            isChanged = true
            unreadableSince = nil
            recover("Rules read the event history again.")
        } catch {
            // At the start the history is checked first, which takes a while.
            let since = unreadableSince ?? now()
            unreadableSince = since
            if now() - since > Self.saveInterval {
                report("Rules cannot read the event history: \(error)")
            }
        }
    }

    // MARK: - The monitor itself

    /// Whether a source that a rule is about is listened to.
    private func hears(_ rule: Rule) -> Bool {
        guard let status else { return false }
        let names = rule.settings.when.sources
        let sources = status.sources.filter { names.isEmpty || names.contains($0.name) }
        return !sources.isEmpty
            && sources.allSatisfy { $0.state == .listening || $0.state == .gated }
    }

    /// The faults of which a status says nothing: whether a source that is about to begin hears.
    private static func unknownFaults(_ status: StatusMessage) -> Set<MonitorFault> {
        status.sources.contains { $0.state == .opening } ? [.deaf] : []
    }

    private func faults(of status: StatusMessage) -> [MonitorFault: String] {
        var faults: [MonitorFault: String] = [:]
        let deaf = status.sources.filter { $0.state == .absent || $0.state == .fault }
        if !deaf.isEmpty {
            faults[.deaf] = deaf.map { source in
                "\(source.name) hears nothing" + (source.reason.map { ": \($0)" } ?? "")
            }.joined(separator: "; ")
        }
        if let fault = status.database.fault ?? status.clips.fault { faults[.disk] = fault }
        if !clockIsSet() { faults[.clock] = "The clock is not synchronised" }
        return faults
    }

    // MARK: - Messages

    private func send(_ notices: [Notice], of index: Int) {
        for notice in notices {
            let settings = rules[index].settings
            for (channel, action) in settings.channels(ofRule: rules[index].name) {
                do {
                    let isPublished = action.kinds == [.publish]
                    unsaved.append(
                        NewMessage(
                            channel: channel,
                            key: isPublished ? "\(notice.rule)/\(notice.key)" : notice.key,
                            payload: isPublished
                                ? try PublishRequest(action.publish, notice).encoded
                                : try NewsCoding.encoder.encode(notice),
                            createdAt: notice.time,
                            expiresAt: notice.time + settings.giveUpSeconds
                        )
                    )
                } catch {
                    log.error("The rule '\(notice.rule)' has a template that fails: \(error)")
                }
            }
        }
    }

    /// Writes messages at once, and progress alone now and then.
    private func save(always: Bool = false) {
        let isDue = always || now() - lastSave >= Self.saveInterval
        guard !unsaved.isEmpty || (isChanged && isDue) else { return }
        rememberRules()
        do {
            let saved = ReaderProgress(
                reader: Self.reader,
                lastEvent: progress.last,
                state: try NewsCoding.encoder.encode(progress)
            )
            try outbox.append(unsaved, progress: saved)
            unsaved = []
            isChanged = false
            lastSave = now()
            recover("Messages are written again.")
        } catch {
            report("Messages cannot be written and wait in memory: \(error)")
        }
    }

    private func report(_ words: String) {
        if trouble == nil { log.warning("\(words)") }
        trouble = words
    }

    private func recover(_ words: String) {
        if trouble != nil { log.notice("\(words)") }
        trouble = nil
    }
}

/// How far the engine has come.
struct EngineProgress: Codable, Sendable, Equatable {
    struct SavedRule: Codable, Sendable, Equatable {
        /// The condition in words; what was remembered for another one is of no use.
        var condition: String
        var state: RuleState
    }

    /// The number up to which every event was seen.
    var last: Int64 = 0
    /// The latest onset of an event that was seen.
    var lastOnset = Date(timeIntervalSince1970: 0)
    /// The numbers above it that were seen.
    var seen: Set<Int64> = []
    /// The events that were seen to begin and not to end.
    var open: Set<Int64> = []
    /// What the rules remember, by name.
    var rules: [String: SavedRule] = [:]
}

extension Rule {
    /// Lets time pass up to a moment, stopping wherever something is due.
    package mutating func passTime(to end: Date) -> [Notice] {
        var notices: [Notice] = []
        var steps = 0
        // A rule that quiet hours hold back stays due.
        while let due = nextDeadline, due <= end, steps < 1_000 {
            let state = self.state
            notices += tick(at: due)
            if self.state == state { break }
            steps += 1
        }
        return notices
    }
}

extension RuleSettings {
    /// The condition in words, by which it is known again.
    var conditionText: String {
        let digest = digestSeconds.map { "digest \($0)" } ?? ""
        return RuleCondition.settings.values(of: when).map { "\($0.key)=\($0.text)" }
            .joined(separator: " ") + digest
    }

    /// The channel of each action: the rule's name and the kind of receiver.
    package func channels(ofRule name: String) -> [(channel: String, action: RuleAction)] {
        var counts: [String: Int] = [:]
        return then.map { action in
            let kind = action.kinds.first
            if kind == .publish { return (PublishRequest.channel, action) }
            let base = "\(name)/\(kind?.rawValue ?? "")"
            counts[base, default: 0] += 1
            let count = counts[base, default: 1]
            return (count == 1 ? base : "\(base)-\(count)", action)
        }
    }
}
