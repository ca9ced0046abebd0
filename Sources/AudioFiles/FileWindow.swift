/// A file's bytes, read in blocks, for a walk from header to header.
struct FileWindow {
    private let file: RecordingFile
    private var block: [UInt8] = []
    private var start: Int64 = 0

    private static let blockLength = 1 << 17

    init(_ file: RecordingFile) {
        self.file = file
    }

    /// The number of bytes of the file.
    var size: Int64 { file.size }

    /// Makes `count` bytes at a place available, if the file has them.
    private mutating func hold(_ place: Int64, count: Int) -> Int? {
        if place >= start, place + Int64(count) <= start + Int64(block.count) {
            return Int(place - start)
        }
        guard place >= 0, place + Int64(count) <= file.size else { return nil }
        block = file.bytes(at: place, count: Self.blockLength)
        start = place
        return block.count >= count ? 0 : nil
    }

    /// The byte at a place; nil behind the end.
    mutating func byte(at place: Int64) -> UInt8? {
        hold(place, count: 1).map { block[$0] }
    }

    /// Four bytes as a number, the highest first.
    mutating func number(at place: Int64) -> UInt32? {
        hold(place, count: 4).map { index in
            block[index..<index + 4].reduce(0) { $0 << 8 | UInt32($1) }
        }
    }

    /// Four bytes as a number, the lowest first.
    mutating func littleNumber(at place: Int64) -> UInt32? {
        number(at: place)?.byteSwapped
    }

    /// Bytes as text; empty behind the end.
    mutating func text(at place: Int64, count: Int) -> String {
        hold(place, count: count).map { String(decoding: block[$0..<$0 + count], as: UTF8.self) }
            ?? ""
    }

    /// The header of MPEG audio at a place.
    mutating func mpegHeader(at place: Int64) -> MPEGFrameHeader? {
        number(at: place).flatMap(MPEGFrameHeader.init)
    }

    /// The bytes of an ID3v2 tag with its header and footer.
    mutating func id3Length(at place: Int64) -> Int64? {
        guard let length = number(at: place + 6), let flags = byte(at: place + 5),
            length & 0x8080_8080 == 0
        else { return nil }
        let parts = [length >> 24 & 127, length >> 16 & 127, length >> 8 & 127, length & 127]
        return 10 + Int64(parts.reduce(0) { $0 << 7 | $1 }) + (flags & 0x10 != 0 ? 10 : 0)
    }

    /// The first place of a byte.
    mutating func firstIndex(of byte: UInt8, from place: Int64, to limit: Int64) -> Int64? {
        first(from: place, to: limit) { $0.firstIndex(of: byte) }
    }

    /// The first place of a byte that is not 0.
    mutating func firstNonzero(from place: Int64, to limit: Int64) -> Int64? {
        first(from: place, to: limit) { $0.firstIndex { $0 != 0 } }
    }

    private mutating func first(
        from place: Int64,
        to limit: Int64,
        _ find: (ArraySlice<UInt8>) -> Int?
    ) -> Int64? {
        var place = place
        while place < limit {
            guard let index = hold(place, count: 1) else { return nil }
            let end = min(block.count, index + Int(limit - place))
            if let hit = find(block[index..<end]) { return start + Int64(hit) }
            place += Int64(end - index)
        }
        return nil
    }
}
