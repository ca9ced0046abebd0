import Detection
import Dispatch
package import EventStore
package import Foundation
import Logging
package import Messages
import ModelLibrary

/// Writes down what the sources report, and tells those who listen what is written.
///
/// An event is shown only once the disk has it: in the database, or in the spool while the
/// database cannot be written. Everything happens on a queue of its own, so that a slow disk holds
/// up neither the analysis nor the API.
package actor EventRecorder {
    private let executor = SerialQueueExecutor(label: "earwitness.recorder")
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    let store: EventStore
    let models: [SoundModel]
    /// The models by the key of their identity.
    let modelsByKey: [String: SoundModel]
    let feed: LiveFeed
    let log: Logger
    /// Told of the number that an event has in the history, as soon as the database has it.
    let identified: @Sendable (_ place: EventPlace, _ id: Int64) -> Void
    /// The present by the world's clock.
    let now: @Sendable () -> Date
    /// What is yet to be told of numbers.
    var unidentified: [(place: EventPlace, id: Int64)] = []
    var backlog: StoreBacklog
    var reported = ReportedTroubles()
    var rescues: [RescueReport] = []
    var isOpening = false
    var integrity: IntegritySchedule
    var checkedAt: Date?
    var tracks: [Track]
    private var lastClockStep: ClockStep?

    /// What coverage says of time that was captured and that no window looked at.
    private static let unseenReason = "no processor time: windows were left out"

    /// Makes ready to write; the history itself is opened later, while the sources are listened to
    /// already.
    ///
    /// - Parameters:
    ///   - store: The history, opened or not.
    ///   - models: The models in use.
    ///   - sources: The sources that are listened to.
    ///   - spoolFolders: Where entries wait while the history cannot be written, the best first.
    ///   - feed: Who listens.
    ///   - log: What the person in charge should know.
    ///   - identified: Told of the number that an event has in the database.
    ///   - now: The present by the world's clock.
    init(
        store: EventStore,
        models: [SoundModel],
        sources: [Source],
        spoolFolders: [String],
        feed: LiveFeed,
        log: Logger,
        identified: @escaping @Sendable (_ place: EventPlace, _ id: Int64) -> Void = { _, _ in },
        now: @escaping @Sendable () -> Date = WorldTime.system.now
    ) {
        self.store = store
        self.models = models
        self.feed = feed
        self.log = log
        self.identified = identified
        var byKey: [String: SoundModel] = [:]
        for model in models { byKey[model.identity.key] = model }
        modelsByKey = byKey
        let identities = models.map(\.identity)
        backlog = StoreBacklog(
            models: identities,
            sources: sources.map { ($0.name, $0.device) },
            spool: EventSpool(folders: spoolFolders, models: identities),
            numbers: EventNumbers(folder: (store.path as NSString).deletingLastPathComponent)
        )
        if store.fault == nil {
            backlog.opened(store, wasDamaged: false)
        } else if let last = store.glimpsedLastEventID() {
            backlog.numbers.raise(pastDatabase: last)
        }
        let started = now()
        self.now = now
        integrity = IntegritySchedule(now: .now)
        backlog.append(.started(at: started))
        tracks = sources.map { source in
            Track(
                condition: SourceCondition(
                    name: source.name,
                    device: source.device,
                    calibrationDB: source.calibrationDB,
                    since: started,
                    scores: Array(repeating: [], count: source.models.count)
                ),
                models: source.models,
                coverage: CoverageTracker(start: started),
                health: source.models.map { ScoreHealth(models[$0]) }
            )
        }
    }

    /// What every source is doing, in the order of the configuration.
    package var conditions: [SourceCondition] {
        tracks.indices.map { source in
            var condition = tracks[source].condition
            condition.scoreFaults = scoreFaults(of: source)
            return condition
        }
    }

    /// Why nothing can be written at the moment; nil when all is well.
    package var storeFault: StoreError? { backlog.fault }

    /// How many entries wait in memory to be written.
    package var waitingEntries: Int { backlog.waitingEntries }

    /// How many entries wait in the spool for the database.
    package var spooledEntries: Int { backlog.spooledEntries }

    /// The events that go on at the moment.
    package var ongoingEvents: [EventMessage] {
        tracks.flatMap(\.events.values).filter { $0.isDurable && $0.record.end == nil }
            .map { message($0.record) }.sorted { $0.id < $1.id }
    }

    /// Takes in what a source reports.
    package func take(_ report: SourceReport, from source: Int) {
        switch report {
        case .listening(let format, let hopSeconds, let date):
            began(source, format: format, hopSeconds: hopSeconds, at: date)
        case .hop(let hop, let model, let time, let drift):
            note(hop, model: model, time: time, driftPPM: drift, of: source)
        case .level(let reading):
            tracks[source].condition.soundLevel = reading
        case .minute(let minute):
            note(minute, of: source)
        case .began(let event, let model, let start, let arrival):
            let place = EventPlace(source: source, model: model, number: event.number)
            begin(event, start: start, arrival: arrival, at: place)
        case .ended(let event, let model, let end):
            let place = EventPlace(source: source, model: model, number: event.number)
            finish(event, end: end, at: place)
        case .lost(let samples, let time):
            tracks[source].condition.lostSamples += samples
            tracks[source].condition.losses += 1
            cover(source, .lost, time: time, lostSamples: samples)
        case .leftOut(let windows, let unseen):
            tracks[source].condition.windowsLeftOut += Int64(windows)
            if let unseen { cover(source, .lost, time: unseen, reason: Self.unseenReason) }
        case .silent(let reason, let date):
            enter(.absent(reason: reason), source, at: date)
        case .absent(let reason, let time):
            enter(.absent(reason: reason), source, at: time.lowerBound)
            cover(source, .absent, time: time, reason: reason)
        case .suspended(let time):
            cover(source, .stopped, time: time, reason: "the machine was suspended")
        case .hopChanged(let stride, let waitingSeconds):
            change(source, stride: stride, waitingSeconds: waitingSeconds)
        case .clockStepped(let seconds, let date):
            noteClockStep(bySeconds: seconds, at: date, of: source)
        case .finished(let reason, let date):
            enter(.finished(reason: reason), source, at: date)
            flush(source)
        }
        write()
    }

    /// Removes what the history need not keep.
    ///
    /// - Returns: The clips of events that went, relative to the folder of clips.
    package func applyRetention(_ policy: RetentionPolicy) -> [String] {
        do throws(StoreError) {
            let report = try store.applyRetention(policy, now: now())
            if report.removedEvents > 0 || report.removedScoreBlocks > 0 {
                log.info(
                    "Removed \(report.removedEvents) event(s) and \(report.removedScoreBlocks) block(s) of scores that are past their time."
                )
            }
            return report.orphanedClips
        } catch {
            log.warning("Old history was not removed. \(error)")
            return []
        }
    }

    /// Says in the log when a source begins or ceases to hear.
    ///
    /// - Parameter faults: Why each source does not hear, in their order; nil for those that do.
    package func note(faults: [String?]) {
        for (source, fault) in faults.enumerated() where fault != tracks[source].fault {
            let name = "\(tracks[source].condition.name)"
            if let fault {
                log.warning("\(fault)", metadata: ["source": "\(name)"])
            } else {
                log.notice("The microphone hears again.", metadata: ["source": "\(name)"])
            }
            tracks[source].fault = fault
        }
    }

    /// Gives what is known of the present to the history, so that a query can count it.
    package func settle() {
        for source in tracks.indices {
            flushCoverage(source)
        }
        write()
    }

    /// Every source's clock tells of the same step; the history has it once.
    private func noteClockStep(bySeconds seconds: Double, at date: Date, of source: Int) {
        tracks[source].coverage.clockStepped(bySeconds: seconds)
        if let last = lastClockStep, abs(last.seconds - seconds) < 1,
            abs(last.date.timeIntervalSince(date)) < 5
        {
            return
        }
        let step = ClockStep(date: date, seconds: seconds, firstEventID: backlog.numbers.upcoming)
        lastClockStep = step
        backlog.append(.clockStepped(step))
        log.warning(
            "The wall clock was set by \(String(format: "%+.1f", seconds)) s; it shows \(date) now."
        )
    }
}

