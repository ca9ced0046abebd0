/// The sound of a WAV file of 64-bit integers, which libsndfile does not read.
final class WideIntegerWave: FrameDecoder {
    let rateHz: Int
    let channelCount: Int
    let declaredFrames: Int64?

    private let view: FileView

    private static let sampleBytes = 8

    /// Looks at a file's header; nil if the samples are anything else.
    init?(_ header: WaveHeader, of file: RecordingFile) {
        channelCount = header.channelCount
        rateHz = header.rateHz
        guard header.encoding == WaveHeader.integers, header.sampleBits == 8 * Self.sampleBytes,
            !header.isBigEndian, channelCount > 0, rateHz > 0,
            header.frameBytes == Self.sampleBytes * channelCount
        else { return nil }
        let sound = header.sound
        view = FileView(file, [.stretch(sound)])
        declaredFrames = (sound.upperBound - sound.lowerBound) / Int64(header.frameBytes)
    }

    func read(frames: Int, into interleaved: inout [Float]) -> Int {
        let frameBytes = Self.sampleBytes * channelCount
        let bytes = unsafe [UInt8](
            unsafeUninitializedCapacity: frames * frameBytes
        ) { room, filled in
            filled = unsafe view.read(UnsafeMutableRawBufferPointer(room))
        }
        let decoded = bytes.count / frameBytes
        for index in 0..<decoded * channelCount {
            let first = index * Self.sampleBytes
            let code = bytes[first..<first + Self.sampleBytes].reversed()
                .reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            interleaved[index] = Float(Int64(bitPattern: code)) / 0x1p63
        }
        return decoded
    }
}
