import DemoScene
import Detection
import EventStore
import Foundation
import Logging
import ModelLibrary
import MonitorConfiguration
import MonitorMessages
import RealtimeSupport
import Synchronization
import Testing

@testable import MonitorPipeline

/// One source from its ring to the history, on a machine whose clocks the test owns; it hears the
/// demo scene.
final class OwnedMonitor {
    let world: OwnedWorld
    /// When an analysis that is not through is stuck, however slow the machine.
    private let limit = ContinuousClock.now + .seconds(300)
    private let feed = OwnedFeed()
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
    private static let scene = DemoScene.make(sampleRateHz: rateHz)

    init(world: OwnedWorld, store: EventStore) throws {
        self.world = world
        self.store = store
        let model = try ShippedModel.load("bootstrap")
        let settings = try MonitorConfiguration().analysisSettings(for: model)
        var ring = SampleRing.make(sampleCapacity: 1 << 17, periodCapacity: 256)
        producer = ring.takeProducer()
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
            let count = min(Self.periodSamples, end - scenePosition)
            let period = Array(Self.scene[scenePosition..<scenePosition + count])
            let mark = world.mark(sample: position, count: count)
            while !producer.write(period.span, mark: mark) { guard goesOn() else { return } }
            scenePosition += count
            position += Int64(count)
            world.pass(nanoseconds: Int64(count) * 1_000_000_000 / Int64(Self.rateHz))
        }
    }

    func hearTheRest() { hear(seconds: DemoScene.durationSeconds) }

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
    func finish() async {
        feed.end()
        thread.join()
        for await report in reports {
            await recorder.take(report, from: 0)
        }
        await recorder.close()
    }
}
