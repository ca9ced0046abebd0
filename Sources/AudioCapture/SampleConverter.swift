internal import CALSA
internal import Glibc

/// Turns a device's interleaved samples into mono floats in ±1.
struct SampleConverter: Sendable {
    /// From here on a sample counts as clipped: three steps of 16 bits under full scale.
    static let clippingLevel: Float = 0.9999

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
    ///   - frames: How many of them, in `0...mono.count`.
    ///   - interleaved: Receives shape `[frames, channels]`; used channels are ±1, without the gain.
    ///   - mono: Receives shape `[frames]`, ±1, with the gain.
    /// - Returns: How many of the used samples were at full scale, or were driven there by the
    ///   gain.
    ///
    /// NaN and infinite samples become 0.
    func convert(
        _ bytes: UnsafeRawBufferPointer,
        frames: Int,
        interleaved: inout MutableSpan<Float>,
        mono: inout MutableSpan<Float>
    ) -> Int {
        let count = frames * channels
        precondition(
            frames <= mono.count && count <= interleaved.count
                && bytes.count >= count * format.bytesPerSample,
            "\(frames) frames do not fit"
        )
        unsafe decode(bytes, count, &interleaved)
        return mix(&interleaved, frames: frames, into: &mono)
    }

    /// Makes mono samples of the used channels.
    private func mix(
        _ interleaved: inout MutableSpan<Float>,
        frames: Int,
        into mono: inout MutableSpan<Float>
    ) -> Int {
        let scale = gain / Float(usedChannels)
        var clipped = 0
        for frame in 0..<frames {
            let first = frame * channels + firstChannel
            var sum: Float = 0
            for index in first..<first + usedChannels {
                let sample = interleaved[index]
                // Comparisons with NaN are false, so NaN adds nothing.
                let isFinite = abs(sample) < .infinity
                if abs(sample) >= Self.clippingLevel { clipped += 1 }
                if isFinite { sum += sample }
                interleaved[index] = isFinite ? min(max(sample, -1), 1) : 0
            }
            let amplified = sum * scale
            if abs(amplified) > 1 && usedChannels == 1 && gain > 1 { clipped += 1 }
            mono[frame] = min(max(amplified, -1), 1)
        }
        return clipped
    }

    /// Scales samples to ±1; floats stay as they are.
    private func decode(
        _ bytes: UnsafeRawBufferPointer,
        _ count: Int,
        _ samples: inout MutableSpan<Float>
    ) {
        switch format {
        case .int16:
            fill(&samples, count) { Int32(Int16(littleEndian: unsafe bytes.word($0))) << 16 }
        case .bigEndianInt16:
            fill(&samples, count) { Int32(Int16(bigEndian: unsafe bytes.word($0))) << 16 }
        case .int32:
            fill(&samples, count) { Int32(littleEndian: unsafe bytes.word($0)) }
        case .bigEndianInt32:
            fill(&samples, count) { Int32(bigEndian: unsafe bytes.word($0)) }
        // ALSA leaves the fourth byte of S24 undefined: it is shifted out.
        case .int24:
            fill(&samples, count) { Int32(littleEndian: unsafe bytes.word($0)) << 8 }
        case .bigEndianInt24:
            fill(&samples, count) { Int32(bigEndian: unsafe bytes.word($0)) << 8 }
        case .packedInt24:
            fill(&samples, count) { unsafe bytes.packed(3 * $0 + 2, 3 * $0 + 1, 3 * $0) }
        case .bigEndianPackedInt24:
            fill(&samples, count) { unsafe bytes.packed(3 * $0, 3 * $0 + 1, 3 * $0 + 2) }
        case .float32:
            for index in 0..<count {
                samples[index] = Float(bitPattern: UInt32(littleEndian: unsafe bytes.word(index)))
            }
        case .bigEndianFloat32:
            for index in 0..<count {
                samples[index] = Float(bitPattern: UInt32(bigEndian: unsafe bytes.word(index)))
            }
        }
    }

    /// Fills in samples from integers whose full scale is that of 32 bits.
    @inline(__always)
    private func fill(
        _ samples: inout MutableSpan<Float>,
        _ count: Int,
        from load: (Int) -> Int32
    ) {
        for index in 0..<count { samples[index] = Float(load(index)) / 2_147_483_648 }
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

/// Loads samples from interleaved bytes; the caller has checked the size.
extension UnsafeRawBufferPointer {
    /// The word with this index, counted in words.
    @inline(__always)
    fileprivate func word<Word: FixedWidthInteger & BitwiseCopyable>(_ index: Int) -> Word {
        unsafe loadUnaligned(fromByteOffset: index &* MemoryLayout<Word>.size, as: Word.self)
    }

    /// Three bytes, the highest first, as the upper ones of 32 bits.
    @inline(__always)
    fileprivate func packed(_ high: Int, _ middle: Int, _ low: Int) -> Int32 {
        let bytes = unsafe (self[high], self[middle], self[low])
        let bits = UInt32(bytes.0) << 24 | UInt32(bytes.1) << 16 | UInt32(bytes.2) << 8
        return Int32(bitPattern: bits)
    }
}
