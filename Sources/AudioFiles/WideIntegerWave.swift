/// The sound of a WAV file of 64-bit integers, which libsndfile does not read.
struct WideIntegerWave {
    /// The recording's rate in Hz.
    let sampleRateHz: Int
    /// The number of channels.
    let channelCount: Int
    /// The number of frames that the header declares, else that the file holds.
    let frameCount: Int64

    private let soundOffset: Int64
    private let heldFrames: Int64
    private var position: Int64 = 0

    private static let integers = 1
    private static let extensible = 0xFFFE
    private static let sampleBytes = 8

    /// Looks at a file's header; nil if the file is anything else.
    init?(_ file: borrowing RecordingFile) {
        guard let header = WaveHeader(of: file) else { return nil }
        let tag = header.formatNumber(at: 0, byteCount: 2)
        // The extensible format names the encoding in the first bytes of its identifier.
        let encoding = tag == Self.extensible ? header.formatNumber(at: 24, byteCount: 2) : tag
        channelCount = header.formatNumber(at: 2, byteCount: 2)
        sampleRateHz = header.formatNumber(at: 4, byteCount: 4)
        let frameBytes = header.formatNumber(at: 12, byteCount: 2)
        let sampleBits = header.formatNumber(at: 14, byteCount: 2)
        guard encoding == Self.integers, sampleBits == 8 * Self.sampleBytes, channelCount > 0,
            sampleRateHz > 0, frameBytes == Self.sampleBytes * channelCount
        else { return nil }
        let declared = header.declaredBytes ?? header.heldBytes
        soundOffset = header.soundOffset
        heldFrames = min(declared, header.heldBytes) / Int64(frameBytes)
        frameCount = declared / Int64(frameBytes)
    }

    /// Decodes the next frames.
    ///
    /// - Parameters:
    ///   - frames: The most frames to decode, above 0.
    ///   - interleaved: Receives them at its beginning, ±1; has room for them.
    ///   - file: The file that the header was read from.
    /// - Returns: The number of frames decoded; fewer at the end.
    mutating func read(
        frames: Int,
        into interleaved: inout [Float],
        from file: borrowing RecordingFile
    ) -> Int {
        let frameBytes = Self.sampleBytes * channelCount
        let wanted = Int(min(Int64(frames), heldFrames - position))
        guard wanted > 0 else { return 0 }
        let offset = soundOffset + position * Int64(frameBytes)
        let bytes = file.bytes(at: offset, count: wanted * frameBytes)
        let decoded = bytes.count / frameBytes
        for index in 0..<decoded * channelCount {
            let first = index * Self.sampleBytes
            let code = bytes[first..<first + Self.sampleBytes].reversed()
                .reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            interleaved[index] = Float(Int64(bitPattern: code)) / 0x1p63
        }
        position += Int64(decoded)
        return decoded
    }
}
