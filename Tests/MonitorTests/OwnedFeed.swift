import AudioCapture
import Synchronization

@testable import Monitor

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
