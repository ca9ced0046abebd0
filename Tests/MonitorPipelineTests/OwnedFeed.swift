import AudioCapture
import Synchronization

@testable import MonitorPipeline

/// A feed whose condition a test sets; what it delivers, the test writes into the ring itself.
final class OwnedFeed: SampleFeed {
    private struct Condition {
        var absence: String?
        var ending: FeedEnding?
    }

    let format: FeedFormat? = FeedFormat(
        rateHz: 16_000,
        channels: 1,
        isRealtime: nil,
        detail: "owned by a test"
    )
    /// The test waits for the analysis, so that nothing is lost by a slow machine.
    let waitsForAnalysis = true
    let pace = 1.0
    let fault: String? = nil
    let learntFloor: LearntFloor? = nil
    let clippedSamples: Int64 = 0
    private let condition = Mutex(Condition())
    private let looks = Atomic(0)

    func start() {}
    func stop() {}

    var absence: String? {
        looks.add(1, ordering: .relaxed)
        return condition.withLock { $0.absence }
    }
    var ending: FeedEnding? { condition.withLock { $0.ending } }

    /// How often the analysis has asked whether the device is there.
    var looksForDevice: Int { looks.load(ordering: .relaxed) }

    func vanish(because reason: String) { condition.withLock { $0.absence = reason } }
    func comeBack() { condition.withLock { $0.absence = nil } }
    func end() { condition.withLock { $0.ending = .complete } }
}
