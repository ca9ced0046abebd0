import Detection
import EventStore
import Foundation
import Logging
import Messages
import ModelLibrary
import Realtime
import Settings
import Synchronization
import Testing

@testable import Monitor

/// One source from its ring to the history, on a machine whose clocks the test owns; it hears the
/// demo recording.
final class OwnedMonitor {
    let world: OwnedWorld
    /// When an analysis that is not through is stuck, however slow the machine.
    private let limit = ContinuousClock.now + .seconds(300)
    private let feed: OwnedFeed
    private let store: EventStore
    private let recorder: EventRecorder
    private let worker: AnalysisWorker
    private let thread: DedicatedThread
    private let reports: AsyncStream<SourceReport>
    private var producer: SampleProducer
    /// The place in the scene of what is heard next.
    private var scenePosition = 0
    /// The place on the source's timeline of what is heard next.
    private var position: Int64 = 0

    private static let rateHz = 16_000
    private static let periodSamples = 640
    private static let scene = DemoSound.samples(rateHz: rateHz)

    // `waitsForAnalysis`: whether the analysis may take its time.
    init(world: OwnedWorld, store: EventStore, waitsForAnalysis: Bool = true) throws {
        self.world = world
        feed = OwnedFeed(waitsForAnalysis: waitsForAnalysis)
        self.store = store
        let model = try ShippedModel.load("bootstrap")
        let settings = try MonitorConfiguration().analysisSettings(for: model)
        var ring = SourceListener.makeRing()
        producer = ring.takeProducer()
        producer.allocate(sampleRateHz: Self.rateHz, periodFrames: Self.periodSamples)
        let (reports, continuation) = AsyncStream.makeStream(of: SourceReport.self)
        self.reports = reports
        let worker = AnalysisWorker(
            models: [ModelUse(model: model, settings: settings)],
            measuresLevels: true,
            consumer: ring.takeConsumer(),
            feed: feed,
            clips: ClipDelivery(source: 0, settings: ClipSettings(), take: { _ in }),
            time: world.time
        ) { continuation.yield($0) }
        self.worker = worker
        thread = DedicatedThread(name: "analysis", priority: .normal) {
            worker.run()
            continuation.finish()
        }
        var log = Logger(label: "test")
        log.logLevel = .critical
        recorder = EventRecorder(
            store: store,
            models: [model],
            sources: [EventRecorder.Source(name: "porch", device: "owned")],
            spoolFolders: [(store.path as NSString).deletingLastPathComponent],
            feed: LiveFeed(),
            log: log,
            now: world.time.now
        )
        thread.start()
    }

    /// Lets the microphone hear the scene go on.
    func hear(seconds: Double) {
        let end = min(scenePosition + Int(seconds * Double(Self.rateHz)), Self.scene.count)
        while scenePosition < end {
            guard write(nextPeriod(before: end)) else { return }
        }
    }

    func hearTheRest() { hear(seconds: DemoSound.durationSeconds) }

    /// Whether the microphone has heard all of the scene.
    var isOver: Bool { scenePosition == Self.scene.count }

    /// Lets the process stand still while the scene goes on; what the device captured meanwhile
    /// comes at once.
    ///
    /// - Parameters:
    ///   - seconds: How long it stands still.
    ///   - looks: Amid the analysis of which period, counted from the next, it does so.
    func standStill(seconds: Double, amid looks: Int) {
        settle()
        world.holdAnalysis(seconds: seconds, after: looks)
        deliverLate(seconds: seconds)
    }

    /// Lets the device be silent while the scene goes on, and deliver it afterwards at once.
    func holdDevice(seconds: Double) {
        settle()
        feed.vanish(because: "Delivers nothing.", mayCatchUp: true)
        settle()
        deliverLate(seconds: seconds)
        feed.comeBack()
    }

    private func deliverLate(seconds: Double) {
        let end = min(scenePosition + Int(seconds * Double(Self.rateHz)), Self.scene.count)
        var late: [(mark: PeriodMark, samples: [Float])] = []
        while scenePosition < end { late.append(nextPeriod(before: end)) }
        for period in late { guard write(period) else { return } }
    }

    /// The next period of the scene; the world's time passes meanwhile.
    private func nextPeriod(before end: Int) -> (mark: PeriodMark, samples: [Float]) {
        let count = min(Self.periodSamples, end - scenePosition)
        let samples = Array(Self.scene[scenePosition..<scenePosition + count])
        let mark = world.mark(sample: position, count: count)
        scenePosition += count
        position += Int64(count)
        world.pass(nanoseconds: Int64(count) * 1_000_000_000 / Int64(Self.rateHz))
        return (mark, samples)
    }

    /// Writes a period into the ring once it has room; false if the test has failed.
    private func write(_ period: (mark: PeriodMark, samples: [Float])) -> Bool {
        while !producer.write(period.samples.span, mark: period.mark) {
            guard goesOn() else { return false }
        }
        return true
    }

    /// Waits until the analysis has everything that was heard, and looks whether there is more.
    func settle() {
        let asked = feed.looksForDevice
        while feed.looksForDevice < asked + 2 { guard goesOn() else { return } }
    }

    /// Gives the analysis a moment; false if it has been stuck for so long that the test fails.
    private func goesOn() -> Bool {
        guard ContinuousClock.now < limit else {
            Issue.record("The analysis takes no more samples.")
            return false
        }
        Thread.sleep(forTimeInterval: 0.002)
        return true
    }

    /// Suspends the machine; the scene stands still.
    func suspend(seconds: Double) {
        settle()
        world.suspend(seconds: seconds)
        position += Int64(seconds * Double(Self.rateHz))
    }

    /// Pulls the microphone out; the scene stands still.
    func beAway(seconds: Double, meanwhile: () -> Void) {
        settle()
        feed.vanish(because: "Pulled out.")
        settle()
        meanwhile()
        world.pass(nanoseconds: Int64(seconds * 1e9))
        settle()
        position += Int64(seconds * Double(Self.rateHz))
        feed.comeBack()
    }

    /// Ends the source, and gives the history time to have everything.
    ///
    /// - Returns: What the source was in the end.
    @discardableResult
    func finish() async -> SourceCondition {
        feed.end()
        thread.join()
        for await report in reports {
            await recorder.take(report, from: 0)
        }
        await recorder.close()
        return await recorder.conditions[0]
    }
}
