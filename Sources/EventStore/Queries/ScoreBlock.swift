package import Detection
package import Foundation

/// The scores of consecutive hops of one source, so that other thresholds can be tried on them.
package struct ScoreBlock: Sendable, Equatable {
    /// The byte that stands for a score of a hop during which the gate was closed.
    package static let gatedByte: UInt8 = 255
    /// The byte of a score of 1: a score is its byte divided by this.
    package static let fullScoreByte = StoredPrecision.fullScoreByte
    /// The byte of a hop of digital silence; any other byte `b` is a level of -b/2 dBFS.
    package static let silentLevelByte = StoredPrecision.silentLevelByte
    /// The longest block, in seconds.
    package static let maxSeconds = 3600.0

    /// The beginning of the first hop.
    package var start: Date
    /// The length of a hop, in microseconds.
    package var hopMicroseconds: Int64
    /// The number of classes, 1 or more.
    package var classCount: Int
    /// One byte a class and hop, row-major, shape `[hopCount, classCount]`.
    package private(set) var scores: [UInt8] = []
    /// One byte a hop, shape `[hopCount]`.
    package private(set) var levels: [UInt8] = []
    /// What it takes beside scores to decide about the hops anew; nil: they were stored without.
    package internal(set) var details: HopDetails?

    /// Creates a block without hops.
    package init(
        start: Date,
        hopMicroseconds: Int64,
        classCount: Int,
        details: HopDetails? = nil
    ) {
        precondition(classCount > 0, "a model has at least one class")
        precondition(hopMicroseconds > 0, "a hop has a length")
        self.start = start
        self.hopMicroseconds = hopMicroseconds
        self.classCount = classCount
        self.details = details
    }

    /// The number of hops.
    package var hopCount: Int { scores.count / classCount }

    /// The end of the last hop.
    package var end: Date {
        start + Double(hopCount) * Double(hopMicroseconds) / 1_000_000
    }

    /// Whether the gate was closed all the time, so that the block says nothing.
    package var isAllGated: Bool { scores.allSatisfy { $0 == Self.gatedByte } }

    /// The highest byte of each class, 0 where the gate was closed, shape `[classCount]`.
    package var peaks: [UInt8] {
        var peaks = [UInt8](repeating: 0, count: classCount)
        for hop in 0..<hopCount where scores[hop * classCount] != Self.gatedByte {
            for index in 0..<classCount {
                peaks[index] = max(peaks[index], scores[hop * classCount + index])
            }
        }
        return peaks
    }

    /// Adds a hop with all that it takes to decide about it anew.
    package mutating func append(_ hop: ScoredHop) {
        append(scores: hop.scores, levelDBFS: hop.levelDBFS)
        details?.append(hop)
    }

    /// Adds a hop.
    ///
    /// - Parameters:
    ///   - scores: A probability per class, shape `[classCount]`; empty while the gate is closed.
    ///   - levelDBFS: The level of the hop, RMS in dBFS; `-inf` for digital silence.
    package mutating func append(scores: [Float], levelDBFS: Float) {
        precondition(
            scores.isEmpty || scores.count == classCount,
            "a hop has one score per class, or no scores"
        )
        if scores.isEmpty {
            self.scores.append(contentsOf: repeatElement(Self.gatedByte, count: classCount))
        } else {
            self.scores.append(contentsOf: scores.map(StoredPrecision.byte(ofScore:)))
        }
        levels.append(StoredPrecision.byte(ofLevel: levelDBFS))
    }

    /// The scores of a hop, shape `[classCount]`; nil if the gate was closed.
    package func scores(ofHop hop: Int) -> [Float]? {
        let bytes = scores[(hop * classCount)..<((hop + 1) * classCount)]
        guard bytes.first != Self.gatedByte else {
            return nil
        }
        return bytes.map(StoredPrecision.score(ofByte:))
    }

    /// The level of a hop, RMS in dBFS, to half a decibel; `-inf` for digital silence.
    package func levelDBFS(ofHop hop: Int) -> Float {
        StoredPrecision.level(ofByte: levels[hop])
    }

    /// Decodes a row of the database; nil if it is inconsistent.
    init?(
        start: Date,
        hopMicroseconds: Int64,
        classCount: Int,
        scores: [UInt8],
        levels: [UInt8]
    ) {
        guard classCount > 0, hopMicroseconds > 0, scores.count == levels.count * classCount else {
            return nil
        }
        self.init(
            start: start,
            hopMicroseconds: hopMicroseconds,
            classCount: classCount
        )
        self.scores = scores
        self.levels = levels
    }
}
