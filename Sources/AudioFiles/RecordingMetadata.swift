internal import Platform

/// What the chunks and tags of a recording say about when it began.
///
/// The chunks of a WAV, RF64 or BW64 file are read wherever they are, also after the sound; a
/// FLAC file that was made with `--keep-foreign-metadata` has them in its blocks.
struct RecordingMetadata: Equatable {
    /// GUANO's `Timestamp` (chunk `guan`).
    var guano: TimeText?
    /// What AudioMoths write into the comment (`ICMT`).
    var audioMoth: TimeText?
    /// The time stamp of Wildlife Acoustics' chunk `wamd`.
    var wamd: TimeText?
    /// Broadcast Wave's `OriginationDate` and `OriginationTime`.
    var broadcastWave: WallTime?
    /// A tag for the date that holds a time of day too.
    var tag: TimeText?

    private static let greatestChunk: Int64 = 1 << 20
    private static let greatestChunkCount = 4_096

    /// Reads what an open file says.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - tags: What libsndfile reads of it.
    ///   - rateHz: The rate in Hz.
    init(of file: RecordingFile, tags: RecordingTags, rateHz: Int) {
        let head = file.bytes(at: 0, count: 12)
        if ["RIFF", "RF64", "BW64"].contains(where: { head.starts(with: $0.utf8) }) {
            readWave(file, rateHz)
        } else if head.starts(with: "fLaC".utf8) {
            readFLAC(file, rateHz)
        }
        audioMoth = audioMoth ?? tags.comment.flatMap(Self.audioMothTime)
        tag = tags.date.flatMap { TimeText(Self.trimmed($0)) }
    }

    private mutating func readWave(_ file: RecordingFile, _ rateHz: Int) {
        var offset: Int64 = 12
        var longLength: Int64?
        for _ in 0..<Self.greatestChunkCount {
            let header = file.bytes(at: offset, count: 8)
            guard header.count == 8 else { return }
            var length = Self.number(header[4...])
            if header.starts(with: "ds64".utf8) {
                longLength = Self.number(file.bytes(at: offset + 16, count: 8)[...])
            }
            if header.starts(with: "data".utf8) {
                if length == 0xFFFF_FFFF, let longLength { length = longLength }
                // Not known yet when it was written: what follows is sound.
                guard length > 0 else { return }
            } else if length <= Self.greatestChunk {
                read(
                    header[..<4],
                    file.bytes(at: offset + 8, count: Int(length)),
                    rateHz
                )
            }
            offset += 8 + length
            // An odd chunk is padded, which some programs forget.
            let isUnpadded =
                Self.isChunk(file, at: offset) && !Self.isChunk(file, at: offset + 1)
            if length % 2 == 1, !isUnpadded {
                offset += 1
            }
        }
    }

    /// Whether there is a name in ASCII and a length that the file has room for.
    private static func isChunk(_ file: RecordingFile, at offset: Int64) -> Bool {
        let header = file.bytes(at: offset, count: 8)
        return header.count == 8 && header[..<4].allSatisfy { (0x20...0x7E).contains($0) }
            && offset + 8 + number(header[4...]) <= file.size
    }

    /// Reads the blocks of a FLAC file: those for an application that calls itself `riff` hold a
    /// chunk each.
    private mutating func readFLAC(_ file: RecordingFile, _ rateHz: Int) {
        var offset: Int64 = 4
        for _ in 0..<Self.greatestChunkCount {
            let header = file.bytes(at: offset, count: 4)
            guard header.count == 4 else { return }
            let length = header[1...].reduce(Int64(0)) { $0 << 8 | Int64($1) }
            if header[0] & 0x7F == 2, (12...Self.greatestChunk).contains(length) {
                let block = file.bytes(at: offset + 4, count: Int(length))
                if block.starts(with: "riff".utf8), block.count > 12 {
                    read(block[4..<8], Array(block[12...]), rateHz)
                }
            }
            offset += 4 + length
            guard header[0] & 0x80 == 0 else { return }
        }
    }

