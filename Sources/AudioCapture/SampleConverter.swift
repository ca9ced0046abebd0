internal import CALSA
internal import Glibc

/// Turns a device's interleaved samples into mono floats in ±1.
struct SampleConverter: Sendable {
    /// From here on a sample counts as clipped: three steps of 16 bits under full scale.
    private static let clippingLevel: Float = 0.9999

    private let format: SampleFormat
    private let channels: Int
    private let firstChannel: Int
    private let usedChannels: Int
    private let gain: Float

    /// Prepares the conversion.
    ///
    /// - Parameters:
    ///   - format: How a sample is stored.
    ///   - channels: Samples in a frame, above 0.
    ///   - choice: `.only` must name one of the channels.
    ///   - gainDB: Amplification in dB.
    init(format: SampleFormat, channels: Int, choice: ChannelChoice, gainDB: Float) {
        precondition(channels > 0, "a frame has at least one channel")
        self.format = format
        self.channels = channels
        switch choice {
        case .mix:
            firstChannel = 0
            usedChannels = channels
        case .only(let number):
            precondition((1...channels).contains(number), "channel \(number) of \(channels)")
            firstChannel = number - 1
            usedChannels = 1
        }
        gain = gainDB == 0 ? 1 : pow(10, gainDB / 20)
    }

    /// Converts whole frames.
    ///
    /// - Parameters:
    ///   - bytes: Interleaved frames as the device delivered them.
    ///   - frames: How many of them, in `0...samples.count`.
    ///   - samples: Receives shape `[frames]`, mono, ±1; numbers that are none become 0.
    /// - Returns: How many of the used samples were at full scale, or were driven there by the
    ///   gain.
    func convert(
        _ bytes: UnsafeRawBufferPointer,
        frames: Int,
        into samples: inout MutableSpan<Float>
    ) -> Int {
        precondition(
            frames <= samples.count
                && bytes.count >= frames * channels * format.bytesPerSample,
            "\(frames) frames do not fit"
        )
        switch format {
        case .int16: return unsafe convert(bytes, frames, &samples) { unsafe $0.int16(at: $1) }
        case .int24: return unsafe convert(bytes, frames, &samples) { unsafe $0.int24(at: $1) }
        case .packedInt24:
            return unsafe convert(bytes, frames, &samples) { unsafe $0.packedInt24(at: $1) }
        case .int32: return unsafe convert(bytes, frames, &samples) { unsafe $0.int32(at: $1) }
        case .float32: return unsafe convert(bytes, frames, &samples) { unsafe $0.float(at: $1) }
        case .bigEndianInt16:
            return unsafe convert(bytes, frames, &samples) { unsafe $0.bigInt16(at: $1) }
        case .bigEndianInt24:
            return unsafe convert(bytes, frames, &samples) { unsafe $0.bigInt24(at: $1) }
        case .bigEndianPackedInt24:
            return unsafe convert(bytes, frames, &samples) { unsafe $0.bigPackedInt24(at: $1) }
        case .bigEndianInt32:
            return unsafe convert(bytes, frames, &samples) { unsafe $0.bigInt32(at: $1) }
        case .bigEndianFloat32:
            return unsafe convert(bytes, frames, &samples) { unsafe $0.bigFloat(at: $1) }
        }
    }

    /// Converts whole frames and keeps their channels apart, without the gain.
    ///
    /// - Parameters:
    ///   - bytes: Interleaved frames as the device delivered them.
    ///   - frames: How many of them.
    ///   - interleaved: Receives shape `[frames, channels]`, ±1; NaN becomes 0.
    func convertChannels(
        _ bytes: UnsafeRawBufferPointer,
        frames: Int,
        into interleaved: inout MutableSpan<Float>
    ) {
        precondition(
            frames * channels <= interleaved.count
                && bytes.count >= frames * channels * format.bytesPerSample,
            "\(frames) frames do not fit"
        )
        let count = frames * channels
        switch format {
        case .int16: unsafe copy(bytes, count, &interleaved) { unsafe $0.int16(at: $1) }
        case .int24: unsafe copy(bytes, count, &interleaved) { unsafe $0.int24(at: $1) }
        case .packedInt24:
            unsafe copy(bytes, count, &interleaved) { unsafe $0.packedInt24(at: $1) }
        case .int32: unsafe copy(bytes, count, &interleaved) { unsafe $0.int32(at: $1) }
        case .float32: unsafe copy(bytes, count, &interleaved) { unsafe $0.float(at: $1) }
        case .bigEndianInt16:
            unsafe copy(bytes, count, &interleaved) { unsafe $0.bigInt16(at: $1) }
        case .bigEndianInt24:
            unsafe copy(bytes, count, &interleaved) { unsafe $0.bigInt24(at: $1) }
        case .bigEndianPackedInt24:
            unsafe copy(bytes, count, &interleaved) { unsafe $0.bigPackedInt24(at: $1) }
        case .bigEndianInt32:
            unsafe copy(bytes, count, &interleaved) { unsafe $0.bigInt32(at: $1) }
        case .bigEndianFloat32:
            unsafe copy(bytes, count, &interleaved) { unsafe $0.bigFloat(at: $1) }
        }
    }

    @inline(__always)
    private func copy(
        _ bytes: UnsafeRawBufferPointer,
        _ count: Int,
        _ interleaved: inout MutableSpan<Float>,
        load: (UnsafeRawBufferPointer, Int) -> Float
    ) {
        for index in 0..<count {
            let sample = unsafe load(bytes, index)
            interleaved[index] = abs(sample) < .infinity ? min(max(sample, -1), 1) : 0
        }
    }

