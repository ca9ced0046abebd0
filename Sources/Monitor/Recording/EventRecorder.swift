import Detection
package import EventStore
import Foundation
import Logging
package import Messages
import ModelLibrary
import Platform
import Realtime
import Synchronization

/// Writes what the sources report into the history, and publishes what is written.
///
/// An event is published only once the disk has it: in the database, or in the spool while the
/// database cannot be written. All of it runs on its own queue, so that a slow disk blocks neither
/// the analysis nor the API.
package actor EventRecorder {
    let executor = SerialQueueExecutor(label: "earwitness.recorder")
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    private let store: EventStore
    /// The models by the key of their identity, also those whose learnt sounds have changed since.
    private var modelsByKey: [String: SoundModel]
    private let feed: LiveFeed
    private let log: Logger
    /// Called with the number that an event has in the history, as soon as the database has it.
    private let onIdentified: @Sendable (_ key: EventKey, _ id: Int64) -> Void
    /// The present by the world's clock.
    private let now: @Sendable () -> Date

    private var tracks: [SourceTrack]
    private(set) var backlog: StoreBacklog
    /// Events that are durable and whose number the database has yet to confirm.
    private var unconfirmed: [(key: EventKey, id: Int64)] = []
    private var troubles: HistoryTroubles
    private var rescues: [RescueReport] = []
    private var isOpening = false
    /// Whether something waits to be written.
    private let waits = Atomic(true)
    /// Whether prints of sounds are kept.
    nonisolated let keepsPrints = Atomic(true)
    private var integrity: IntegritySchedule
    private var checkedAt: Date?
    private var lastClockStep: ClockStep?
    private var packing = ScorePacking()
    /// Events that are over and durable, since the start.
    private(set) var eventCounts: [MonitorMeters.EventKey: Int] = [:]
    let writes = DurationHistogram()

    /// Makes ready to write; the history itself is opened later, while the sources are listened to
    /// already.
    ///
    /// - Parameters:
    ///   - store: The history, opened or not.
    ///   - models: The models in use.
    ///   - sources: The sources that are listened to.
    ///   - spoolFolders: Where entries wait while the history cannot be written, the best first.
    ///   - feed: Where messages are published.
    ///   - log: The service's log.
    ///   - onIdentified: Called with the number that an event has in the database.
    ///   - now: The present by the world's clock.
    init(
        store: EventStore,
        models: [SoundModel],
        sources: [Source],
        spoolFolders: [String],
        feed: LiveFeed,
        log: Logger,
        onIdentified: @escaping @Sendable (_ key: EventKey, _ id: Int64) -> Void = { _, _ in },
        now: @escaping @Sendable () -> Date = WorldTime.system.now
    ) {
        self.store = store
        self.feed = feed
        self.log = log
        self.onIdentified = onIdentified
        self.now = now
        modelsByKey = Dictionary(models.map { ($0.identity.key, $0) }) { $1 }
        troubles = HistoryTroubles(log: log)
        integrity = IntegritySchedule(now: .now)
        backlog = StoreBacklog(
            models: models.map(\.identity),
            sources: sources.map { ($0.name, $0.device) },
            spool: EventSpool(folders: spoolFolders, models: models.map(\.identity)),
            numbers: EventNumbers(folder: (store.path as NSString).deletingLastPathComponent)
        )
        backlog.open(store)
        let start = now()
        backlog.append(.started(at: start))
        tracks = sources.map { source in
            SourceTrack(source, models: source.models.map { models[$0] }, start: start, log: log)
        }
    }

    // MARK: - Reports

    /// Records what a source reports, and writes what is to be written.
    func record(_ report: SourceReport, from source: SourceIndex) {
        apply(report, to: &tracks[source.rawValue], source)
        write()
    }

    private func apply(
        _ report: SourceReport,
        to track: inout SourceTrack,
        _ source: SourceIndex
    ) {
        switch report {
        case .listening(let format, let hopSeconds, let date):
            track.open(format, hopSeconds: hopSeconds, at: date)
        case .using(let models, let hopSeconds):
            for model in models { modelsByKey[model.identity.key] = model }
            backlog.add(models.map(\.identity))
            track.change(models, hopSeconds: hopSeconds, to: &backlog)
        case .judging(let settings):
            track.judge(by: settings, to: &backlog)
        case .hop(let hop, let model, let time, let drift):
            track.prints.isOn = keepsPrints.load(ordering: .relaxed)
            track.record(hop, of: model, time: time, driftPPM: drift, to: &backlog)
            guard feed.followerCount > 0 else { return }
            feed.publish(
                hop,
                of: track.soundModels[model.rawValue],
                isLeading: model == .leading,
                at: time.upperBound,
                source: track.present
            )
        case .level(let reading):
            track.record(reading)
        case .minute(let minute):
            track.record(minute, to: &backlog)
        case .began(let event, let model, let start, let arrival):
            let key = EventKey(source: source, model: model, number: event.number)
            track.begin(event, as: key, start: start, arrival: arrival, to: &backlog)
        case .ended(let event, let model, let end):
            let key = EventKey(source: source, model: model, number: event.number)
            track.end(event, as: key, end: end, to: &backlog)
        case .near(let miss, let model, let date):
            let model = track.soundModels[model.rawValue]
            feed.publish(
                .near(NearMessage(miss, model: model, source: track.present.name, at: date))
            )
        case .lost(let samples, let time):
            track.recordLoss(of: samples, time: time, to: &backlog)
        case .leftOut(let windows, let unseen):
            track.recordLeftOut(windows: windows, unseen: unseen, to: &backlog)
        case .silent(let reason, let date):
            track.enter(.absent(reason: reason), at: date)
        case .absent(let reason, let time):
            track.enter(.absent(reason: reason), at: time.lowerBound)
            track.cover(.absent, time: time, reason: reason, to: &backlog)
        case .suspended(let time):
            track.cover(.stopped, time: time, reason: "the machine was suspended", to: &backlog)
        case .hopChanged(let stride, let waitingSeconds):
            track.change(stride: stride, waitingSeconds: waitingSeconds, to: &backlog)
        case .clockStepped(let seconds, let date):
            track.stepClock(bySeconds: seconds)
            recordClockStep(bySeconds: seconds, at: date)
        case .finished(let reason, let date):
            track.enter(.finished(reason: reason), at: date)
            track.flush(to: &backlog)
        }
    }

    /// Every source reports the same step of the clock; the history has it once.
    private func recordClockStep(bySeconds seconds: Double, at date: Date) {
        if let last = lastClockStep, abs(last.seconds - seconds) < 1,
            abs(last.date.timeIntervalSince(date)) < 5
        {
            return
        }
        let step = ClockStep(date: date, seconds: seconds, firstEventID: backlog.nextEventID)
        lastClockStep = step
        backlog.append(.clockStepped(step))
        log.warning(
            "The wall clock was set by \(String(format: "%+.1f", seconds)) s, to \(date)."
        )
    }

    /// Logs when a source begins or ceases to hear.
    ///
    /// - Parameter faults: Each source's signal fault, in their order; nil for none.
    package func log(faults: [String?]) {
        for (source, fault) in faults.enumerated() { tracks[source].log(fault: fault) }
    }

    /// Gives what is known of the present to the history, so that a query can count it.
    ///
    /// - Parameter withPrints: Whether prints are given too, which makes rows of few.
    package func settle(withPrints: Bool = false) {
        for source in tracks.indices {
            tracks[source].flushCoverage(to: &backlog)
            if withPrints { tracks[source].prints.flush(hasEnded: false, to: &backlog) }
        }
        write()
    }

    // MARK: - Writing and publishing

    /// Writes what waits, publishes what is durable, and logs what changed about the history.
    private func write() {
        let began = ContinuousClock.now
        let durable = backlog.write(to: store, now: now())
        if !durable.isEmpty { writes.add(ContinuousClock.now - began) }
        for change in backlog.removeRenumbered() { renumber(change) }
        for entry in durable {
            switch entry {
            case .began(let event), .ended(let event): publish(event)
            case .started, .covered, .clockStepped: break
            }
        }
        confirmNumbers()
        troubles.logChanges(of: backlog)
        waits.store(!backlog.isEmpty, ordering: .relaxed)
    }

    /// Gives an event, its end and its clip the number that the database has it under.
    private func renumber(_ change: RenumberedEvent) {
        for source in tracks.indices { tracks[source].events.renumber(change) }
        // Events that this run numbered differ by their number alone.
        for index in unconfirmed.indices where unconfirmed[index].id == change.event.id {
            unconfirmed[index].id = change.id
        }
        guard change.isNew else { return }
        let event = change.event
        log.error(
            "Event number \(event.id) is already in the history: \(event.className) at \(event.start) was renumbered to \(change.id).",
            metadata: ["source": "\(event.source)"]
        )
    }

    /// Passes on the numbers of events once the database itself has them.
    private func confirmNumbers() {
        guard backlog.fault == nil, backlog.spooledEntries == 0 else { return }
        for (key, id) in unconfirmed { onIdentified(key, id) }
        unconfirmed = []
    }

    /// Publishes an event that is durable now.
    private func publish(_ event: EventRecord) {
        for source in tracks.indices {
            guard let (key, arrival) = tracks[source].events.markDurable(event) else { continue }
            unconfirmed.append((key, event.id))
            logLatency(of: event, arrival)
        }
        if event.end != nil { eventCounts[.init(event, modelsByKey[event.model]), default: 0] += 1 }
        var message = EventMessage(event, model: modelsByKey[event.model])
        // The clip of a long event is there before the event is over.
        if event.end != nil { message.clip = try? store.event(event.id)?.clipPath }
        feed.publish(.event(message))
    }

    /// Logs how long the way from the device into the database took.
    private func logLatency(of event: EventRecord, _ arrival: SourceReport.Arrival) {
        guard backlog.fault == nil, backlog.spooledEntries == 0 else { return }
        let now = Double(MonotonicClock.bootNow()) * 1e-9
        log.debug(
            "Event \(event.id) was written \(arrival.delays(at: now))",
            metadata: ["source": "\(event.source)"]
        )
    }

    // MARK: - The history as a whole

    /// Tries again to write what waits, and to open the history; quick where nothing is to be done.
    package nonisolated func retry() async {
        if isBehind { await openAndWrite() }
    }

    /// Whether the history can't be written, or lacks something.
    nonisolated var isBehind: Bool { store.fault != nil || waits.load(ordering: .relaxed) }

    private func openAndWrite() async {
        await openHistory()
        write()
    }

    /// Opens the history if that is due: checking a large one takes a while, in which reports are
    /// still recorded.
    package func openHistory() async {
        guard !isOpening, let fault = store.fault else { return }
        isOpening = true
        defer { isOpening = false }
        troubles.log(fault)
        do {
            let date = now()
            let rescue = try await runBlocking { [store] in try store.open(now: date) }
            backlog.reopen(store, wasDamaged: rescue != nil)
            integrity.restart(at: .now)
            checkedAt = now()
            if let rescue {
                rescues.append(rescue)
                log.error("\(rescue.description)")
            }
        } catch {
            // The store has the reason; `write()` logs it.
        }
        write()
    }

    /// Checks the whole history for damage if that is due, while it is written and read.
    ///
    /// The next retry rescues what is damaged, as at the start. The check may take minutes and ends
    /// early when the task is cancelled.
    /// - Parameter interval: How often; nil: only when the history is opened.
    package func checkHistory(every interval: Duration?) async {
        let isQuiet = tracks.allSatisfy(\.isQuiet)
        guard !isOpening, store.fault == nil,
            integrity.isDue(at: .now, every: interval, isQuiet: isQuiet)
        else { return }
        let began = ContinuousClock.now
        do {
            let check = try store.makeIntegrityCheck()
            try await withTaskCancellationHandler {
                try Task.checkCancellation()
                try await runBlocking(.utility) { try check.run() }
            } onCancel: {
                check.interrupt()
            }
            checkedAt = now()
            let seconds = String(format: "%.1f", (ContinuousClock.now - began) / .seconds(1))
            log.info("The integrity check of the event history passed in \(seconds) s.")
        } catch StoreError.interrupted {
            return
        } catch {
            log.error("The integrity check of the event history failed. \(error)")
        }
        integrity.restart(at: .now)
    }

    /// Packs some scores: little at a time, since what is reported meanwhile waits.
    package func packScores() {
        if !isBehind { packing.packSome(of: store, now: now()) }
    }

    /// Applies retention.
    ///
    /// - Returns: The clips of events that went, relative to the folder of clips.
    package func applyRetention(_ policy: RetentionPolicy) -> [String] {
        do throws(StoreError) {
            let report = try store.applyRetention(policy, now: now())
            if let remark = report.remark { log.info("\(remark)") }
            return report.orphanedClips
        } catch {
            log.warning("Old history was not removed. \(error)")
            return []
        }
    }

    /// Writes everything that is left.
    package func close() async {
        for source in tracks.indices { tracks[source].flush(to: &backlog) }
        await openAndWrite()
        guard backlog.waitingEntries > 0 else { return }
        log.critical("\(backlog.waitingEntries) entries could not be written and are lost.")
    }

    // MARK: - Status

    /// What every source is doing, in the order of the configuration.
    package var conditions: [SourceCondition] { tracks.map(\.present) }

    /// The same with the models of each, which its scores are of.
    var heard: [(condition: SourceCondition, models: [SoundModel])] {
        tracks.map { ($0.present, $0.soundModels) }
    }

    /// The history as `status` shows it.
    package var database: DatabaseStatusMessage {
        DatabaseStatusMessage(
            path: store.path,
            sizeBytes: store.size(),
            fault: backlog.fault?.description,
            waitingEvents: backlog.waitingEntries,
            spooledEvents: backlog.spooledEntries,
            checked: checkedAt,
            rescues: rescues.count
        )
    }

    /// Why nothing can be written at the moment; nil when all is well.
    package var storeFault: StoreError? { backlog.fault }

    /// Warnings for people, one line each.
    package var warnings: [String] { rescues.map(\.description) + backlog.warnings }

    /// The scores of up to the last minute, which the history does not have yet.
    package var unwrittenScores: [NamedScores] { tracks.flatMap(\.gatheredScores) }

    /// The events that go on at the moment.
    package var ongoingEvents: [EventMessage] {
        tracks.flatMap(\.events.published)
            .map { EventMessage($0, model: modelsByKey[$0.model]) }.sorted { $0.id < $1.id }
    }
}