extension EventRecorder {
    /// Tries again to write what waits, and to open the history if it has to be opened again.
    package func retry() async {
        await openHistory()
        write()
    }

    /// Opens the history if that is due: checking a large one takes a while, in which entries go
    /// on being taken in.
    package func openHistory() async {
        guard !isOpening, let fault = store.fault else { return }
        isOpening = true
        defer { isOpening = false }
        if case .notOpenYet = fault {} else { tell(fault) }
        do {
            let rescue = try await Self.open(store, now: now())
            backlog.opened(store, wasDamaged: rescue != nil)
            integrity.checked(at: .now)
            checkedAt = now()
            if let rescue {
                rescues.append(rescue)
                log.error("\(rescue.description)")
            }
        } catch {
            // The store keeps why; writing tells of it.
        }
        write()
    }

    /// Writes everything that is left.
    package func close() async {
        for source in tracks.indices {
            flush(source)
        }
        await openHistory()
        write()
        guard backlog.waitingEntries > 0 else { return }
        log.critical("\(backlog.waitingEntries) entries could be written nowhere and are lost.")
    }

    private static func open(
        _ store: EventStore,
        now: Date
    ) async throws -> RescueReport? {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try store.open(now: now) })
            }
        }
    }
}

extension EventRecorder {
    /// When the history was last looked at as a whole and nothing was wrong; nil: not yet.
    package var historyChecked: Date? { checkedAt }

