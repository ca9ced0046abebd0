/// The header of a WAV, RF64 or BW64 file, and where its audio really is.
///
/// A length in a header is what the program that wrote it knew at that time: 0 or all ones where it
/// did not know yet, an old one where it lost power, the length modulo 2³² where there was more. So
/// the length of the sound is believed only if it leads to the end of the file or to further
/// chunks; else the sound goes on to the end of the file.
struct WaveHeader {
    /// The order of bytes in numbers: `.big` in `RIFX`.
    private let order: ByteOrder
    /// The contents of the chunk `fmt `.
    private(set) var format: [UInt8] = []
    /// The bytes of sound.
    private(set) var sound: Range<Int64> = 0..<0
    /// The bytes of sound in further chunks `data`.
    private(set) var furtherSound: [Range<Int64>] = []
    /// How many bytes of sound there should be, if the file was cut off before them.
    private(set) var missedLength: Int64?
    /// Where the file goes on after this one: WAV files that were joined into one.
    private(set) var end: Int64 = 0
    /// Chunks of text about the recording, with their headers.
    private(set) var texts: [UInt8] = []

    /// The encoding's number for MPEG layer 3.
    private static let mpegLayer3 = 0x55
    private static let mpeg = 0x50
    private static let extensible = 0xFFFE

    /// More chunks before the sound than any program writes.
    private static let mostChunks = 1_000
    private static let longestText: Int64 = 1 << 16
    /// What follows consistent lengths and is shorter is not sound that was left out.
    private static let shortestForgottenSound: Int64 = 4_096

    private let file: RecordingFile
    private let start: Int64

    /// Whether a WAV file begins at an offset.
    static func begins(in file: RecordingFile, at offset: Int64) -> Bool {
        let head = file.bytes(at: offset, count: 12)
        return head.count == 12
            && ["RIFF", "RIFX", "RF64", "BW64"].contains(
                String(decoding: head[..<4], as: UTF8.self)
            )
            && head[8...].elementsEqual("WAVE".utf8)
    }

    /// Walks the chunks to the sound.
    ///
    /// Returns nil if there is no WAV file at the offset, or none that says how its sound is
    /// encoded before the sound begins. Looks at a bounded number of places, whatever the file
    /// holds.
    init?(of file: RecordingFile, at start: Int64) {
        guard Self.begins(in: file, at: start) else { return nil }
        self.file = file
        self.start = start
        let form = file.bytes(at: start, count: 4)
        order = form.elementsEqual("RIFX".utf8) ? .big : .little
        let isLong = form.elementsEqual("RF64".utf8) || form.elementsEqual("BW64".utf8)
        var formLength = Int64(order.number(file.bytes(at: start + 4, count: 4)))
        var longLength: Int64?
        var offset = start + 12
        for _ in 0..<Self.mostChunks {
            guard let chunk = chunk(at: offset) else { return nil }
            switch chunk.name {
            case "ds64":
                let lengths = file.bytes(at: offset + 8, count: 16)
                formLength = Int64(clamping: order.number(lengths.prefix(8)))
                longLength = Int64(clamping: order.number(lengths.dropFirst(8)))
            case "fmt ":
                format = file.bytes(at: offset + 8, count: Int(min(chunk.length, 1 << 16)))
            case "LIST" where chunk.length < Self.longestText:
                let text = file.bytes(at: offset, count: Int(8 + chunk.length + chunk.length % 2))
                if text.count == 8 + Int(chunk.length + chunk.length % 2) { texts += text }
            case "data":
                guard format.count >= 14 else { return nil }
                let isPlaceholder = chunk.length == 0xFFFF_FFFF
                let length = isLong || isPlaceholder ? longLength ?? chunk.length : chunk.length
                findSound(at: offset + 8, length: length, formEnd: start + 8 + formLength)
                return
            default: break
            }
            offset = following(offset + 8 + chunk.length)
        }
        return nil
    }