    /// Reads a chunk.
    private mutating func read(_ name: ArraySlice<UInt8>, _ content: [UInt8], _ rateHz: Int) {
        switch String(decoding: name, as: UTF8.self) {
        case "guan": guano = guano ?? Self.guanoTime(content)
        case "wamd": wamd = wamd ?? Self.wamdTime(content)
        case "bext": broadcastWave = broadcastWave ?? Self.broadcastWaveTime(content, rateHz)
        case "LIST" where content.starts(with: "INFO".utf8):
            audioMoth = audioMoth ?? Self.infoComment(content).flatMap(Self.audioMothTime)
        default: break
        }
    }

    /// GUANO is lines of `KEY: VALUE` in UTF-8.
    private static func guanoTime(_ content: [UInt8]) -> TimeText? {
        for line in text(content[...]).split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":"),
                trimmed(line[..<colon]).lowercased() == "timestamp"
            else { continue }
            return TimeText(trimmed(line[line.index(after: colon)...]))
        }
        return nil
    }

    /// Fields of a number (2 bytes), a length (4 bytes) and a value; number 5 is the time stamp.
    private static func wamdTime(_ content: [UInt8]) -> TimeText? {
        var rest = content[...]
        while rest.count >= 6 {
            let number = Self.number(rest.prefix(2))
            let length = Self.number(rest.dropFirst(2).prefix(4))
            rest = rest.dropFirst(6)
            guard length <= rest.count else { return nil }
            if number == 5 { return TimeText(trimmed(text(rest.prefix(Int(length))))) }
            rest = rest.dropFirst(Int(length))
        }
        return nil
    }

    /// The date is at byte 320 (`yyyy-mm-dd`), the time at 330 (`hh-mm-ss`), with any separators,
    /// and then the samples since midnight (EBU Tech 3285).
    private static func broadcastWaveTime(_ content: [UInt8], _ rateHz: Int) -> WallTime? {
        guard content.count >= 346 else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            Int(String(decoding: content[range], as: UTF8.self))
        }
        guard let year = number(320..<324), let month = number(325..<327),
            let day = number(328..<330), let hour = number(330..<332),
            let minute = number(333..<335), let second = number(336..<338), hour < 24,
            let wall = WallTime(
                year: year,
                month: month,
                day: day,
                hour: hour,
                minute: minute,
                second: second
            )
        else { return nil }
        // The samples tell the part of a second, where they count from midnight at all.
        let sinceMidnight = Double(Self.number(content[338..<346])) / Double(max(1, rateHz))
        let midnight = wall.startOfDay().clockSeconds
        guard abs(sinceMidnight - Double(wall.clockSeconds - midnight)) < 1 else { return wall }
        let whole = sinceMidnight.rounded(.down)
        return WallTime(
            clockSeconds: midnight + Int64(whole),
            fraction: sinceMidnight - whole
        )
    }

    /// The comment among the texts of a list.
    private static func infoComment(_ content: [UInt8]) -> String? {
        var rest = content.dropFirst(4)
        while rest.count >= 8 {
            let length = number(rest.dropFirst(4).prefix(4))
            let value = rest.dropFirst(8)
            if rest.starts(with: "ICMT".utf8) {
                return text(value.prefix(Int(min(length, Int64(value.count)))))
            }
            guard length <= value.count else { return nil }
            rest = value.dropFirst(Int(length + length % 2))
        }
        return nil
    }

    /// The time in `Recorded at 19:17:30 19/02/2020 (UTC-2:30) by AudioMoth ...`; the first
    /// AudioMoths wrote no zone and meant UTC.
    private static func audioMothTime(_ comment: String) -> TimeText? {
        let pattern =
            #/Recorded at (\d\d:\d\d:\d\d(?:\.\d{1,9})?) (\d\d)/(\d\d)/(\d{4})(?: \(UTC([+-]\d{1,2}(?::?\d\d)?)?\))? (?:by|during) /#
        guard let match = comment.firstMatch(of: pattern) else { return nil }
        let offset = match.5 ?? "Z"
        return TimeText("\(match.4)-\(match.3)-\(match.2) \(match.1)\(offset)")
    }

    /// Text up to a zero byte.
    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        var rest = text[...]
        while rest.first?.isWhitespace == true { rest = rest.dropFirst() }
        while rest.last?.isWhitespace == true { rest = rest.dropLast() }
        return String(rest)
    }

    /// The value of little-endian bytes; one beyond every file is as much as any other.
    private static func number(_ bytes: ArraySlice<UInt8>) -> Int64 {
        Int64(clamping: min(ByteOrder.little.number(bytes), 1 << 60))
    }
}
