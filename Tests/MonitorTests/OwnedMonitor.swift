import AudioCapture
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
        let model = try ReferenceModel.load()
        let settings = try MonitorConfiguration().analysisSettings(for: model)
        var ring = SourceListener.makeRing()
        producer = ring.takeProducer()
        producer.allocate(sampleRateHz: Self.rateHz, periodFrames: Self.periodSamples)
        var log = Logger(label: "test")
        log.logLevel = .critical
        let recorder = EventRecorder(
            store: store,
            models: [model],
            sources: [EventRecorder.Source(name: "porch", device: "owned")],
            spoolFolders: [(store.path as NSString).deletingLastPathComponent],
            feed: LiveFeed(),
            log: log,
            now: world.time.now
        )
        self.recorder = recorder
        let worker = AnalysisWorker(
            models: [ModelUse(model: model, settings: settings)],
            measuresLevels: true,
            consumer: ring.takeConsumer(),
            feed: feed,
            clips: ClipDelivery(source: 0, settings: ClipSettings(), deliver: { _ in }),
            time: world.time
        ) { recorder.receive($0, from: 0) {} }
        self.worker = worker
        thread = DedicatedThread(name: "analysis", priority: .normal) { worker.run() }
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

    /// Changes how scores are judged from what is heard next.
    func judge(by settings: AnalysisSettings) {
        settle()
        worker.apply([settings])
        settle()
    }

    /// Goes on with the same model and other learnt sounds.
    func use(_ model: SoundModel) {
        do {
            let settings = try MonitorConfiguration().analysisSettings(for: model)
            settle()
            worker.apply([model], [settings])
            settle()
        } catch {
            Issue.record(error)
        }
    }

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
        await recorder.close()
        return await recorder.conditions[0]
    }
}

/// The clocks of a machine that a test owns: time passes when the test says so.
final class OwnedWorld: Sendable {
    private struct Clocks {
        /// CLOCK_BOOTTIME, which goes on while the machine is suspended.
        var boot: Int64
        /// What CLOCK_REALTIME is ahead of it.
        var wallOffset: Int64
        var suspended: Int64 = 0
        /// What the analysis thread's clocks show.
        var thread = WorldTime.ThreadTime(wallSeconds: 0, processorSeconds: 0)
        /// What each look at them takes, and so each period that is analysed.
        var workSeconds = 0.0
        /// How many looks from now the thread stands still, and for how long.
        var stall: (looks: Int, seconds: Double)?

        mutating func look() -> WorldTime.ThreadTime {
            thread.wallSeconds += workSeconds
            thread.processorSeconds += workSeconds
            if let next = stall {
                stall = next.looks > 0 ? (next.looks - 1, next.seconds) : nil
                if next.looks == 0 { thread.wallSeconds += next.seconds }
            }
            return thread
        }
    }

    private let clocks: Mutex<Clocks>
    private static let nanoseconds = 1e9

    /// Switches a machine on.
    ///
    /// - Parameter start: What its wall clock shows then.
    init(start: Date) {
        let boot: Int64 = 20_000_000_000
        clocks = Mutex(
            Clocks(
                boot: boot,
                wallOffset: Int64(start.timeIntervalSince1970 * Self.nanoseconds) - boot
            )
        )
    }

    func pass(nanoseconds: Int64) {
        clocks.withLock { $0.boot += nanoseconds }
    }

    func suspend(seconds: Double) {
        clocks.withLock {
            $0.boot += Int64(seconds * Self.nanoseconds)
            $0.suspended += Int64(seconds * Self.nanoseconds)
        }
    }

    /// Makes the analysis of a period take some time.
    func setWork(secondsPerPeriod: Double) {
        clocks.withLock { $0.workSeconds = secondsPerPeriod }
    }

    /// Makes the analysis thread stand still some looks at its clocks from now.
    func holdAnalysis(seconds: Double, after looks: Int) {
        clocks.withLock { $0.stall = (looks, seconds) }
    }

    func setWallClock(forwardBy seconds: Double) {
        clocks.withLock { $0.wallOffset += Int64(seconds * Self.nanoseconds) }
    }

    var now: Date {
        clocks.withLock {
            Date(timeIntervalSince1970: Double($0.boot + $0.wallOffset) / Self.nanoseconds)
        }
    }

    /// What a device of this machine would say of a period that begins now.
    func mark(sample: Int64, count: Int) -> PeriodMark {
        clocks.withLock {
            PeriodMark(
                firstSample: sample,
                sampleCount: count,
                captureTimeNanoseconds: $0.boot + $0.wallOffset,
                monotonicNanoseconds: $0.boot
            )
        }
    }

    /// The clocks as the pipeline reads them.
    var time: WorldTime {
        WorldTime(
            now: { self.now },
            suspendedSeconds: { self.clocks.withLock { Double($0.suspended) / Self.nanoseconds } },
            threadTime: { self.clocks.withLock { $0.look() } }
        )
    }
}

/// A feed whose condition a test sets; what it delivers, the test writes into the ring itself.
final class OwnedFeed: SampleFeed {
    private struct Condition {
        var absence: String?
        var mayCatchUp = false
        var ending: FeedEnding?
    }

    let format: FeedFormat? = FeedFormat(
        rateHz: 16_000,
        channels: 1,
        isRealtime: nil,
        detail: "owned by a test"
    )
    /// Whether the analysis may take its time, as with a recording; else it keeps up or leaves out.
    let waitsForAnalysis: Bool
    let pace = 1.0
    let fault: String? = nil
    let learntFloor: LearntFloor? = nil
    let clippedSamples: Int64 = 0
    private let condition = Mutex(Condition())
    private let looks = Atomic(0)

    init(waitsForAnalysis: Bool) {
        self.waitsForAnalysis = waitsForAnalysis
    }

    func start() {}
    func stop() {}

    var absence: String? {
        looks.add(1, ordering: .relaxed)
        return condition.withLock { $0.absence }
    }
    var mayCatchUp: Bool { condition.withLock { $0.mayCatchUp } }
    var ending: FeedEnding? { condition.withLock { $0.ending } }

    /// How often the analysis has asked whether the device is there.
    var looksForDevice: Int { looks.load(ordering: .relaxed) }

    func vanish(because reason: String, mayCatchUp: Bool = false) {
        condition.withLock {
            $0.absence = reason
            $0.mayCatchUp = mayCatchUp
        }
    }
    func comeBack() {
        condition.withLock {
            $0.absence = nil
            $0.mayCatchUp = false
        }
    }
    func end() { condition.withLock { $0.ending = .complete } }
}
