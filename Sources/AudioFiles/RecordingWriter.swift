internal import CSndFile
internal import FilePaths
internal import Foundation

/// Writes a recording that appears under its name only when it is complete.
///
/// Samples go to a hidden file beside the target (`.NAME.partial-PID`). `finish` completes the
/// header, flushes the file to the disk, renames it over the target and flushes the folder, so
/// that after a loss of power there is either the whole recording or none. A writer that is
/// let go without `finish` removes what it wrote.
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

    private let partialPath: String
    private let descriptor: Int32
    private var encoder: OpaquePointer?

    /// Creates the hidden file.
    ///
    /// - Parameters:
    ///   - path: Where the finished recording is to be; a file that is there is replaced.
    ///   - format: The file format.
    ///   - sampleRateHz: The rate, above 0.
    ///   - channelCount: The number of channels, above 0.
    ///   - tags: What the file says about itself, where the format has room for it.
    /// - Throws: `cannotCreate` or `notPermitted`.
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
            throw .cannotCreate(path: path, reason: "there is no \(what)")
        }
        let partial = PathText.join(
            PathText.folder(of: path),
            ".\(PathText.lastPart(of: path)).partial-\(getpid())"
        )
        let flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC
        let descriptor = unsafe PathText.withBytes(of: partial) { unsafe open($0, flags, 0o640) }
        guard descriptor >= 0 else {
            let code = errno
            guard code != EACCES, code != EPERM else { throw .notPermitted(path: path) }
            guard code != ENOSPC, code != EDQUOT, code != EIO else {
                throw .unwritable(path: path, reason: RecordingFile.reason(code))
            }
            throw .cannotCreate(path: path, reason: RecordingFile.reason(code))
        }
        guard let encoder = unsafe sf_open_fd(descriptor, Int32(SFM_WRITE), &info, 0) else {
            let reason = unsafe String(cString: sf_strerror(nil))
            let isFull = posix_fallocate(descriptor, 0, 4_096) == ENOSPC
            close(descriptor)
            unsafe PathText.withBytes(of: partial) { _ = unsafe unlink($0) }
            guard !isFull else {
                throw .unwritable(path: path, reason: RecordingFile.reason(ENOSPC))
            }
            throw .cannotCreate(path: path, reason: reason)
        }
        _ = unsafe sf_command(encoder, Int32(SFC_SET_CLIPPING), nil, Int32(SF_TRUE))
        unsafe tags.write(to: encoder)
        self.path = path
        self.sampleRateHz = sampleRateHz
        self.channelCount = channelCount
        self.descriptor = descriptor
        partialPath = partial
        unsafe self.encoder = encoder
    }

    deinit {
        guard let encoder = unsafe encoder else { return }
        unsafe sf_close(encoder)
        discard()
    }

    /// Appends whole frames of interleaved samples.
    ///
    /// - Throws: `unwritable`, for instance when the disk is full; the writer is of no use then.
    /// - Precondition: `finish` was not called, and the count is a multiple of `channelCount`.
    package func write(_ samples: Span<Float>) throws(RecordingError) {
        precondition(samples.count % channelCount == 0, "Write whole frames")
        guard let encoder = unsafe encoder else {
            preconditionFailure("A finished recording takes no more samples")
        }
        let frames = samples.count / channelCount
        guard frames > 0 else { return }
        let written = unsafe samples.withUnsafeBufferPointer { room in
            unsafe sf_writef_float(encoder, room.baseAddress, sf_count_t(frames))
        }
        framesWritten += Int64(written)
        guard written == frames else {
            let reason = unsafe String(cString: sf_strerror(encoder))
            throw .unwritable(path: path, reason: refusalOfTheDisk ?? reason)
        }
    }

    /// Completes the recording and gives it its name.
    ///
    /// - Throws: `unwritable`; nothing is left behind then.
    package func finish() throws(RecordingError) {
        guard let open = unsafe encoder else { return }
        unsafe encoder = nil
        let closing = unsafe sf_close(open)
        guard closing == 0, isComplete else {
            let reason = refusalOfTheDisk ?? "its end does not fit on the disk"
            discard()
            throw .unwritable(path: path, reason: reason)
        }
        guard fsync(descriptor) == 0, renamePartial() == 0 else {
            let reason = RecordingFile.reason(errno)
            discard()
            throw .unwritable(path: path, reason: reason)
        }
        close(descriptor)
        syncFolder()
    }

    private func renamePartial() -> Int32 {
        unsafe PathText.withBytes(of: partialPath) { partial in
            unsafe PathText.withBytes(of: path) { unsafe rename(partial, $0) }
        }
    }

    /// Whether the closed file holds what was written.
    ///
    /// libsndfile does not say so when FLAC's last block, which is written on closing, finds the
    /// disk full; the header then lacks the number of samples.
    private var isComplete: Bool {
        guard framesWritten > 0 else { return true }
        var info = SF_INFO()
        guard lseek(descriptor, 0, SEEK_SET) == 0,
            let decoder = unsafe sf_open_fd(descriptor, Int32(SFM_READ), &info, 0)
        else { return false }
        unsafe sf_close(decoder)
        return Int64(info.frames) == framesWritten
    }

    /// Why the disk takes no more of the file; nil if it does.
    ///
    /// libsndfile only says that something went wrong, so the disk is asked for one block more.
    private var refusalOfTheDisk: String? {
        let block = [UInt8](repeating: 0, count: 4_096)
        let end = lseek(descriptor, 0, SEEK_END)
        let count = unsafe block.withUnsafeBytes { bytes in
            unsafe pwrite(descriptor, bytes.baseAddress, bytes.count, end)
        }
        return count == block.count ? nil : RecordingFile.reason(count < 0 ? errno : ENOSPC)
    }

    /// Makes the rename itself durable; a file system that cannot do so is left to its ways.
    private func syncFolder() {
        let descriptor = unsafe PathText.withBytes(of: PathText.folder(of: path)) {
            unsafe open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        }
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    /// Closes and removes the hidden file.
    private func discard() {
        close(descriptor)
        unsafe PathText.withBytes(of: partialPath) { _ = unsafe unlink($0) }
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