    /// The number of the encoding (WAVE_FORMAT_…); of the extensible format the one inside it.
    private var encoding: Int {
        let tag = formatNumber(at: 0, byteCount: 2)
        return tag == Self.extensible ? formatNumber(at: 24, byteCount: 2) : tag
    }
    /// Whether the sound is MPEG audio.
    var isMPEG: Bool { [Self.mpeg, Self.mpegLayer3].contains(encoding) }
    /// The bytes of a frame, or of a block of a codec.
    private var frameBytes: Int { formatNumber(at: 12, byteCount: 2) }

    /// A view of the sound as a file of its own, under a header whose lengths are true.
    ///
    /// A chunk `fact`, whose count of frames may be as wrong as any length, is left out.
    var corrected: FileView {
        let sounds = [sound] + furtherSound
        let length = sounds.reduce(0) { $0 + $1.upperBound - $1.lowerBound }
        let isLong = length > 0xFFF0_0000
        var body = Array("WAVE".utf8)
        if isLong {
            // The length of the file, of the sound, the number of frames, no table (EBU Tech 3306).
            let frames = frameBytes > 0 ? UInt64(length) / UInt64(frameBytes) : 0
            body +=
                Array("ds64".utf8) + order.bytes(28, count: 4)
                + order.bytes(UInt64(length) + 1 << 17, count: 8)
            body +=
                order.bytes(UInt64(length), count: 8) + order.bytes(frames, count: 8)
                + order.bytes(0, count: 4)
        }
        body += Array("fmt ".utf8) + order.bytes(UInt64(format.count), count: 4) + format
        body += [UInt8](repeating: 0, count: format.count % 2) + texts
        body += Array("data".utf8) + order.bytes(isLong ? 0xFFFF_FFFF : UInt64(length), count: 4)
        let fileLength = isLong ? 0xFFFF_FFFF : UInt64(body.count) + UInt64(length)
        let name = isLong ? "RF64" : order == .big ? "RIFX" : "RIFF"
        let head = Array(name.utf8) + order.bytes(fileLength, count: 4)
        return FileView(file, [.bytes(head + body)] + sounds.map { .stretch($0) })
    }

    // MARK: - Where the sound ends

    /// Decides how far the sound goes that begins at an offset.
    private mutating func findSound(at offset: Int64, length: Int64, formEnd: Int64) {
        let held = file.size - offset
        sound = offset..<file.size
        end = file.size
        if length > held {
            // Programs that write into a pipe put the most that a length can be.
            let isPlaceholder =
                length >= 0xFFFF_0000 && length <= 0xFFFF_FFFF
                || (0x7FFF_0000...0x8000_FFFF).contains(length)
            // Some count their header in.
            let isWholeFile = formEnd == file.size || start + length == file.size
            if isPlaceholder || isWholeFile {
                sound = offset..<trailingChunks(after: offset)
            } else {
                missedLength = length
            }
        } else if let rest = chunksEnd(from: offset + length) {
            sound = offset..<offset + length
            furtherSound = rest.sounds
            end = rest.end
        } else if let long = wrappedLength(length, held: held, offset: offset) {
            sound = offset..<offset + long.length
            end = long.end
        } else if length > 0, following(offset + length) == following(formEnd),
            isPadding(from: offset + length)
        {
            sound = offset..<offset + length
        } else {
            sound = offset..<trailingChunks(after: offset)
        }
    }

    /// A length that lost its bits above the 32nd, if with them it leads to an end.
    private func wrappedLength(
        _ length: Int64,
        held: Int64,
        offset: Int64
    )
        -> (length: Int64, end: Int64)?
    {
        var long = length + 1 << 32
        while long <= held {
            if let rest = chunksEnd(from: offset + long) { return (long, rest.end) }
            long += 1 << 32
        }
        return nil
    }

    /// What chunks hold that follow the sound.
    private typealias Rest = (end: Int64, sounds: [Range<Int64>])

    /// Walks the chunks after the sound, to the end of the file or to where another WAV file
    /// begins; nil if what follows is not chunks.
    private func chunksEnd(from offset: Int64) -> Rest? {
        let unpadded = chunkRun(from: offset)
        guard unpadded == nil, (offset - start) % 2 != 0 else { return unpadded }
        return chunkRun(from: offset + 1)
    }

