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

    /// Compares the length of the sound in a WAV file's header with the file's.
    private static func examineWave(_ file: borrowing RecordingFile) -> ContainerEnd {
        guard let header = WaveHeader(of: file), let declared = header.declaredBytes,
            declared > header.heldBytes
        else { return .complete }
        return .truncated(heldBytes: header.heldBytes, declaredBytes: declared)
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
