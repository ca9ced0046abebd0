import EventStore
import Foundation

/// How far stored scores are packed.
struct ScorePacking {
    /// Everything before is packed, but for blocks that were written late.
    private var packedUntil = Date(timeIntervalSince1970: 0)

    private static let delaySeconds: TimeInterval = 120
    /// A block is written late if silence follows it, or is dated back if the clock is set.
    private static let latestBlockSeconds: TimeInterval = 86_400

    /// Packs a quarter of an hour that is long enough ago, if there is one that is not packed.
    mutating func packSome(of store: EventStore, now: Date) {
        // A history that can't be written is reported by what has to be written.
        let packed = try? store.packScores(from: packedUntil, before: now - Self.delaySeconds)
        packedUntil = max(packedUntil, (packed ?? now) - Self.latestBlockSeconds)
    }
}

extension EventRecorder {
    /// Packs some scores: little at a time, since what is reported meanwhile waits.
    package func packScores() {
        guard !isBehind else { return }
        packing.packSome(of: store, now: now())
    }
}
