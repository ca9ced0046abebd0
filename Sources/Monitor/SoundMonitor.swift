package import EventStore
package import Foundation
package import Logging
import Messages
import ModelLibrary
import ServiceLifecycle
package import Settings
import Synchronization

/// The whole monitor: every source on its way from the device to the history.
///
/// A source's samples go through its ``SourceListener``: capture thread, ring, analysis thread
/// (``SourceAnalysis``: level and gate, features, network, decision). What is found comes here as
/// dated reports, goes through the ``EventRecorder`` into the history, and from there to whoever
/// listens.
package final class SoundMonitor: Service {
    /// What listeners are told while the monitor runs.
    package let feed: LiveFeed
    /// Who writes.
    package let recorder: EventRecorder
    /// Who keeps the sound of events.
    package let clips: ClipKeeper
    /// When this monitor was made.
    package let started: Date

    let listeners: [SourceListener]
    private let sources: [SourceSettings]
    private let floors: NoiseFloorMemory
    let store: EventStore
    let models: ModelAssignment
    private let log: Logger
    let time: WorldTime
    let version: String
    private let retention: Mutex<RetentionPolicy>
    private let checkInterval: Mutex<Duration?>

    private static let secondsBetweenRetries = 1.0
    private static let retriesBetweenStatuses = 5
    private static let retriesBetweenCleanings = 3_600
    private static let retriesBetweenFloors = 600

    /// Joins the sources, the models and the history; nothing is listened to yet.
    ///
    /// - Parameters:
    ///   - version: The program's version.
    ///   - sources: What to listen to.
    ///   - models: The models that name the sounds, and which source has which.
    ///   - settings: How the scores of each model are judged.
    ///   - store: The history, opened or not.
    ///   - floorsPath: Where the noise floors are kept that the sources have learnt.
    ///   - spoolFolders: Where events wait while the history cannot be written, the best first.
    ///   - retention: How long the history is kept.
    ///   - checkInterval: How often the history is looked at as a whole; nil: when it is opened.
    ///   - policy: Of which events the sound is kept, and where.
    ///   - pace: How many times as fast as real time recordings are played.
    ///   - time: The clocks of the world.
    ///   - log: What the person in charge should know.
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
        self.models = models
        self.log = log
        feed = LiveFeed()
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
        listeners = try sources.enumerated().map { index, source in
            try SourceListener(
                source: source,
                models: models.uses(ofSource: index, settings: settings),
                clips: ClipDelivery(
                    source: index,
                    settings: policy.settings,
                    take: { clips.offer($0) }
                ),
                pace: pace,
                knownFloor: floors.floor(of: source, at: time.now()),
                time: time
            )
        }
        recorder = EventRecorder(
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
            identified: { clips.identify($0, as: $1) },
            now: time.now
        )
    }

    /// Listens until every source has ended or the service is told to stop.
    ///
    /// What is open then is closed and written before this returns.
    package func run() async throws {
        for fault in models.models.compactMap(\.trialFault) { log.warning("\(fault)") }
        listeners.forEach { $0.start() }
        let keeping = Task { [clips] in await clips.work() }
        await withGracefulShutdownHandler {
            await withTaskGroup { group in
                group.addTask { await self.recorder.openHistory() }
                group.addTask { await self.retryNowAndThen() }
                group.addTask { await self.checkNowAndThen() }
                await self.recordEverySource()
                group.cancelAll()
            }
        } onGracefulShutdown: {
            self.listeners.forEach { $0.requestStop() }
        }
        listeners.forEach { $0.stop() }
        keepFloors()
        await recorder.close()
        clips.finish()
        await keeping.value
        feed.finish()
    }

    /// Changes how every source is judged, without losing a sample.
    ///
    /// - Parameter settings: Those of every model in use, in their order.
    package func apply(_ settings: [AnalysisSettings]) {
        for (listener, own) in zip(listeners, models.ofSources) {
            listener.apply(own.map { settings[$0] })
        }
    }

    /// Changes how long the history is kept.
    package func apply(_ policy: RetentionPolicy) {
        retention.withLock { $0 = policy }
    }

    /// Changes how often the history is looked at as a whole; nil: only when it is opened.
    package func apply(checkInterval: Duration?) {
        self.checkInterval.withLock { $0 = checkInterval }
    }

    /// Changes of which events the sound is kept, and for how long.
    package func apply(_ policy: ClipPolicy) {
        clips.apply(policy.settings, removesAll: policy.removesAll)
        listeners.forEach { $0.apply(policy.settings) }
    }

    private func recordEverySource() async {
        await withTaskGroup { group in
            for (index, listener) in listeners.enumerated() {
                group.addTask { [recorder] in
                    for await report in listener.reports {
                        await recorder.take(report, from: index)
                    }
                }
            }
        }
    }

    /// Apart from the retries, which a long check must not hold up.
    private func checkNowAndThen() async {
        while (try? await Task.sleep(for: .seconds(Self.secondsBetweenRetries))) != nil {
            await recorder.checkHistory(every: checkInterval.withLock { $0 })
        }
    }

    private func keepFloors() {
        floors.keep(Array(zip(sources, listeners.map(\.learntFloor))), at: time.now())
    }

    private func retryNowAndThen() async {
        var retries = 0
        while (try? await Task.sleep(for: .seconds(Self.secondsBetweenRetries))) != nil {
            await recorder.retry()
            await recorder.note(faults: listeners.map(\.fault))
            await clips.tend(isStoreFull: recorder.storeFault?.isDiskFull ?? false)
            // Also keeps the connections of those who listen in silence alive.
            if retries.isMultiple(of: Self.retriesBetweenStatuses), feed.followerCount > 0 {
                feed.publish(.status(await status()))
            }
            if retries.isMultiple(of: Self.retriesBetweenCleanings) {
                let orphans = await recorder.applyRetention(retention.withLock { $0 })
                await clips.removeClips(at: orphans)
            }
            if retries % Self.retriesBetweenFloors == Self.retriesBetweenFloors - 1 { keepFloors() }
            retries += 1
        }
    }
}
