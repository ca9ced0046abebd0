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
