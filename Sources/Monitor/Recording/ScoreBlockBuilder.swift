import Detection
import EventStore
import Foundation

/// Gathers the scores of one source's hops into blocks of about a minute: a pure value.
///
/// A block holds hops that follow one another without a hole; minutes in which the gate never
/// opened are left out, because coverage has them already.
struct ScoreBlockBuilder {
    private let hopSeconds: Double
    private let classCount: Int
    /// What was gathered since the last complete block; nil if nothing was.
    private(set) var block: ScoreBlock?

    private static let secondsPerBlock = 60.0

    init(hopSeconds: Double, classCount: Int) {
        self.hopSeconds = hopSeconds
        self.classCount = classCount
    }

    /// Adds a hop.
    ///
    /// - Parameters:
    ///   - hop: Its scores and level.
    ///   - time: When it was: longer than the others at the beginning of a stretch, perhaps shorter
    ///     at its end.
    /// - Returns: The block that is complete now, if there is one worth keeping.
    mutating func append(_ hop: ScoredHop, over time: Range<Date>) -> ScoreBlock? {
        let start = max(time.lowerBound, time.upperBound.addingTimeInterval(-hopSeconds))
        var complete: ScoreBlock?
        // A hop that does not follow the last one closely begins a block of its own.
        if let open = block, abs(start.timeIntervalSince(open.end)) > hopSeconds / 2 {
            complete = flush()
        }
        var open =
            block
            ?? ScoreBlock(
                start: start,
                hopMicroseconds: Int64((hopSeconds * 1e6).rounded()),
                classCount: classCount
            )
        open.append(scores: hop.scores, levelDBFS: hop.levelDBFS)
        block = open
        if Double(open.hopCount) * hopSeconds >= Self.secondsPerBlock {
            complete = flush() ?? complete
        }
        return complete
    }

    /// Hands out what was gathered, if it is worth keeping.
    mutating func flush() -> ScoreBlock? {
        defer { block = nil }
        guard let block, !block.isAllGated else { return nil }
        return block
    }
}
