/// What the beginning and the end of a FLAC file say about its length.
struct FLACHeader {
    /// The number of samples in each channel that the header declares; 0 where it does not say.
    let declaredFrames: Int64

    /// Marks of the beginning of a FLAC file: "fLaC", and a block of 34 bytes about the stream,
    /// which is the last block before the sound or is not (RFC 9639).
    static let marks: [[UInt8]] = [0, 0x80].map { Array("fLaC".utf8) + [$0, 0, 0, 34] }

    private let blockLength: Int64
    private let fields: [UInt8]
    private let start: Int64
    private static let fieldsOffset: Int64 = 18
    private static let longestFrameHeader = 16

    /// Reads the header at an offset; nil if there is none.
    init?(of file: RecordingFile, at start: Int64) {
        let bytes = file.bytes(at: start, count: 26)
        guard bytes.count == 26, Self.marks.contains(Array(bytes[..<8])) else { return nil }
        self.start = start
        blockLength = Int64(bytes[8]) << 8 | Int64(bytes[9])
        fields = Array(bytes[18...])
        declaredFrames = Int64(fields.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } & 0xF_FFFF_FFFF)
    }

    /// The pieces of a view of the file from here to an end.
    ///
    /// Where frames follow the last one that the header declares, the header says nothing in the
    /// view, so that the decoder goes on to the end.
    func pieces(of file: RecordingFile, to end: Int64) -> [FileView.Piece] {
        guard declaredFrames > 0, lastFrame(of: file, before: end) >= declaredFrames else {
            return [.stretch(start..<end)]
        }
        let place = start + Self.fieldsOffset
        let unknown = Array(fields[..<3]) + [fields[3] & 0xF0, 0, 0, 0, 0]
        return [.stretch(start..<place), .bytes(unknown), .stretch(place + 8..<end)]
    }

    /// The number of the first sample of the last frame; 0 if none is found.
    private func lastFrame(of file: RecordingFile, before end: Int64) -> Int64 {
        let first = max(start, end - (1 << 16))
        let tail = file.bytes(at: first, count: Int(end - first))
        var index = tail.count - 6
        while index >= 0 {
            if tail[index] == 0xFF, tail[index + 1] & 0xFE == 0xF8,
                let sample = firstSample(ofFrame: tail[index...].prefix(Self.longestFrameHeader))
            {
                return sample
            }
            index -= 1
        }
        return 0
    }

    /// The number of a frame's first sample; nil unless its header has the right check sum.
    private func firstSample(ofFrame header: ArraySlice<UInt8>) -> Int64? {
        let bytes = Array(header)
        // The number is coded as UTF-8 codes characters, up to 36 bits.
        let ones = (~bytes[4]).leadingZeroBitCount
        guard ones != 1, ones <= 7 else { return nil }
        let numberLength = max(1, ones)
        let blockCode = bytes[2] >> 4
        let rateCode = bytes[2] & 15
        let extra =
            (blockCode == 6 ? 1 : blockCode == 7 ? 2 : 0)
            + (rateCode == 12 ? 1 : rateCode == 13 || rateCode == 14 ? 2 : 0)
        let length = 4 + numberLength + extra
        guard blockCode != 0, rateCode != 15, bytes[3] & 1 == 0, length < bytes.count,
            Self.checkSum(bytes[..<length]) == bytes[length]
        else { return nil }
        var number = ones < 2 ? Int64(bytes[4]) : Int64(bytes[4]) & (1 << (7 - ones) - 1)
        for byte in bytes[5..<4 + numberLength] { number = number << 6 | Int64(byte & 0x3F) }
        return bytes[1] & 1 == 1 ? number : number * blockLength
    }

    /// CRC-8 with the polynomial x⁸ + x² + x + 1.
    private static func checkSum(_ bytes: ArraySlice<UInt8>) -> UInt8 {
        bytes.reduce(0) { sum, byte in
            (0..<8).reduce(sum ^ byte) { value, _ in value << 1 ^ (value & 0x80 == 0 ? 0 : 7) }
        }
    }
}
