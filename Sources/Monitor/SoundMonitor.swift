package import EventStore
package import Foundation
package import Logging
package import Messages
package import ModelLibrary
import Platform
import Realtime
import ServiceLifecycle
package import Settings
import Synchronization

/// The monitor: all sources, from the device to the history.
///
/// A source's samples go through its ``SourceListener``: capture thread, ring, analysis thread
/// (``AnalysisWorker``, in `Analysis/MainPath.swift`). What is found leaves it as dated reports,
/// which the ``EventRecorder`` writes into the history and publishes on the ``LiveFeed``.
package final class SoundMonitor: Service {
    /// Publishes what happens.
    package let feed: LiveFeed
    /// Writes what happens into the history.
    package let recorder: EventRecorder
    /// Writes the sound of events.
    package let clips: ClipKeeper
    /// When this monitor was made.
    package let started: Date

    let listeners: [SourceListener]
    private let sources: [SourceSettings]
    private let floors: NoiseFloorMemory
    let store: EventStore
    private let inUse: Mutex<ModelAssignment>
    /// How many may listen live at once.
    let listenerLimit = Mutex(0)
    let log: Logger
    private let time: WorldTime
    private let version: String
    private let retention: Mutex<RetentionPolicy>
    private let checkInterval: Mutex<Duration?>

    /// Connects the sources, models and history; nothing runs yet.
    ///
    /// - Parameters:
    ///   - version: The program's version.
    ///   - sources: What to listen to.
    ///   - models: The models that name the sounds, and which source has which.
    ///   - settings: How the scores of each model are judged.
    ///   - store: The history, opened or not.
    ///   - floorsPath: The file of noise floors that the sources have learnt.
    ///   - spoolFolders: Where events wait while the history cannot be written, the best first.
    ///   - retention: How long the history is kept.
    ///   - checkInterval: How often the whole history is checked; nil: when it is opened.
    ///   - policy: Of which events the sound is stored, and where.
    ///   - pace: How many times as fast as real time recordings are played.
    ///   - time: The clocks of the world.
    ///   - log: The service's log.
    /// - Throws: When a recording can't be opened.
    package init(
        version: String,
        sources: [SourceSettings],
        models: ModelAssignment,
        settings: [AnalysisSettings],
        store: EventStore,
        floorsPath: String,
        spoolFolders: [String],
        retention: RetentionPolicy,
        checkInterval: Duration?,
        clips policy: ClipPolicy,
        pace: Double = 1,
        time: WorldTime = .system,
        log: Logger
    ) throws {
        self.time = time
        started = time.now()
        self.version = version
        self.retention = Mutex(retention)
        self.checkInterval = Mutex(checkInterval)
        self.store = store
        inUse = Mutex(models)
        self.log = log
        let feed = LiveFeed()
        self.feed = feed
        let clips = ClipKeeper(
            folder: policy.folder,
            store: store,
            sourceNames: sources.map(\.name),
            settings: policy.settings,
            removesAll: policy.removesAll,
            feed: feed,
            log: log,
            clock: time.now
        )
        self.clips = clips
        let floors = NoiseFloorMemory(path: floorsPath, log: log)
        self.floors = floors
        self.sources = sources
        let recorder = EventRecorder(
            store: store,
            models: models.models,
            sources: zip(sources, models.ofSources).map {
                EventRecorder.Source(
                    name: $0.name,
                    device: $0.input.description,
                    calibrationDB: $0.calibration?.fullScaleDB,
                    models: $1
                )
            },
            spoolFolders: spoolFolders,
            feed: feed,
            log: log,
            onIdentified: { clips.identify($0, as: $1) },
            now: time.now
        )
        self.recorder = recorder
        listeners = try sources.enumerated().map { index, source in
            try SourceListener(
                source: source,
                models: models.uses(ofSource: SourceIndex(index), settings: settings),
                messages: feed,
                clips: ClipDelivery(
                    source: SourceIndex(index),
                    settings: policy.settings,
                    deliver: { clips.receive($0) }
                ),
                pace: pace,
                knownFloor: floors.floor(of: source, at: time.now()),
                time: time
            ) { reports, recorded in
                recorder.receive(reports, from: SourceIndex(index), recorded: recorded)
            }
        }
        recorder.keepsPrints.store(retention.printDays != 0, ordering: .relaxed)
    }

    /// The models in use, with what was learnt for them.
    var models: ModelAssignment { inUse.withLock { $0 } }

    /// Runs until every source has ended or the service is stopped.
    ///
    /// What is open then is closed and written before this returns.
    package func run() async throws {
        for fault in models.models.compactMap(\.trialFault) { log.warning("\(fault)") }
        listeners.forEach { $0.start() }
        let clipWork = Task { [clips] in await clips.work() }
        await withGracefulShutdownHandler {
            await withTaskGroup { group in
                group.addTask { await self.recorder.openHistory() }
                group.addTask { await self.doChores() }
                group.addTask { await self.checkHistory() }
                for listener in self.listeners { await listener.waitForEnd() }
                group.cancelAll()
            }
        } onGracefulShutdown: {
            self.listeners.forEach { $0.requestStop() }
        }
        listeners.forEach { $0.stop() }
        saveNoiseFloors()
        await recorder.close()
        clips.finish()
        await clipWork.value
        feed.finish()
    }

    /// Changes how every source is judged, without losing a sample.
    ///
    /// - Parameter settings: Those of every model in use, in their order.
    package func apply(_ settings: [AnalysisSettings]) {
        for (listener, own) in zip(listeners, models.ofSources) {
            listener.apply(own.map { settings[$0.rawValue] })
        }
    }

    /// Goes on with the same models and other learnt sounds, without losing a sample.
    ///
    /// Events that go on end, and begin anew if their sound goes on.
    /// - Parameters:
    ///   - newer: The models in use, in their order.
    ///   - settings: Those of each of them.
    package func apply(_ newer: [SoundModel], _ settings: [AnalysisSettings]) {
        inUse.withLock { $0.models = newer }
        for (listener, own) in zip(listeners, models.ofSources) {
            listener.apply(own.map { newer[$0] }, own.map { settings[$0.rawValue] })
        }
    }

    /// Changes how long the history is kept.
    package func apply(_ policy: RetentionPolicy) {
        retention.withLock { $0 = policy }
        recorder.keepsPrints.store(policy.printDays != 0, ordering: .relaxed)
    }

    /// Changes how often the whole history is checked; nil: only when it is opened.
    package func apply(checkInterval: Duration?) {
        self.checkInterval.withLock { $0 = checkInterval }
    }

    /// Changes of which events the sound is stored, and for how long.
    package func apply(_ policy: ClipPolicy) {
        clips.apply(policy.settings, removesAll: policy.removesAll)
        listeners.forEach { $0.apply(policy.settings) }
    }

    /// Checks the history regularly, apart from the chores, which a long check must not hold up.
    private func checkHistory() async {
        while (try? await Task.sleep(for: IntegritySchedule.step)) != nil {
            await recorder.checkHistory(every: checkInterval.withLock { $0 })
        }
    }

    private func doChores() async {
        var schedule = ChoreSchedule(at: .now)
        var faults = listeners.map { _ in String?.none }
        while (try? await Task.sleep(
            for: ChoreSchedule.pause(isHistoryBehind: recorder.isBehind)
        )) != nil {
            for chore in schedule.removeDue(at: .now) { await perform(chore, &faults) }
        }
    }

    /// Does a chore; `faults` are the signal faults of the sources when they were logged last.
    private func perform(_ chore: Chore, _ faults: inout [String?]) async {
        switch chore {
        case .retryHistory:
            await recorder.retry()
        case .logSignalFaults:
            let present = listeners.map(\.fault)
            guard present != faults else { return }
            faults = present
            await recorder.log(faults: faults)
        case .makeRoomForHistory:
            guard recorder.isBehind, await recorder.storeFault?.isDiskFull ?? false else { return }
            await clips.tend(isStoreFull: true)
        case .tendClips:
            await clips.tend(isStoreFull: false)
        case .publishStatus:
            if feed.followerCount > 0 { feed.publish(.status(await status())) }
            listeners.forEach { $0.live.dismissWhereSilent() }
        case .applyRetention:
            let orphans = await recorder.applyRetention(retention.withLock { $0 })
            await clips.removeClips(at: orphans)
        case .packScores:
            await recorder.packScores()
        case .returnFreeMemory:
            SystemMemory.returnFree()
        case .saveNoiseFloors:
            saveNoiseFloors()
        }
    }

    private func saveNoiseFloors() {
        floors.save(Array(zip(sources, listeners.map(\.learntFloor))), at: time.now())
    }

    /// The sources as they can be followed live, in the order of the configuration.
    var liveSources: [LiveSource] {
        zip(sources, zip(listeners, models.ofSources)).map { source, heard in
            LiveSource(
                name: source.name,
                modelNames: heard.1.map { models.models[$0].name },
                live: heard.0.live
            )
        }
    }

    // MARK: - Status

    /// What the monitor is doing now.
    ///
    /// - Returns: The service, its models and history, and every source.
    package func status() async -> StatusMessage {
        let heard = await recorder.heard
        let models = models
        let present = await clips.present
        return StatusMessage(
            version: version,
            started: started,
            uptimeSeconds: time.now().timeIntervalSince(started),
            models: models.models.map {
                ModelStatusMessage(name: $0.name, version: $0.version, classCount: $0.classes.count)
            },
            database: await recorder.database,
            clips: present.message,
            listenLive: listenerLimit.withLock { $0 },
            sources: zip(heard, listeners).map {
                SourceStatusMessage($0.condition, listener: $1, models: $0.models)
            },
            ongoing: await recorder.ongoingEvents,
            warnings: await recorder.warnings
                + zip(heard, listeners).compactMap { $1.warning(of: $0.condition.name) }
                + present.warnings
                + [
                    FreeRoom.read(store.path).flatMap(\.warning),
                    present.wait(historyFault: await recorder.storeFault),
                ].compactMap(\.self)
        )
    }
}
