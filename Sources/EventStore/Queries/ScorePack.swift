import Foundation

/// Blocks of scores of one source and model in one compressed piece.
///
/// Its bytes, before they are compressed: the number of bytes of what is compressed comes first,
/// uncompressed. Numbers have 32 bits, little-endian.
/// 1. how many blocks there are, and how many classes
/// 2. of each block the number of its hops, levels and levels of 10 ms
/// 3. the scores, class by class: of each class those of all hops of all blocks
/// 4. the levels of the hops, then those of 10 ms, each as the difference from the one before
///
/// Scores of one class that follow one another are alike, and so are differences: both compress
/// better than the bytes in the order in which they are heard.
struct ScorePack {
    /// What is packed of a block.
    struct Part: Equatable {
        /// One byte a class and hop, shape `[hopCount, classCount]`.
        var scores: [UInt8]
        /// One byte a hop; nil if they are unknown.
        var levels: [UInt8]?
        /// One byte for each 10 ms; nil if they are unknown.
        var envelope: [UInt8]?
    }

    /// A block's lengths, and where its parts begin.
    private struct Place {
        var hops: Range<Int>
        var levels: Range<Int>
        var envelope: Range<Int>
    }

    private static let numberBytes = 4
    private let classCount: Int
    private let hopCount: Int
    private let places: [Place]
    private let bytes: [UInt8]
    private let scoresStart: Int
    private let levels: [UInt8]
    private let envelope: [UInt8]

    // MARK: - Packing

    /// Packs blocks.
    ///
    /// - Parameters:
    ///   - parts: The blocks, in the order of their places; at least one.
    ///   - classCount: How many classes each has.
    /// - Returns: The content of a pack.
    static func content(of parts: [Part], classCount: Int) -> Data {
        var bytes: [UInt8] = []
        append(parts.count, to: &bytes)
        append(classCount, to: &bytes)
        for part in parts {
            append(part.scores.count / classCount, to: &bytes)
            append(part.levels?.count ?? 0, to: &bytes)
            append(part.envelope?.count ?? 0, to: &bytes)
        }
        for index in 0..<classCount {
            for part in parts {
                for place in stride(from: index, to: part.scores.count, by: classCount) {
                    bytes.append(part.scores[place])
                }
            }
        }
        bytes += differences(of: parts.flatMap { $0.levels ?? [] })
        bytes += differences(of: parts.flatMap { $0.envelope ?? [] })
        var content: [UInt8] = []
        append(bytes.count, to: &content)
        return Data(content + Deflate.compressed(bytes))
    }

    private static func append(_ number: Int, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: UInt32(number).littleEndian) { bytes.append(contentsOf: $0) }
    }

    private static func differences(of values: [UInt8]) -> [UInt8] {
        var last: UInt8 = 0
        return values.map { value in
            defer { last = value }
            return value &- last
        }
    }

    // MARK: - Unpacking

    /// Opens a pack; nil if it is damaged.
    init?(content: Data) {
        let size = content.prefix(Self.numberBytes)
        guard size.count == Self.numberBytes,
            let bytes = Deflate.decompressed(
                content.dropFirst(Self.numberBytes),
                count: Self.number(in: [UInt8](size), at: 0)
            ), bytes.count >= 2 * Self.numberBytes
        else { return nil }
        let count = Self.number(in: bytes, at: 0)
        let classCount = Self.number(in: bytes, at: Self.numberBytes)
        let head = 2 * Self.numberBytes
        let scoresStart = head + count * 3 * Self.numberBytes
        guard classCount > 0, classCount <= bytes.count, bytes.count >= scoresStart else {
            return nil
        }
        var places: [Place] = []
        var last = Place(hops: 0..<0, levels: 0..<0, envelope: 0..<0)
        for index in 0..<count {
            let lengths = (0..<3).map {
                Self.number(in: bytes, at: head + (3 * index + $0) * Self.numberBytes)
            }
            guard lengths.allSatisfy({ $0 <= bytes.count }) else { return nil }
            func next(_ range: Range<Int>, _ length: Int) -> Range<Int> {
                range.upperBound..<range.upperBound + length
            }
            last = Place(
                hops: next(last.hops, lengths[0]),
                levels: next(last.levels, lengths[1]),
                envelope: next(last.envelope, lengths[2])
            )
            places.append(last)
        }
        let hopCount = last.hops.upperBound
        let levelsStart = scoresStart + hopCount * classCount
        let envelopeStart = levelsStart + last.levels.upperBound
        guard bytes.count == envelopeStart + last.envelope.upperBound else { return nil }
        self.classCount = classCount
        self.hopCount = hopCount
        self.places = places
        self.bytes = bytes
        self.scoresStart = scoresStart
        levels = Self.sums(of: bytes[levelsStart..<envelopeStart])
        envelope = Self.sums(of: bytes[envelopeStart...])
    }

    /// What is packed of a block; nil if there is none at this place.
    func part(at place: Int) -> Part? {
        guard places.indices.contains(place) else { return nil }
        let lengths = places[place]
        var scores: [UInt8] = []
        scores.reserveCapacity(lengths.hops.count * classCount)
        for hop in lengths.hops {
            var index = scoresStart + hop
            for _ in 0..<classCount {
                scores.append(bytes[index])
                index += hopCount
            }
        }
        return Part(
            scores: scores,
            levels: lengths.levels.isEmpty ? nil : Array(levels[lengths.levels]),
            envelope: lengths.envelope.isEmpty ? nil : Array(envelope[lengths.envelope])
        )
    }

    private static func number(in bytes: [UInt8], at offset: Int) -> Int {
        (0..<numberBytes).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
    }

    private static func sums(of differences: ArraySlice<UInt8>) -> [UInt8] {
        var last: UInt8 = 0
        return differences.map { difference in
            last = last &+ difference
            return last
        }
    }
}
