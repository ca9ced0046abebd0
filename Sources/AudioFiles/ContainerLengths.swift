/// The lengths in the header of an AIFF, AU, W64 or CAF file, corrected where they are wrong.
///
/// As in a WAV file (see ``WaveHeader``), a length is believed if it leads to the end of the file or
/// to further chunks. All others mean that the sound goes on to the end of the file.
struct ContainerLengths {
    /// The file for libsndfile, its lengths as they should be.
    private(set) var view: FileView
    /// The bytes of sound that are there and that should be, if the file was cut off.
    private(set) var cut: (heldBytes: Int64, declaredBytes: Int64)?

    /// How a format writes its chunks.
    private struct Layout {
        /// Where the first chunk begins.
        let start: Int64
        let nameLength: Int64
        let lengthBytes: Int
        var order = ByteOrder.big
        /// Whether the length counts the chunk's own header.
        var countsHeader = false
        /// Chunks begin at multiples of this.
        var alignment: Int64 = 1
        let soundName: String
        /// Bytes in the sound's chunk before the samples.
        var prefix: Int64 = 0
        /// Where the length of the file is; nil if there is none.
        var fileLengthAt: Int64?

        var headerLength: Int64 { nameLength + Int64(lengthBytes) }
    }

    /// Bytes that replace some of the file's.
    private typealias Patch = (place: Int64, bytes: [UInt8])

    private static let mostChunks = 1_000

    /// Looks at a file's header; nil for other formats, and if no sound is found within some chunks.
    init?(of file: RecordingFile) {
        let head = file.bytes(at: 0, count: 16)
        guard head.count == 16 else { return nil }
        let name = String(decoding: head[..<4], as: UTF8.self)
        let form = String(decoding: head[8..<12], as: UTF8.self)
        let layout: Layout
        switch name {
        case ".snd", "dns.":
            self.init(auFile: file, name == ".snd" ? .big : .little)
            return
        case "FORM" where form == "AIFF" || form == "AIFC":
            layout = Layout(
                start: 12,
                nameLength: 4,
                lengthBytes: 4,
                alignment: 2,
                soundName: "SSND",
                prefix: 8,
                fileLengthAt: 4
            )
        case "caff":
            layout = Layout(
                start: 8,
                nameLength: 4,
                lengthBytes: 8,
                soundName: "data",
                prefix: 4
            )
        case "riff":
            layout = Layout(
                start: 40,
                nameLength: 16,
                lengthBytes: 8,
                order: .little,
                countsHeader: true,
                alignment: 8,
                soundName: "data",
                fileLengthAt: 16
            )
        default: return nil
        }
        self.init(chunksOf: file, layout)
    }

    /// An AU file: the name, where the sound begins, its length.
    private init?(auFile file: RecordingFile, _ order: ByteOrder) {
        let start = Int64(order.number(file.bytes(at: 4, count: 4)))
        let length = Int64(order.number(file.bytes(at: 8, count: 4)))
        let held = file.size - start
        guard start >= 24, held > 0 else { return nil }
        let isPlaceholder = Self.isPlaceholder(length)
        if length > held, !isPlaceholder { cut = (held, length) }
        let real = order.bytes(UInt64(clamping: held), count: 4)
        view = Self.view(of: file, [(8, held > 0xFFFF_FFFE ? [255, 255, 255, 255] : real)])
    }

    /// Whether a length of 32 bits is what programs write that can't know it: the most that is
    /// possible, with or without a sign, and sox's 0x7F000000.
    private static func isPlaceholder(_ length: Int64) -> Bool {
        length >= 0xFFFF_0000 || (0x7FFF_0000...0x8000_FFFF).contains(length)
            || (0x7F00_0000...0x7F00_0100).contains(length)
    }

    private init?(chunksOf file: RecordingFile, _ layout: Layout) {
        var offset = layout.start
        var common: Int64?
        var patches: [Patch] = []
        view = FileView(file, [.stretch(0..<file.size)])
        for _ in 0..<Self.mostChunks {
            guard let chunk = Self.chunk(of: file, at: offset, layout) else { return nil }
            if chunk.name == "COMM" { common = offset + layout.headerLength }
            if chunk.name == "fmt " {
                patches += Self.plainEncoding(of: file, at: offset + layout.headerLength)
            }
            if chunk.name == layout.soundName {
                patches += correction(
                    file,
                    layout,
                    soundAt: offset,
                    length: chunk.length,
                    common: common
                )
                view = Self.view(of: file, patches)
                return
            }
            offset = Self.next(after: offset, chunk.length, layout)
        }
        return nil
    }

