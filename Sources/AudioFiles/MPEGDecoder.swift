internal import CMPG123
internal import Glibc

/// A run of frames of MPEG audio that libmpg123 decodes.
///
/// libsndfile decodes them with the same library, but ends where the file guesses that it ends and
/// lets the library write its warnings to standard error.
@safe final class MPEGDecoder: FrameDecoder {
    let rateHz: Int
    let channelCount: Int
    let declaredFrames: Int64?
    let isDamaged: Bool

    private let view: FileView
    private let handle: OpaquePointer

    /// Prepares to decode a run of frames; nil if the library can't be set up.
    init?(_ stream: MPEGStream, of file: RecordingFile) {
        view = FileView(file, Self.pieces(of: stream))
        isDamaged = stream.isDamaged
        rateHz = stream.first.rateHz
        channelCount = stream.first.channelCount
        var failure: Int32 = 0
        // Does nothing in this century's versions, and older ones need it.
        guard mpg123_init() == MPG123_OK.rawValue, let handle = unsafe mpg123_new(nil, &failure)
        else { return nil }
        unsafe self.handle = handle
        let flags =
            MPG123_FORCE_FLOAT.rawValue | MPG123_GAPLESS.rawValue | MPG123_QUIET.rawValue
            | MPG123_NO_FRANKENSTEIN.rawValue
        let resampling = Int(MPG123_AUTO_RESAMPLE.rawValue)
        _ = unsafe mpg123_change_flags(handle, Int(flags), resampling)
        unsafe mpg123_replace_reader_handle(
            handle,
            { data, buffer, count in
                let bytes = unsafe UnsafeMutableRawBufferPointer(start: buffer, count: count)
                return unsafe FileView.of(data).read(bytes)
            },
            { data, offset, origin in
                unsafe off_t(FileView.of(data).seek(Int64(offset), from: origin))
            },
            nil
        )
        var (rate, channels, encoding) = (0, Int32(0), Int32(0))
        guard unsafe mpg123_open_handle(handle, view.userData) == MPG123_OK.rawValue,
            unsafe mpg123_getformat(handle, &rate, &channels, &encoding) == MPG123_OK.rawValue,
            rate == rateHz, Int(channels) == channelCount,
            encoding == Int32(MPG123_ENC_FLOAT_32.rawValue)
        else {
            declaredFrames = nil
            unsafe mpg123_delete(handle)
            return nil
        }
        // Without a declared number of frames the library guesses.
        let length = stream.declaredFrameCount == nil ? -1 : unsafe mpg123_length(handle)
        declaredFrames =
            length >= 0 ? Int64(length) : stream.frameCount * Int64(stream.first.sampleCount)
    }

    deinit {
        unsafe mpg123_delete(handle)
    }

    func read(frames: Int, into interleaved: inout [Float]) -> Int {
        let wanted = frames * channelCount * MemoryLayout<Float>.size
        var filled = 0
        unsafe interleaved.withUnsafeMutableBytes { buffer in
            while filled < wanted, let start = buffer.baseAddress {
                var done = 0
                let status = unsafe mpg123_read(handle, start + filled, wanted - filled, &done)
                filled += done
                // The first call says what the format is, and decodes nothing.
                let goesOn = status == MPG123_OK.rawValue || status == MPG123_NEW_FORMAT.rawValue
                guard goesOn else { break }
            }
        }
        return filled / (channelCount * MemoryLayout<Float>.size)
    }

    /// The frames, with the number of them put right if more are there than declared.
    private static func pieces(of stream: MPEGStream) -> [FileView.Piece] {
        guard let declared = stream.declaredFrameCount, let place = stream.declaredAt,
            declared < stream.frameCount
        else { return [.stretch(stream.range)] }
        let count = UInt32(clamping: stream.frameCount)
        return [
            .stretch(stream.range.lowerBound..<place),
            .bytes([24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) }),
            .stretch(place + 4..<stream.range.upperBound),
        ]
    }
}
