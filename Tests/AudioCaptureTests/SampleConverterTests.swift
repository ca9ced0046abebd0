import Testing

@testable import AudioCapture

@Suite
struct SampleConverterTests {
    /// Full scale down, half down, one step of 16 bits, silence, half up: as 24-bit integers.
    private static let values: [Int32] = [-8_388_608, -4_194_304, 256, 0, 4_194_304]
    private static let expected: [Float] = [-1, -0.5, 1.0 / 32_768, 0, 0.5]

    @Test(arguments: SampleFormat.allCases)
    func everyFormatGivesTheSameNumbers(format: SampleFormat) {
        let bytes = Self.values.flatMap { Self.encode($0, as: format) }
        #expect(Self.convert(bytes, format).samples == Self.expected)
    }

    @Test func theUndefinedByteOfS24IsIgnored() {
        let bytes: [UInt8] = [0x00, 0x00, 0xC0, 0x5A]
        #expect(Self.convert(bytes, .int24).samples == [-0.5])
        #expect(Self.convert(bytes.reversed(), .bigEndianInt24).samples == [-0.5])
    }

    @Test func mixingTakesTheMeanOfAllChannels() {
        let bytes = [Float(0.5), -0.25, 0.5, 0.75, 0.25, -0.5].flatMap { Self.encode($0) }
        let result = Self.convert(bytes, .float32, channels: 3)
        #expect(result.samples == [0.25, 0.5 / 3])
        #expect(result.interleaved == [0.5, -0.25, 0.5, 0.75, 0.25, -0.5])
    }

    @Test(arguments: [(1, [Float(0.5), 0.75]), (2, [-0.25, 0.25]), (3, [0.5, -0.5])])
    func oneChannelIsTakenAlone(channel: Int, expected: [Float]) {
        let bytes = [Float(0.5), -0.25, 0.5, 0.75, 0.25, -0.5].flatMap { Self.encode($0) }
        let result = Self.convert(bytes, .float32, channels: 3, choice: .only(channel))
        #expect(result.samples == expected)
    }

    @Test func gainAmplifiesAndIsCutAtFullScale() {
        let bytes = [Float(0.05), -0.5].flatMap { Self.encode($0) }
        let result = Self.convert(bytes, .float32, gainDB: 20)
        #expect(abs(result.samples[0] - 0.5) < 1e-6)
        #expect(result.samples[1] == -1)
        #expect(result.clipped == 1)
    }

    @Test func samplesAtFullScaleAreCounted() {
        let bytes = [Int16.min, 100, Int16.max, -32_000].flatMap {
            withUnsafeBytes(of: $0.littleEndian) { Array($0) }
        }
        #expect(Self.convert(bytes, .int16).clipped == 2)
    }

    @Test func notANumberAndInfinityBecomeSilence() {
        let bytes = [Float.nan, .infinity, -.infinity, 0.5].flatMap { Self.encode($0) }
        #expect(Self.convert(bytes, .float32).samples == [0, 0, 0, 0.5])
        #expect(Self.convert(bytes, .float32).interleaved == [0, 0, 0, 0.5])
    }

    private static func convert(
        _ bytes: [UInt8],
        _ format: SampleFormat,
        channels: Int = 1,
        choice: ChannelChoice = .mix,
        gainDB: Float = 0
    ) -> (samples: [Float], interleaved: [Float], clipped: Int) {
        let converter = SampleConverter(
            format: format,
            channels: channels,
            choice: choice,
            gainDB: gainDB
        )
        let frames = bytes.count / format.bytesPerSample / channels
        var interleaved = [Float](repeating: .nan, count: frames * channels)
        var samples = [Float](repeating: .nan, count: frames)
        var channelSpan = interleaved.mutableSpan
        var span = samples.mutableSpan
        let clipped = bytes.withUnsafeBytes {
            converter.convert($0, frames: frames, interleaved: &channelSpan, mono: &span)
        }
        return (samples, interleaved, clipped)
    }

    private static func encode(_ value: Float) -> [UInt8] {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
    }

    private static func encode(_ value: Int32, as format: SampleFormat) -> [UInt8] {
        func bytes<Word: FixedWidthInteger>(_ word: Word) -> [UInt8] {
            withUnsafeBytes(of: word.littleEndian) { Array($0) }
        }
        switch format {
        case .int32: return bytes(value << 8)
        case .float32: return bytes((Float(value) / 8_388_608).bitPattern)
        case .int24: return bytes(value)
        case .packedInt24: return Array(bytes(value).prefix(3))
        case .int16: return bytes(Int16(value >> 8))
        case .bigEndianInt32: return encode(value, as: .int32).reversed()
        case .bigEndianFloat32: return encode(value, as: .float32).reversed()
        case .bigEndianInt24: return encode(value, as: .int24).reversed()
        case .bigEndianPackedInt24: return encode(value, as: .packedInt24).reversed()
        case .bigEndianInt16: return encode(value, as: .int16).reversed()
        }
    }
}
