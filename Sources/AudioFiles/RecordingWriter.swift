internal import CSndFile
internal import Foundation
internal import Platform

/// Writes a recording that appears under its name only when it is complete.
///
/// Samples go to a hidden file beside the target (`.NAME.partial-PID`). `finish` completes the
/// header, flushes the file to the disk, renames it over the target and flushes the folder, so that
/// a power failure leaves the whole recording or none. A writer released without `finish` removes
/// what it wrote.
///
/// Samples beyond ±1 are clipped in the integer formats.
@safe package final class RecordingWriter {
    /// The path that the recording gets.
    package let path: String

    /// The rate in Hz.
    package let sampleRateHz: Int

    /// The number of channels; samples are interleaved.
    package let channelCount: Int

    /// How many frames were written so far.
    package private(set) var framesWritten: Int64 = 0

    private let file: PartialFile
    private var encoder: OpaquePointer?

    /// Creates the hidden file.
    ///
    /// - Parameters:
    ///   - path: Where the finished recording is to be; a file that is there is replaced.
    ///   - format: The file format.
    ///   - sampleRateHz: The rate, above 0.
    ///   - channelCount: The number of channels, above 0.
    ///   - tags: What the file says about itself, where the format has room for it.
    /// - Throws: `cannotCreate`, `notPermitted`, or `unwritable` where the disk is full.
    package init(
        path: String,
        format: RecordingFormat,
        sampleRateHz: Int,
        channelCount: Int = 1,
        tags: RecordingTags = RecordingTags()
    ) throws(RecordingError) {
        var info = SF_INFO()
        info.samplerate = Int32(clamping: sampleRateHz)
        info.channels = Int32(clamping: channelCount)
        info.format = format.libraryCode
        guard sampleRateHz > 0, channelCount > 0, unsafe sf_format_check(&info) != 0 else {
            let what = "\(format.rawValue) with \(channelCount) channels at \(sampleRateHz) Hz"
            throw .cannotCreate(path: path, reason: "\(what) is not supported")
        }
        let partial = PathText.join(
            PathText.folder(of: path),
            ".\(PathText.lastPart(of: path)).partial-\(getpid())"
        )
        let file = try PartialFile(path: partial, for: path)
        var callbacks = PartialFile.libsndfileCallbacks
        let opened = unsafe sf_open_virtual(
            &callbacks,
            Int32(SFM_WRITE),
            &info,
            file.userData
        )
        guard let encoder = unsafe opened else {
            file.remove()
            if let reason = file.failureReason { throw .unwritable(path: path, reason: reason) }
            throw .cannotCreate(path: path, reason: "the encoder cannot be initialised")
        }
        _ = unsafe sf_command(encoder, Int32(SFC_SET_CLIPPING), nil, Int32(SF_TRUE))
        unsafe tags.write(to: encoder)
        self.path = path
        self.sampleRateHz = sampleRateHz
        self.channelCount = channelCount
        self.file = file
        unsafe self.encoder = encoder
    }

    deinit {
        guard let encoder = unsafe encoder else { return }
        unsafe sf_close(encoder)
        file.remove()
    }

    /// Appends whole frames of interleaved samples.
    ///
    /// - Throws: `unwritable`, for instance when the disk is full; the writer is of no use then.
    /// - Precondition: `finish` was not called, and the count is a multiple of `channelCount`.
    package func write(_ samples: Span<Float>) throws(RecordingError) {
        precondition(samples.count % channelCount == 0, "Write whole frames")
        guard let encoder = unsafe encoder else {
            preconditionFailure("no samples after finish()")
        }
        let frames = samples.count / channelCount
        guard frames > 0 else { return }
        let written = unsafe samples.withUnsafeBufferPointer { buffer in
            unsafe sf_writef_float(encoder, buffer.baseAddress, sf_count_t(frames))
        }
        framesWritten += Int64(written)
        guard written == frames else {
            let reason = unsafe file.failureReason ?? String(cString: sf_strerror(encoder))
            throw .unwritable(path: path, reason: reason)
        }
    }

    /// Completes the recording and gives it its name.
    ///
    /// - Throws: `unwritable`; nothing is left behind then.
    package func finish() throws(RecordingError) {
        guard let open = unsafe encoder else { return }
        unsafe encoder = nil
        let closing = unsafe sf_close(open)
        let failure = file.failureReason
        guard closing == 0, failure == nil else {
            file.remove()
            let reason = unsafe failure ?? String(cString: sf_error_number(closing))
            throw .unwritable(path: path, reason: reason)
        }
        guard isComplete else {
            file.remove()
            throw .unwritable(path: path, reason: "no space left for the end of the file")
        }
        do throws(RecordingError) {
            try file.publish()
        } catch {
            file.remove()
            throw error
        }
        OutputFile.syncFolder(of: path)
    }

    /// Whether the closed file holds what was written.
    ///
    /// libsndfile does not say so when FLAC's last block, which is written on closing, finds the
    /// disk full; the header then lacks the number of samples.
    private var isComplete: Bool {
        guard framesWritten > 0 else { return true }
        var info = SF_INFO()
        var callbacks = PartialFile.libsndfileCallbacks
        _ = file.seek(0, from: SEEK_SET)
        let opened = unsafe sf_open_virtual(&callbacks, Int32(SFM_READ), &info, file.userData)
        guard let decoder = unsafe opened else { return false }
        unsafe sf_close(decoder)
        return Int64(info.frames) == framesWritten
    }
}

