internal import CSndFile
package import CivilTime
package import Foundation

/// Reads a recording as mono samples, in constant memory however long it is.
///
/// libsndfile decodes: WAV (8 to 32 bit integers, 32 and 64 bit floats, WAVE_FORMAT_EXTENSIBLE,
/// RF64), FLAC, Ogg Vorbis and Opus, MP3, and what else it knows, recognised by content and not
/// by name; WAV of 64-bit integers, which it does not know, is decoded here. Integer samples are
/// scaled to ±1; floats are taken as they are.
///
/// A file that stops in the middle is read as far as it goes, and `truncation` says so afterwards.
/// Not safe for use from several threads at once.
@safe package final class RecordingReader {
    /// The path as it was given.
    package let path: String

    /// The recording's own rate in Hz.
    package let sampleRateHz: Int

    /// The number of channels in the file; `readMono` makes one of them.
    package let channelCount: Int

    /// The number of frames that the file says it holds; nil where the format does not say.
    package let frameCount: Int64?

    /// When it began, where the file or its name tells it.
    package let start: RecordingStart?

    /// The moment of the first sample, where the file or its name tells it.
    package var startTime: Date? { start?.moment }

    /// What the file says about itself.
    package let tags: RecordingTags

    /// How many frames were read so far.
    package private(set) var framesRead: Int64 = 0

    /// What is missing at the end; known for certain when `readMono` has returned 0.
    package private(set) var truncation: RecordingTruncation?

    /// How long the recording is in seconds, where the file says so.
    package var durationSeconds: Double? {
        frameCount.map { Double($0) / Double(sampleRateHz) }
    }

    private let file: RecordingFile
    private var decoder: Decoder
    private let channel: RecordingChannel
    private let end: ContainerEnd
    private var interleaved: [Float]

    /// What makes samples of the file's bytes.
    @safe private enum Decoder {
        case library(OpaquePointer)
        case wideIntegers(WideIntegerWave)
    }

    /// The most frames decoded at once.
    private static let blockFrames = 4_096

    /// Opens a recording.
    ///
    /// - Parameters:
    ///   - path: The file's path.
    ///   - channel: What becomes the mono signal.
    ///   - zone: The zone of times in the file and its name that name none; nil for what is usual
    ///     with each, see `RecordingStart`.
    /// - Throws: `notFound`, `notPermitted`, `notAFile`, `empty`, `notAudio`, `unsupportedRate`,
    ///   `noSuchChannel` or `unreadable`.
    package init(
        path: String,
        channel: RecordingChannel = .mix,
        zone: Zone? = nil
    ) throws(RecordingError) {
        let file = try RecordingFile(reading: path)
        guard file.size > 0 else { throw .empty(path: path) }
        let (decoder, frames, rateHz, count) = try Self.open(file, path: path)
        guard frames > 0, rateHz > 0, count > 0 else {
            Self.close(decoder)
            throw .empty(path: path)
        }
        guard StreamingResampler.supportedRatesHz.contains(rateHz) else {
            Self.close(decoder)
            throw .unsupportedRate(
                path: path,
                rateHz: rateHz,
                supportedHz: StreamingResampler.supportedRatesHz
            )
        }
        if case .only(let index) = channel, !(0..<count).contains(index) {
            Self.close(decoder)
            throw .noSuchChannel(path: path, channel: index + 1, channelCount: count)
        }
        self.path = path
        self.channel = channel
        sampleRateHz = rateHz
        channelCount = count
        frameCount = frames < Int64.max ? frames : nil
        tags = Self.tags(of: decoder)
        start = RecordingStart(
            path: path,
            metadata: RecordingMetadata(of: file, tags: tags, rateHz: rateHz),
            zone: zone
        )
        end = ContainerEnd.examine(file)
        interleaved = [Float](repeating: 0, count: Self.blockFrames * count)
        self.decoder = decoder
        self.file = file
    }

    deinit {
        Self.close(decoder)
    }

    private static func open(
        _ file: borrowing RecordingFile,
        path: String
    ) throws(RecordingError) -> (Decoder, frames: Int64, rateHz: Int, channels: Int) {
        if let wave = WideIntegerWave(file) {
            return (.wideIntegers(wave), wave.frameCount, wave.sampleRateHz, wave.channelCount)
        }
        var info = SF_INFO()
        guard let decoder = unsafe sf_open_fd(file.descriptor, Int32(SFM_READ), &info, 0) else {
            throw openingError(path: path, file: file)
        }
        return unsafe (
            .library(decoder), info.frames, Int(info.samplerate), Int(info.channels)
        )
    }

    private static func close(_ decoder: Decoder) {
        if case .library(let decoder) = decoder { unsafe sf_close(decoder) }
    }

    private static func tags(of decoder: Decoder) -> RecordingTags {
        switch decoder {
        case .library(let file): unsafe RecordingTags(of: file)
        case .wideIntegers: RecordingTags()
        }
    }

    /// Appends the next frames as mono samples.
    ///
    /// - Parameters:
    ///   - samples: Receives the samples; what it holds already is kept.
    ///   - frames: The most frames to read, above 0.
    /// - Returns: The number of frames appended; 0 at the end of the recording.
    /// - Throws: `notFinite`; `notAudio` where not one frame can be decoded; `unreadable` where
    ///   the file system fails.
    package func readMono(
        into samples: inout [Float],
        upTo frames: Int
    ) throws(RecordingError) -> Int {
        precondition(frames > 0, "Read at least one frame")
        var appended = 0
        while appended < frames {
            let wanted = min(frames - appended, Self.blockFrames)
            let decoded = decode(frames: wanted)
            try appendMono(frames: decoded, to: &samples)
            appended += decoded
            framesRead += Int64(decoded)
            if decoded < wanted {
                try noteEnd()
                break
            }
        }
        return appended
    }

    /// Decodes the next frames into `interleaved`; fewer at the end.
    private func decode(frames: Int) -> Int {
        switch decoder {
        case .library(let decoder):
            return unsafe interleaved.withUnsafeMutableBufferPointer { room in
                unsafe Int(sf_readf_float(decoder, room.baseAddress, sf_count_t(frames)))
            }
        case .wideIntegers(var wave):
            let decoded = wave.read(frames: frames, into: &interleaved, from: file)
            decoder = .wideIntegers(wave)
            return decoded
        }
    }

    /// Makes mono samples of the decoded frames.
    private func appendMono(frames: Int, to samples: inout [Float]) throws(RecordingError) {
        let first = samples.count
        switch channel {
        case _ where channelCount == 1:
            samples.append(contentsOf: interleaved[..<frames])
        case .only(let index):
            for frame in 0..<frames {
                samples.append(interleaved[frame * channelCount + index])
            }
        case .mix:
            let share = 1 / Float(channelCount)
            for frame in 0..<frames {
                let start = frame * channelCount
                samples.append(interleaved[start..<start + channelCount].reduce(0, +) * share)
            }
        }
        // A sum is finite only if every term is.
        guard !samples[first...].reduce(0, +).isFinite else { return }
        guard let bad = samples[first...].firstIndex(where: { !$0.isFinite }) else { return }
        samples.removeSubrange(bad...)
        let frame = framesRead + Int64(bad - first)
        throw .notFinite(path: path, seconds: Double(frame) / Double(sampleRateHz))
    }

    /// Tells a complete recording from one that stops early.
    private func noteEnd() throws(RecordingError) {
        if case .library(let decoder) = decoder,
            unsafe sf_error(decoder) == Int32(SF_ERR_SYSTEM)
        {
            let reason = unsafe String(cString: sf_strerror(decoder))
            throw .unreadable(path: path, reason: reason)
        }
        guard framesRead > 0 else {
            throw .notAudio(path: path, reason: "it is damaged or cut off before its first sound")
        }
        let read = Double(framesRead) / Double(sampleRateHz)
        switch end {
        case .truncated(let held, let declared):
            let whole = read * Double(declared) / Double(max(held, 1))
            truncation = RecordingTruncation(
                path: path,
                readSeconds: read,
                declaredSeconds: whole
            )
        case .unterminatedOgg:
            truncation = RecordingTruncation(path: path, readSeconds: read)
        case .complete:
            guard let frameCount, framesRead < frameCount else { return }
            truncation = RecordingTruncation(
                path: path,
                readSeconds: read,
                declaredSeconds: durationSeconds
            )
        }
    }

    /// The error for a file that libsndfile does not open.
    ///
    /// libsndfile keeps its own reason in a global that several readers share, and its words
    /// mislead at times; the file's first bytes tell enough.
    private static func openingError(
        path: String,
        file: borrowing RecordingFile
    ) -> RecordingError {
        let head = file.bytes(at: 0, count: 4)
        let marks = ["RIFF", "RF64", "fLaC", "OggS", "FORM", "caff"].map { Array($0.utf8) }
        let isKnown =
            marks.contains(head) || head.starts(with: "ID3".utf8) || head.starts(with: [0xFF])
        return .notAudio(
            path: path,
            reason: isKnown
                ? "it is damaged, cut off or in an encoding that is not supported"
                : "its format is not recognised"
        )
    }
}
