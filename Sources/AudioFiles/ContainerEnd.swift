/// Whether a file's container says that more should follow than the file holds.
///
/// libsndfile reads what is there and keeps silent about what is missing in a RIFF file or an Ogg
/// stream; this looks at the few bytes that tell.
enum ContainerEnd: Equatable {
    /// The container is complete, or does not say.
    case complete

    /// The sound's bytes end early. `declaredBytes` is the length of the sound in the header.
    case truncated(heldBytes: Int64, declaredBytes: Int64)

    /// The last page of an Ogg stream is missing, or cut.
    case unterminatedOgg

    /// Looks at the beginning and the end of a file.
    static func examine(_ file: borrowing RecordingFile) -> ContainerEnd {
        let head = file.bytes(at: 0, count: 12)
        guard head.count == 12 else { return .complete }
        switch String(decoding: head[..<4], as: UTF8.self) {
        case "RIFF", "RF64": return examineWave(file)
        case "OggS": return examineOgg(file)
        default: return .complete
        }
    }

    /// Walks the chunks of a WAV file to the sound and compares its length with the file's.
    ///
    /// Lengths of 0 and 2³²−1 (and 2³¹, less a header) are what programs write that do not know
    /// the length in advance; they declare nothing. An RF64 file keeps the length in a chunk of
    /// its own, `ds64`, after the length of the whole file (EBU Tech 3306).
    private static func examineWave(_ file: borrowing RecordingFile) -> ContainerEnd {
        var offset: Int64 = 12
        var longLength: Int64?
        while offset + 8 <= file.size {
            let header = file.bytes(at: offset, count: 8)
            guard header.count == 8 else { return .complete }
            let length = number(header[4...])
            if header[..<4].elementsEqual("ds64".utf8) {
                longLength = number(file.bytes(at: offset + 16, count: 8)[...])
            }
            if header[..<4].elementsEqual("data".utf8) {
                let held = file.size - offset - 8
                let isDeclared = longLength != nil || (1..<0x7FFF_0000).contains(length)
                let length = longLength ?? length
                return isDeclared && length > held
                    ? .truncated(heldBytes: held, declaredBytes: length) : .complete
            }
            offset += 8 + length + length % 2
        }
        return .complete
    }

    /// The value of little-endian bytes.
    private static func number(_ bytes: ArraySlice<UInt8>) -> Int64 {
        bytes.reversed().reduce(0) { $0 << 8 | Int64($1) }
    }

    /// Finds the last page of an Ogg file and whether it ends its stream.
    ///
    /// The page header: "OggS", version, flags (4: last page), 20 bytes of position, serial
    /// number, sequence and check sum, the number of segments, their lengths (RFC 3533).
    private static func examineOgg(_ file: borrowing RecordingFile) -> ContainerEnd {
        let longestPage: Int64 = 65_307
        let start = max(0, file.size - longestPage)
        let tail = file.bytes(at: start, count: Int(file.size - start))
        let mark = Array("OggS".utf8)
        var position = tail.count - 27
        while position >= 0 {
            if tail[position] == mark[0], tail[position..<position + 4].elementsEqual(mark) {
                let segmentCount = Int(tail[position + 26])
                let lengths = tail[(position + 27)...].prefix(segmentCount)
                let end = position + 27 + segmentCount + lengths.reduce(0) { $0 + Int($1) }
                let isLast = tail[position + 5] & 4 != 0
                return isLast && lengths.count == segmentCount && end <= tail.count
                    ? .complete : .unterminatedOgg
            }
            position -= 1
        }
        return .unterminatedOgg
    }
}