extension RecordingFormat {
    /// libsndfile's number for the format.
    fileprivate var libraryCode: Int32 {
        switch self {
        case .flac16: Int32(SF_FORMAT_FLAC | SF_FORMAT_PCM_16)
        case .flac24: Int32(SF_FORMAT_FLAC | SF_FORMAT_PCM_24)
        case .wav16: Int32(SF_FORMAT_WAV | SF_FORMAT_PCM_16)
        case .wav24: Int32(SF_FORMAT_WAV | SF_FORMAT_PCM_24)
        case .wavFloat: Int32(SF_FORMAT_WAV | SF_FORMAT_FLOAT)
        }
    }
}

/// The file formats that recordings are written in.
package enum RecordingFormat: String, CaseIterable, Sendable {
    /// FLAC with 16 bits a sample.
    case flac16
    /// FLAC with 24 bits a sample.
    case flac24
    /// WAV with 16-bit integers.
    case wav16
    /// WAV with 24-bit integers.
    case wav24
    /// WAV with 32-bit floats, which keeps samples exactly.
    case wavFloat

    /// The extension of a file's name in this format, without the dot.
    package var fileExtension: String {
        switch self {
        case .flac16, .flac24: "flac"
        case .wav16, .wav24, .wavFloat: "wav"
        }
    }
}

/// What a recording's file says about itself, where its format has room for it.
package struct RecordingTags: Equatable, Sendable {
    /// What it is.
    package var title: String?
    /// When its first sample was, in RFC 3339.
    package var date: String?
    /// Anything else.
    package var comment: String?
    /// What wrote it; libsndfile adds its own name.
    package var software: String?

    /// Creates the tags from their parts.
    package init(
        title: String? = nil,
        date: String? = nil,
        comment: String? = nil,
        software: String? = nil
    ) {
        self.title = title
        self.date = date
        self.comment = comment
        self.software = software
    }

    /// Reads the tags of an open file.
    init(of file: OpaquePointer) {
        func text(_ kind: Int) -> String? {
            unsafe sf_get_string(file, Int32(kind)).map { unsafe String(cString: $0) }
        }
        self.init(
            title: text(SF_STR_TITLE),
            date: text(SF_STR_DATE),
            comment: text(SF_STR_COMMENT),
            software: text(SF_STR_SOFTWARE)
        )
    }

    /// Writes the tags into a file that has no samples yet.
    ///
    /// A format without room for one leaves it out.
    func write(to file: OpaquePointer) {
        let texts = [
            (SF_STR_TITLE, title), (SF_STR_DATE, date), (SF_STR_COMMENT, comment),
            (SF_STR_SOFTWARE, software),
        ]
        for case (let kind, let text?) in texts {
            _ = unsafe sf_set_string(file, Int32(kind), text)
        }
    }
}