    /// The encoding in place of "extensible" in the header of a W64 file: libsndfile takes all that
    /// is extensible for integers there.
    private static func plainEncoding(of file: RecordingFile, at place: Int64) -> [Patch] {
        let format = file.bytes(at: place, count: 26)
        guard format.count == 26, format[0] == 0xFE, format[1] == 0xFF,
            format[24] != 1 || format[25] != 0
        else { return [] }
        return [(place, Array(format[24...]))]
    }

    private mutating func correction(
        _ file: RecordingFile,
        _ layout: Layout,
        soundAt offset: Int64,
        length: Int64,
        common: Int64?
    ) -> [Patch] {
        let held = file.size - offset - layout.headerLength
        let isCredible =
            length <= held
            && Self.leadsToEnd(file, Self.next(after: offset, length, layout), layout)
        let isPlaceholder =
            length <= layout.prefix || length > 1 << 60
            || (layout.lengthBytes == 4 && Self.isPlaceholder(length))
        if length > held, !isPlaceholder { cut = (held - layout.prefix, length - layout.prefix) }
        let sound = isCredible ? length : held
        var patches: [Patch] = []
        if !isCredible {
            let written = UInt64(sound + (layout.countsHeader ? layout.headerLength : 0))
            let place = offset + layout.nameLength
            patches.append((place, layout.order.bytes(written, count: layout.lengthBytes)))
            if let place = layout.fileLengthAt {
                let whole = UInt64(file.size - (layout.countsHeader ? 0 : 8))
                patches.append((place, layout.order.bytes(whole, count: layout.lengthBytes)))
            }
        }
        if let common,
            let frames = Self.frames(of: file, common: common, bytes: sound - layout.prefix)
        {
            patches.append(
                (common + 2, ByteOrder.big.bytes(UInt64(clamping: frames), count: 4))
            )
        }
        return patches
    }

    /// The number of frames in an AIFF file's sound, where each takes as many bytes as the next.
    private static func frames(of file: RecordingFile, common: Int64, bytes: Int64) -> Int64? {
        let fields = file.bytes(at: common, count: 22)
        guard fields.count == 22 else { return nil }
        let channels = Int64(ByteOrder.big.number(fields[..<2]))
        let bits = Int64(ByteOrder.big.number(fields[6..<8]))
        let length = ByteOrder.big.number(file.bytes(at: common - 4, count: 4))
        let encoding = length > 18 ? String(decoding: fields[18...], as: UTF8.self) : "NONE"
        let sampleBytes: Int64
        switch encoding.lowercased() {
        case "none", "twos", "sowt", "fl32", "fl64", "in24", "in32", "raw ":
            sampleBytes = (bits + 7) / 8
        case "alaw", "ulaw": sampleBytes = 1
        default: return nil
        }
        guard channels > 0, sampleBytes > 0, bytes >= 0 else { return nil }
        return bytes / (channels * sampleBytes)
    }

    /// The file with bytes replaced at some places.
    private static func view(of file: RecordingFile, _ patches: [Patch]) -> FileView {
        var pieces: [FileView.Piece] = []
        var position: Int64 = 0
        for patch in patches.sorted(by: { $0.place < $1.place }) {
            pieces += [.stretch(position..<patch.place), .bytes(patch.bytes)]
            position = patch.place + Int64(patch.bytes.count)
        }
        return FileView(file, pieces + [.stretch(position..<file.size)])
    }

    // MARK: - Chunks

    private static func chunk(
        of file: RecordingFile,
        at offset: Int64,
        _ layout: Layout
    )
        -> (name: String, length: Int64)?
    {
        let header = file.bytes(at: offset, count: Int(layout.headerLength))
        guard header.count == Int(layout.headerLength),
            header[..<4].allSatisfy({ (0x20...0x7E).contains($0) })
        else { return nil }
        let length = layout.order.number(header[Int(layout.nameLength)...])
        let own = layout.countsHeader ? UInt64(layout.headerLength) : 0
        return (
            String(decoding: header[..<4], as: UTF8.self),
            Int64(clamping: min(length >= own ? length - own : 0, 1 << 61))
        )
    }

    private static func next(after offset: Int64, _ length: Int64, _ layout: Layout) -> Int64 {
        let end = offset + layout.headerLength + length
        return (end + layout.alignment - 1) / layout.alignment * layout.alignment
    }

    /// Whether chunks follow each other to the end of the file.
    private static func leadsToEnd(_ file: RecordingFile, _ first: Int64, _ layout: Layout) -> Bool
    {
        var offset = first
        for _ in 0..<mostChunks where offset < file.size {
            guard let chunk = chunk(of: file, at: offset, layout) else { return false }
            offset = next(after: offset, chunk.length, layout)
            // A byte or so that fills up the last chunk may be missing.
            guard offset <= file.size + layout.alignment else { return false }
        }
        return true
    }
}