    /// How often damage was found since the start.
    package var rescueCount: Int { rescues.count }

    /// Looks at the whole history for damage if that is due, beside those who write and read it.
    ///
    /// What it finds is mended by the next retry, as at the start. It may take minutes and ends
    /// early when the task is cancelled.
    /// - Parameter interval: How often; nil: only when it is opened.
    package func checkHistory(every interval: Duration?) async {
        guard !isOpening, store.fault == nil,
            integrity.isDue(at: .now, every: interval, isQuiet: isQuiet)
        else { return }
        let began = ContinuousClock.now
        do {
            try await Self.run(try store.makeIntegrityCheck())
            checkedAt = now()
            let seconds = (ContinuousClock.now - began) / .seconds(1)
            log.info(
                "The event history was checked and is whole; that took \(String(format: "%.1f", seconds)) s."
            )
        } catch StoreError.interrupted {
            return
        } catch {
            log.error("The regular check of the event history failed. \(error)")
        }
        integrity.checked(at: .now)
    }

    /// Whether no source hears anything at the moment.
    private var isQuiet: Bool {
        tracks.allSatisfy { $0.events.isEmpty && $0.condition.gate == .closed }
    }

    private static func run(_ check: IntegrityCheck) async throws {
        try await withTaskCancellationHandler {
            try Task.checkCancellation()
            try await withCheckedThrowingContinuation { continuation in
                DispatchQueue.global(qos: .utility).async {
                    continuation.resume(with: Result { try check.run() })
                }
            }
        } onCancel: {
            check.interrupt()
        }
    }
}

/// Runs an actor on a dispatch queue of its own, so that it may block on the disk.
final class SerialQueueExecutor: SerialExecutor {
    private let queue: DispatchQueue

    /// Makes the queue.
    ///
    /// - Parameter label: The queue's name, for debuggers.
    init(label: String) {
        queue = DispatchQueue(label: label)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedSerialExecutor()
        queue.async { job.runSynchronously(on: executor) }
    }
}