    private func chunkRun(from first: Int64) -> Rest? {
        var offset = first
        var sounds: [Range<Int64>] = []
        var hasKnown = false
        for _ in 0..<Self.mostChunks where offset < file.size {
            if Self.begins(in: file, at: offset) { return (offset, sounds) }
            let head = file.bytes(at: offset, count: 8)
            let isTag = head.starts(with: "TAG".utf8) && file.size - offset == 128
            if isTag || (head.count < 8 && head.allSatisfy { $0 == 0 }) { break }
            // A known chunk may be damaged or cut off; the sound before it is whole.
            guard let chunk = chunk(at: offset) else { return hasKnown ? (file.size, sounds) : nil }
            hasKnown = hasKnown || Self.knownNames.contains(chunk.name)
            let next = offset + 8 + chunk.length
            guard next <= file.size || hasKnown else { return nil }
            if chunk.name == "data" { sounds.append(offset + 8..<min(next, file.size)) }
            offset = following(next)
        }
        return (file.size, sounds)
    }

    /// Where known chunks begin that lead exactly to the end of the file; else the file's end.
    ///
    /// For sound whose length was never written. Chunks are looked for in the last bytes only.
    private func trailingChunks(after offset: Int64) -> Int64 {
        let first = max(offset, file.size - (1 << 18))
        let tail = file.bytes(at: first, count: Int(file.size - first))
        guard tail.count >= 8 else { return file.size }
        for index in 0...(tail.count - 8) where Self.firstLetters.contains(tail[index]) {
            let name = String(decoding: tail[index..<index + 4], as: UTF8.self)
            guard Self.knownNames.contains(name) else { continue }
            let length = Int64(order.number(tail[index + 4..<index + 8]))
            let next = first + Int64(index) + 8 + length
            guard next <= file.size, chunksEnd(from: next)?.end == file.size else { continue }
            return first + Int64(index)
        }
        return file.size
    }

    /// Whether a tail after two lengths that agree is what fills a block of a disk, not sound.
    private func isPadding(from offset: Int64) -> Bool {
        let length = file.size - offset
        guard length >= Self.shortestForgottenSound else { return true }
        let places = (0..<16).map { offset + length * $0 / 16 } + [file.size - 4_096]
        return places.allSatisfy { file.bytes(at: $0, count: 4_096).allSatisfy { $0 == 0 } }
    }

    private static let knownNames: Set<String> = [
        "LIST", "id3 ", "ID3 ", "bext", "iXML", "axml", "guan", "_PMX", "cue ", "smpl", "inst",
        "fact",
        "JUNK", "junk", "PAD ", "FLLR", "PEAK", "afsp", "DISP", "plst", "note", "labl", "acid",
        "LGWV",
        "umid", "chna", "levl", "minf", "elm1", "regn", "SAUR", "wamd",
    ]
    private static let firstLetters = Set(knownNames.compactMap(\.utf8.first))

    // MARK: - Chunks

    /// The name and length of the chunk at an offset; nil if its name is not valid.
    private func chunk(at offset: Int64) -> (name: String, length: Int64)? {
        let header = file.bytes(at: offset, count: 8)
        guard header.count == 8, header[..<4].allSatisfy({ (0x20...0x7E).contains($0) }) else {
            return nil
        }
        return (
            String(decoding: header[..<4], as: UTF8.self), Int64(order.number(header[4...]))
        )
    }

    /// Where the chunk begins that follows one with this end.
    ///
    /// Chunks begin at even places; some programs forget the byte that fills up an odd one.
    private func following(_ end: Int64) -> Int64 {
        let padded = end + (end - start) % 2
        return padded != end && chunk(at: padded) == nil && chunk(at: end) != nil ? end : padded
    }

    /// A number of the chunk `fmt `, 0 if it is shorter.
    private func formatNumber(at offset: Int, byteCount: Int) -> Int {
        guard offset + byteCount <= format.count else { return 0 }
        return Int(order.number(format[offset..<offset + byteCount]))
    }
}
