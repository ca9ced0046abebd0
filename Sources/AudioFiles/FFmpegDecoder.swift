internal import CFFmpeg

/// A file that FFmpeg's libraries decode: M4A, WebM, CAF with AAC, WMA and others.
@safe final class FFmpegDecoder: FrameDecoder {
    let rateHz: Int
    let channelCount: Int
    let declaredFrames: Int64?

    private let view: FileView
    private let handle: OpaquePointer

    /// Why FFmpeg does not open a file.
    enum Refusal: Error {
        /// The libraries are missing; what to do about that.
        case missing(String)
        /// The file has no sound.
        case noSound
        /// The encoding is not supported by these libraries.
        case unknownEncoding
        /// The format is unknown to FFmpeg, or damaged.
        case unreadable
    }

    /// Tolerance: a container's declared duration may differ from the sound by a few codec frames.
    private static let toleratedSeconds = 0.25

    /// Opens a view, and loads the libraries if that is the first.
    init(_ view: FileView) throws(Refusal) {
        var status = CFFMPEG_OK
        // Another library may have tried the view before.
        _ = view.move(to: 0)
        let opened = unsafe cffmpeg_open(
            { data, buffer, count in
                let bytes = unsafe UnsafeMutableRawBufferPointer(start: buffer, count: Int(count))
                return unsafe Int64(FileView.of(data).read(bytes))
            },
            { data, offset, origin in unsafe FileView.of(data).seek(offset, from: origin) },
            view.userData,
            view.size,
            &status
        )
        guard let handle = unsafe opened else { throw Self.refusal(status) }
        unsafe self.handle = handle
        self.view = view
        rateHz = unsafe Int(cffmpeg_rate(handle))
        channelCount = unsafe Int(cffmpeg_channels(handle))
        let seconds = unsafe cffmpeg_declared_seconds(handle)
        let certain = seconds - Self.toleratedSeconds
        declaredFrames = certain > 0 && certain < 1e9 ? Int64(certain * Double(rateHz)) : nil
    }

    deinit {
        unsafe cffmpeg_close(handle)
    }

    var isDamaged: Bool { unsafe cffmpeg_damaged_packets(handle) > 0 }

    func read(frames: Int, into interleaved: inout [Float]) -> Int {
        unsafe interleaved.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return 0 }
            return unsafe Int(cffmpeg_read(handle, start, Int64(frames)))
        }
    }

    private static func refusal(_ status: cffmpeg_status) -> Refusal {
        switch status {
        case CFFMPEG_NOT_BUILT_IN:
            .missing(
                "this build has no FFmpeg support. Convert it to WAV, FLAC, Ogg or MP3"
            )
        case CFFMPEG_NOT_INSTALLED:
            .missing(
                "\(unsafe String(cString: cffmpeg_library_names())) are not all installed. Install "
                    + "the package ffmpeg, or convert it to WAV, FLAC, Ogg or MP3"
            )
        case CFFMPEG_NO_SOUND: .noSound
        case CFFMPEG_NO_DECODER: .unknownEncoding
        default: .unreadable
        }
    }
}
