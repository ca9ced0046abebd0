import Detection
import EventStore
import Foundation
import Messages
import NeuralNetwork

/// Looks for the prints that are nearest to one, by comparing it with all of them.
struct PrintSearch {
    /// A second of sound and how alike it is.
    private struct Second {
        let product: Int32
        let source: Int
        let start: Date
        let windowSeconds: Double
    }

    /// How many prints were compared.
    private(set) var comparedCount = 0

    private let bytes: [UInt8]
    /// So many of the likest seconds are kept at least.
    private let capacity: Int
    private var sources: [String] = []
    private var nearest: [Second] = []
    /// What is less alike is not among the nearest.
    private var least = Int32.min

    /// Seconds so close to each other may be of one sound, in seconds.
    private static let gapSeconds: TimeInterval = 5
    /// They are of one sound if the less alike one is at least so alike, as a share of the likest.
    private static let leastShare = 0.75
    /// How many seconds a sound is thought to have at most on average.
    private static let secondsPerSound = 100

    /// Begins a search.
    ///
    /// - Parameters:
    ///   - print: What is looked for.
    ///   - soundCount: How many sounds will be asked for.
    init(_ print: SoundPrint, keeping soundCount: Int) {
        bytes = print.bytes
        capacity = max(20, soundCount) * Self.secondsPerSound
    }

    /// Compares with the prints of a block.
    ///
    /// - Parameters:
    ///   - block: The block.
    ///   - source: The source that heard them.
    ///   - time: Only windows that begin in it count.
    ///   - isItself: Whether what begins at a moment is the event that is asked about.
    mutating func compare(
        _ block: PrintBlock,
        of source: String,
        within time: Range<Date>,
        except isItself: (Date) -> Bool
    ) {
        let count = block.count
        var products = [Int32](repeating: 0, count: count)
        var results = products.mutableSpan
        ByteProducts.compute(of: block.bytes.span, with: bytes.span, into: &results)
        for index in 0..<count {
            let start = block.start(of: index)
            guard time.contains(start), !isItself(start) else { continue }
            comparedCount += 1
            guard products[index] > least else { continue }
            nearest.append(
                Second(
                    product: products[index],
                    source: place(of: source),
                    start: start,
                    windowSeconds: block.windowSeconds
                )
            )
        }
        if nearest.count >= 2 * capacity { forgetFarthest() }
    }

    private mutating func place(of source: String) -> Int {
        if let known = sources.firstIndex(of: source) { return known }
        sources.append(source)
        return sources.count - 1
    }

    private mutating func forgetFarthest() {
        nearest.sort { $0.product > $1.product }
        nearest.removeLast(nearest.count - capacity)
        least = nearest.last?.product ?? least
    }

    /// The sounds that the nearest seconds belong to, the likest first.
    ///
    /// A sound reaches from its likest second to others that are nearly as alike, as long as the next
    /// one is close.
    func sounds() -> [SimilarSoundMessage] {
        let seconds = nearest.sorted { ($0.source, $0.start) < ($1.source, $1.start) }
        var isTaken = [Bool](repeating: false, count: seconds.count)
        var sounds: [SimilarSoundMessage] = []
        let byLikeness = seconds.indices.sorted { seconds[$0].product > seconds[$1].product }
        for best in byLikeness where !isTaken[best] && seconds[best].product > 0 {
            let first = end(of: seconds, from: best, by: -1, isTaken)
            let last = end(of: seconds, from: best, by: 1, isTaken)
            for place in first...last { isTaken[place] = true }
            sounds.append(
                SimilarSoundMessage(
                    source: sources[seconds[best].source],
                    at: seconds[best].start,
                    start: seconds[first].start,
                    end: seconds[last].start + seconds[last].windowSeconds,
                    likeness: SoundPrint.likeness(ofProduct: seconds[best].product)
                )
            )
        }
        return sounds
    }

    /// How far a sound reaches in one direction.
    private func end(of seconds: [Second], from best: Int, by step: Int, _ isTaken: [Bool]) -> Int {
        let least = Double(seconds[best].product) * Self.leastShare
        var (last, next) = (best, best + step)
        while seconds.indices.contains(next), !isTaken[next],
            seconds[next].source == seconds[best].source,
            abs(seconds[next].start.timeIntervalSince(seconds[last].start)) <= Self.gapSeconds
        {
            if Double(seconds[next].product) >= least { last = next }
            next += step
        }
        return last
    }
}