    @inline(__always)
    private func convert(
        _ bytes: UnsafeRawBufferPointer,
        _ frames: Int,
        _ samples: inout MutableSpan<Float>,
        load: (UnsafeRawBufferPointer, Int) -> Float
    ) -> Int {
        let scale = gain / Float(usedChannels)
        var clipped = 0
        for frame in 0..<frames {
            let first = frame * channels + firstChannel
            var sum: Float = 0
            for index in first..<first + usedChannels {
                let sample = unsafe load(bytes, index)
                // Comparisons with NaN are false: a number that is none adds nothing.
                if abs(sample) >= Self.clippingLevel { clipped += 1 }
                if abs(sample) < .infinity { sum += sample }
            }
            let amplified = sum * scale
            if abs(amplified) > 1 && usedChannels == 1 && gain > 1 { clipped += 1 }
            samples[frame] = min(max(amplified, -1), 1)
        }
        return clipped
    }
}

/// The linear sample formats that are understood, in the order in which they are preferred.
///
/// Wide ones first: where ALSA converts, a wide format keeps what the card has, and where the
/// hardware offers several, the wide one has the lower noise floor.
package enum SampleFormat: String, Sendable, CaseIterable {
    case int32 = "S32_LE"
    case float32 = "FLOAT_LE"
    /// 24 bits in the low bytes of 4.
    case int24 = "S24_LE"
    /// 24 bits in 3 bytes.
    case packedInt24 = "S24_3LE"
    case int16 = "S16_LE"
    case bigEndianInt32 = "S32_BE"
    case bigEndianFloat32 = "FLOAT_BE"
    case bigEndianInt24 = "S24_BE"
    case bigEndianPackedInt24 = "S24_3BE"
    case bigEndianInt16 = "S16_BE"

    /// Bytes that one sample takes.
    package var bytesPerSample: Int {
        switch self {
        case .int16, .bigEndianInt16: 2
        case .packedInt24, .bigEndianPackedInt24: 3
        default: 4
        }
    }

    var alsaFormat: snd_pcm_format_t {
        switch self {
        case .int32: SND_PCM_FORMAT_S32_LE
        case .float32: SND_PCM_FORMAT_FLOAT_LE
        case .int24: SND_PCM_FORMAT_S24_LE
        case .packedInt24: SND_PCM_FORMAT_S24_3LE
        case .int16: SND_PCM_FORMAT_S16_LE
        case .bigEndianInt32: SND_PCM_FORMAT_S32_BE
        case .bigEndianFloat32: SND_PCM_FORMAT_FLOAT_BE
        case .bigEndianInt24: SND_PCM_FORMAT_S24_BE
        case .bigEndianPackedInt24: SND_PCM_FORMAT_S24_3BE
        case .bigEndianInt16: SND_PCM_FORMAT_S16_BE
        }
    }
}

/// Loads the sample with a given index from interleaved bytes, scaled to ±1.
///
/// The caller has checked the size. Indices count samples, not bytes.
extension UnsafeRawBufferPointer {
    private static let scale16: Float = 1 / 32_768
    private static let scale32: Float = 1 / 2_147_483_648

    @inline(__always)
    func int16(at index: Int) -> Float {
        unsafe Float(Int16(littleEndian: word16(index))) * Self.scale16
    }

    @inline(__always)
    func bigInt16(at index: Int) -> Float {
        unsafe Float(Int16(bigEndian: word16(index))) * Self.scale16
    }

    @inline(__always)
    func int32(at index: Int) -> Float {
        unsafe Float(Int32(littleEndian: word32(index))) * Self.scale32
    }

    @inline(__always)
    func bigInt32(at index: Int) -> Float {
        unsafe Float(Int32(bigEndian: word32(index))) * Self.scale32
    }

    // ALSA leaves the fourth byte of S24 undefined: it is shifted out.
    @inline(__always)
    func int24(at index: Int) -> Float {
        unsafe Float(Int32(littleEndian: word32(index)) << 8) * Self.scale32
    }

    @inline(__always)
    func bigInt24(at index: Int) -> Float {
        unsafe Float(Int32(bigEndian: word32(index)) << 8) * Self.scale32
    }

    @inline(__always)
    func packedInt24(at index: Int) -> Float {
        unsafe packed(low: index * 3, middle: index * 3 + 1, high: index * 3 + 2)
    }

    @inline(__always)
    func bigPackedInt24(at index: Int) -> Float {
        unsafe packed(low: index * 3 + 2, middle: index * 3 + 1, high: index * 3)
    }

    @inline(__always)
    func float(at index: Int) -> Float {
        unsafe Float(bitPattern: UInt32(littleEndian: UInt32(bitPattern: word32(index))))
    }

    @inline(__always)
    func bigFloat(at index: Int) -> Float {
        unsafe Float(bitPattern: UInt32(bigEndian: UInt32(bitPattern: word32(index))))
    }

    @inline(__always)
    private func word16(_ index: Int) -> Int16 {
        unsafe loadUnaligned(fromByteOffset: index &* 2, as: Int16.self)
    }

    @inline(__always)
    private func word32(_ index: Int) -> Int32 {
        unsafe loadUnaligned(fromByteOffset: index &* 4, as: Int32.self)
    }

    @inline(__always)
    private func packed(low: Int, middle: Int, high: Int) -> Float {
        let bytes = unsafe (self[low], self[middle], self[high])
        let bits = UInt32(bytes.0) << 8 | UInt32(bytes.1) << 16 | UInt32(bytes.2) << 24
        return unsafe Float(Int32(bitPattern: bits)) * Self.scale32
    }
}
