import AudioCapture
import LogMelFeatures
import ModelLibrary
import Realtime
import Settings
import Synchronization

/// One source from its device to its reports: feed, ring and analysis thread.
final class SourceListener: Sendable {
    /// What of the source can be followed while it is heard.
    let live: LiveSound

    private let feed: any SampleFeed
    private let worker: AnalysisWorker
    private let thread: DedicatedThread
    private let waiting = ReportCounter()
    private let dropped = ReportCounter()
    /// Ends when the source has ended.
    private let end: AsyncStream<Never>
    /// How long a window takes in the network, by the name of the model.
    let inference: [(model: String, seconds: DurationHistogram)]

    /// For how many seconds at least the ring takes the samples, at any rate, while the analysis is
    /// held up; what exceeds it waits in the device's own buffer.
    private static let ringSeconds = 20
    /// Reports that wait while the recorder is held up: a quarter of an hour of hops and levels.
    private static let mostWaitingReports = 8_192

    /// Joins a source's parts; nothing runs yet.
    ///
    /// - Parameters:
    ///   - source: What is listened to.
    ///   - models: The models that listen to it, at least one; all share one capture.
    ///   - messages: Where its scores are published.
    ///   - clips: Which clips are cut and where they go.
    ///   - pace: How many times as fast as real time a recording is played.
    ///   - knownFloor: The noise floor that its device is known to have; nil: it is learnt.
    ///   - time: The clocks of the world.
    ///   - record: Called on the analysis thread with what was found together, in order; it returns at
    ///     once and calls what it is given when that is recorded.
    /// - Throws: When a recording can't be opened.
    init(
        source: SourceSettings,
        models: [ModelUse],
        messages: LiveFeed,
        clips: ClipDelivery,
        pace: Double = 1,
        knownFloor: LearntFloor? = nil,
        time: WorldTime = .system,
        record:
            @escaping @Sendable (
                _ reports: [SourceReport], _ recorded: @escaping @Sendable () -> Void
            ) -> Void
    ) throws {
        let live = LiveSound(models.map(\.model.frontEnd), feed: messages)
        self.live = live
        inference = models.map(\.namedInference)

        var ring = Self.makeRing()
        feed = try source.makeFeed(
            producer: ring.takeProducer(),
            modelRateHz: models.captureRateHz,
            periodGrid: models.periodGrid,
            pace: pace,
            knownFloor: knownFloor
        )
        let worker = AnalysisWorker(
            models: models,
            measuresLevels: source.measuresLevels,
            consumer: ring.takeConsumer(),
            feed: feed,
            live: live,
            clips: clips,
            time: time
        ) { [waiting, dropped] reports in
            guard waiting.count < Self.mostWaitingReports else { return dropped.add(reports.count) }
            waiting.add(reports.count)
            record(reports) { waiting.add(-reports.count) }
        }
        self.worker = worker
        let (end, ending) = AsyncStream.makeStream(of: Never.self)
        self.end = end
        thread = DedicatedThread(name: "analysis", priority: .normal) {
            worker.run()
            ending.finish()
            live.finish()
        }
    }

    /// The ring between a source's capture and its analysis.
    static func makeRing() -> SampleRing {
        SampleRing.make(seconds: ringSeconds)
    }

    /// Begins to listen.
    func start() {
        thread.start()
        feed.start()
    }

    /// Waits until the source has ended and all its reports were handed over; for one caller.
    func waitForEnd() async {
        for await _ in end {}
    }

    /// Asks the source to end soon, without waiting.
    func requestStop() {
        worker.requestStop()
    }

    /// Stops: analyses what is in the ring and closes open events.
    func stop() {
        feed.stop()
        requestStop()
        thread.join()
    }

    /// Changes how the source is judged, from the next period on.
    ///
    /// - Parameter settings: Those of each model of the source, in their order.
    func apply(_ settings: [AnalysisSettings]) {
        worker.apply(settings)
    }

    /// Goes on with the same models and other learnt sounds, from the next period on.
    ///
    /// - Parameters:
    ///   - models: The source's models, in their order.
    ///   - settings: Those of each of them.
    func apply(_ models: [SoundModel], _ settings: [AnalysisSettings]) {
        worker.apply(models, settings)
    }

    /// Changes which clips are cut, from the next period on.
    func apply(_ settings: ClipSettings) {
        worker.apply(settings)
    }

    /// Why what comes can't be the world's sound, for people; nil while it can.
    var fault: String? { feed.fault }

    /// The noise floor that was learnt; nil without one, or while the signal has a fault.
    var learntFloor: LearntFloor? { feed.learntFloor }

    /// How often the device's buffer ran over.
    var overruns: Int64 { feed.overruns }

    /// How many samples were at full scale.
    var clippedSamples: Int64 { feed.clippedSamples }

    /// How many reports wait for the recorder.
    var waitingReports: Int { waiting.count }

    /// How many reports were dropped because the recorder was too slow.
    var droppedReports: Int { dropped.count }
}

/// Counts reports from several threads.
private final class ReportCounter: Sendable {
    private let total = Atomic(0)

    /// How many there are.
    var count: Int { total.load(ordering: .relaxed) }

    /// Counts some more, or below 0 some less.
    func add(_ count: Int) {
        total.add(count, ordering: .relaxed)
    }
}
