import EventStore
import Foundation

/// How far stored scores are packed.
struct ScorePacking {
    /// Everything before is packed, but for blocks that were written late.
    private var packedUntil = Date(timeIntervalSince1970: 0)
    /// When there was nothing to be packed, the last time that was asked.
    private var foundNothing: Date?

    private static let delaySeconds: TimeInterval = 120
    /// A block is written late if silence follows it, or is dated back if the clock is set.
    private static let latestBlockSeconds: TimeInterval = 86_400
    /// How long nothing is asked after nothing was found, because looking goes through a day.
    private static let pauseSeconds: TimeInterval = 300

    /// Packs a quarter of an hour that is long enough ago, if there is one that is not packed.
    mutating func packSome(of store: EventStore, now: Date) {
        if let foundNothing, (0..<Self.pauseSeconds).contains(now.timeIntervalSince(foundNothing)) {
            return
        }
        // A history that can't be written is reported by what has to be written.
        let packed = try? store.packScores(from: packedUntil, before: now - Self.delaySeconds)
        packedUntil = max(packedUntil, (packed ?? now) - Self.latestBlockSeconds)
        foundNothing = packed == nil ? now : nil
    }
}
