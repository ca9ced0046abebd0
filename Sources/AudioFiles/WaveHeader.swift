/// What the chunks of a WAV or RF64 file say before the sound begins.
struct WaveHeader: Equatable {
    /// The contents of the chunk `fmt `; empty if there is none.
    private(set) var format: [UInt8] = []
    /// Where the sound's bytes begin.
    private(set) var soundOffset: Int64
    /// How many bytes of sound the file holds, or whatever else follows them.
    private(set) var heldBytes: Int64
    /// How many bytes of sound there should be; nil where the header does not say.
    private(set) var declaredBytes: Int64?

    /// Walks the chunks of a file to the sound; nil if there is none, or it is no WAV file.
    ///
    /// Lengths of 0 and 2³²−1 (and 2³¹, less a header) are what programs write that do not know
    /// the length in advance; they declare nothing. An RF64 file keeps the length in a chunk of
    /// its own, `ds64`, after the length of the whole file (EBU Tech 3306).
    init?(of file: borrowing RecordingFile) {
        let head = file.bytes(at: 0, count: 12)
        guard head.count == 12,
            ["RIFF", "RF64"].contains(where: { head[..<4].elementsEqual($0.utf8) })
        else { return nil }
        var offset: Int64 = 12
        var longLength: Int64?
        while offset + 8 <= file.size {
            let header = file.bytes(at: offset, count: 8)
            guard header.count == 8 else { return nil }
            let length = Self.number(header[4...])
            if header[..<4].elementsEqual("ds64".utf8) {
                longLength = Self.number(file.bytes(at: offset + 16, count: 8)[...])
            }
            if header[..<4].elementsEqual("fmt ".utf8) {
                format = file.bytes(at: offset + 8, count: Int(min(length, 64)))
            }
            if header[..<4].elementsEqual("data".utf8) {
                let isDeclared = longLength != nil || (1..<0x7FFF_0000).contains(length)
                soundOffset = offset + 8
                heldBytes = file.size - soundOffset
                declaredBytes = isDeclared ? longLength ?? length : nil
                return
            }
            offset += 8 + length + length % 2
        }
        return nil
    }

    /// A little-endian number of the chunk `fmt `, 0 if it is shorter.
    func formatNumber(at offset: Int, byteCount: Int) -> Int {
        guard offset + byteCount <= format.count else { return 0 }
        return Int(Self.number(format[offset..<offset + byteCount]))
    }

    /// The value of little-endian bytes; one beyond every file is as much as any other.
    private static func number(_ bytes: ArraySlice<UInt8>) -> Int64 {
        let value = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Int64(clamping: min(value, 1 << 60))
    }
}
