internal import CSndFile

/// Decodes one audio stream of a recording.
protocol FrameDecoder: AnyObject {
    /// The stream's rate in Hz.
    var rateHz: Int { get }
    /// The number of channels.
    var channelCount: Int { get }
    /// The number of frames that the stream should have; nil where that is not known.
    var declaredFrames: Int64? { get }
    /// What the stream says about itself.
    var tags: RecordingTags { get }
    /// The factor to ±1 for floats in integer range; else 1.
    var gain: Float { get }
    /// Whether something was passed over that could not be decoded; known at the end.
    var isDamaged: Bool { get }
    /// Whether what follows the last frame could not be decoded; known at the end.
    var isCut: Bool { get }

    /// Decodes the next frames.
    ///
    /// - Parameters:
    ///   - frames: The most frames to decode, above 0.
    ///   - interleaved: Receives them at its beginning; has room for them.
    /// - Returns: The number of frames decoded; fewer than asked for at the end only.
    func read(frames: Int, into interleaved: inout [Float]) -> Int
}

extension FrameDecoder {
    var tags: RecordingTags { RecordingTags() }
    var gain: Float { 1 }
    var isDamaged: Bool { false }
    var isCut: Bool { false }
}

/// A stream that libsndfile decodes.
@safe final class SoundFileDecoder: FrameDecoder {
    let rateHz: Int
    let channelCount: Int
    let declaredFrames: Int64?
    let tags: RecordingTags
    private(set) var gain: Float = 1
    private(set) var isCut = false

    /// The bytes that are decoded.
    let view: FileView
    private let handle: OpaquePointer
    private let isFLAC: Bool

    /// Opens a view; nil if libsndfile does not read it.
    init?(_ view: FileView) {
        var info = SF_INFO()
        var callbacks = FileView.libsndfileCallbacks
        guard
            let handle = unsafe sf_open_virtual(
                &callbacks,
                Int32(SFM_READ),
                &info,
                view.userData
            )
        else { return nil }
        unsafe self.handle = handle
        self.view = view
        rateHz = Int(info.samplerate)
        channelCount = Int(info.channels)
        declaredFrames = info.frames < sf_count_t.max ? Int64(info.frames) : nil
        tags = unsafe RecordingTags(of: handle)
        isFLAC = Int(info.format) & SF_FORMAT_TYPEMASK == SF_FORMAT_FLAC
        let encoding = Int(info.format) & SF_FORMAT_SUBMASK
        if encoding == SF_FORMAT_FLOAT || encoding == SF_FORMAT_DOUBLE { gain = evidentGain() }
    }

    deinit {
        unsafe sf_close(handle)
    }

    func read(frames: Int, into interleaved: inout [Float]) -> Int {
        unsafe interleaved.withUnsafeMutableBufferPointer { buffer in
            var done = 0
            // Why a read was short, the next one says.
            while done < frames, let start = buffer.baseAddress {
                let wanted = sf_count_t(frames - done)
                let got = unsafe sf_readf_float(handle, start + done * channelCount, wanted)
                // The next read clears the error; what is read after it was damaged in between.
                if got == wanted {
                    isCut = false
                } else if unsafe sf_error(handle) != SF_ERR_NO_ERROR {
                    isCut = true
                }
                guard got > 0 else { break }
                done += Int(got)
            }
            return done
        }
    }

    /// Whether libFLAC passed over bytes; libsndfile writes that into its log only.
    var isDamaged: Bool {
        guard isFLAC else { return false }
        var log = [CChar](repeating: 0, count: 1 << 14)
        unsafe log.withUnsafeMutableBufferPointer { buffer in
            _ = unsafe sf_command(
                handle,
                Int32(SFC_GET_LOG_INFO),
                buffer.baseAddress,
                Int32(buffer.count - 1)
            )
        }
        return String(decoding: log.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            .contains("ERROR : FLAC")
    }

    /// The most places at which samples are looked at for their range.
    private static let probeCount: Int64 = 64
    private static let probeFrames = 1_024

    /// Looks at samples from the whole stream and returns to its beginning.
    private func evidentGain() -> Float {
        guard let declaredFrames, declaredFrames > 0, channelCount > 0 else { return 1 }
        var range = FloatRange()
        var samples = [Float](repeating: 0, count: Self.probeFrames * channelCount)
        let step = max(Int64(Self.probeFrames), declaredFrames / Self.probeCount)
        for place in stride(from: 0, to: declaredFrames, by: Int64.Stride(step)) {
            guard unsafe sf_seek(handle, sf_count_t(place), SEEK_SET) == place else { break }
            let count = read(frames: Self.probeFrames, into: &samples)
            range.add(samples[..<(count * channelCount)])
        }
        guard unsafe sf_seek(handle, 0, SEEK_SET) == 0 else { return 1 }
        return range.evidentGain
    }
}

/// What range the samples of a file of floats have: ±1, as they should, or that of integers, by
/// a program that changed the type and forgot to divide.
///
/// Floats somewhat above 1 are normal: they are what a format of floats is for. So a file is
/// rescaled only if more than a hundredth of its samples are above 128 (+42 dB), or above 2 with all
/// of them whole numbers.
struct FloatRange {
    private var soundCount = 0
    private var aboveTwo = 0
    private var farAbove = 0
    private var areWhole = true
    private var peak: Float = 0

    /// Adds samples.
    mutating func add(_ samples: ArraySlice<Float>) {
        for sample in samples where sample != 0 && sample.isFinite {
            let size = abs(sample)
            soundCount += 1
            if size > 2 { aboveTwo += 1 }
            if size > 128 { farAbove += 1 }
            if size != size.rounded() { areWhole = false }
            peak = max(peak, size)
        }
    }

    /// What makes ±1 of the samples: 1, or one over the full scale of 16, 24 or 32-bit integers.
    var evidentGain: Float {
        let isIntegers = farAbove * 100 > soundCount || (areWhole && aboveTwo * 100 > soundCount)
        guard isIntegers else { return 1 }
        // Filters overshoot full scale a little.
        let scales: [Float] = [0x1p15, 0x1p23, 0x1p31]
        return scales.first { peak <= 1.5 * $0 }.map { 1 / $0 } ?? 1
    }
}
