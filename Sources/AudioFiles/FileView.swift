internal import CSndFile
internal import Glibc

/// What a decoding library sees as a file: stretches of a recording's file, with corrected bytes
/// where a header is wrong.
///
/// Used by one thread at a time; the library's callbacks come on the thread that calls it.
@safe final class FileView {
    /// A part of the view.
    enum Piece {
        /// Bytes that are not in the file.
        case bytes([UInt8])
        /// Bytes of the file.
        case stretch(Range<Int64>)

        var count: Int64 {
            switch self {
            case .bytes(let bytes): Int64(bytes.count)
            case .stretch(let range): range.upperBound - range.lowerBound
            }
        }
    }

    /// The recording's file.
    let file: RecordingFile

    /// The number of bytes.
    private(set) var size: Int64

    /// Where the next read begins.
    private(set) var position: Int64 = 0

    private let pieces: [(start: Int64, piece: Piece)]
    private let endsBefore: [[UInt8]]

    /// Puts pieces together.
    ///
    /// - Parameters:
    ///   - file: The recording's file.
    ///   - pieces: The parts of the view in order.
    ///   - marks: Bytes before which the view ends, once a read has met them anywhere but at its
    ///     beginning; all with the same first byte.
    init(_ file: RecordingFile, _ pieces: [Piece], endingBefore marks: [[UInt8]] = []) {
        self.file = file
        var size: Int64 = 0
        self.pieces = pieces.map { piece in
            defer { size += piece.count }
            return (size, piece)
        }
        self.size = size
        endsBefore = marks
    }

    /// Moves to a position, which may lie after the end, as in a file.
    func move(to position: Int64) -> Bool {
        guard position >= 0 else { return false }
        self.position = position
        return true
    }

    /// Fills memory with the next bytes and moves past them; fewer at the end.
    func read(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        var filled = 0
        for (start, piece) in pieces where position >= start && filled < buffer.count {
            let offset = position - start
            let wanted = Int(
                min(piece.count - offset, Int64(buffer.count - filled), size - position)
            )
            guard wanted > 0 else { continue }
            let part = unsafe UnsafeMutableRawBufferPointer(
                rebasing: buffer[filled..<filled + wanted]
            )
            let got =
                switch piece {
                case .bytes(let bytes):
                    unsafe Self.copy(bytes[Int(offset)..<Int(offset) + wanted], to: part)
                case .stretch(let range):
                    unsafe file.read(part, at: range.lowerBound + offset)
                }
            position += Int64(got)
            filled += got
            guard got == wanted else { break }
        }
        return unsafe endAtMark(in: UnsafeMutableRawBufferPointer(rebasing: buffer[..<filled]))
    }

    private static func copy(
        _ bytes: ArraySlice<UInt8>,
        to buffer: UnsafeMutableRawBufferPointer
    ) -> Int {
        unsafe buffer.copyBytes(from: bytes)
        return bytes.count
    }

    /// Looks for the mark in bytes that end at the position, and ends the view before it.
    ///
    /// - Returns: How many of the bytes lie before the mark.
    private func endAtMark(in bytes: UnsafeMutableRawBufferPointer) -> Int {
        guard let first = endsBefore.first?.first else { return bytes.count }
        let start = position - Int64(bytes.count)
        var from = 0
        while from < bytes.count, let base = bytes.baseAddress,
            let hit = unsafe memchr(base + from, Int32(first), bytes.count - from)
        {
            let index = unsafe base.distance(to: UnsafeMutableRawPointer(hit))
            let place = start + Int64(index)
            if place > 0, endsBefore.contains(where: { isMark($0, at: place) }) {
                size = place
                position = place
                return index
            }
            from = index + 1
        }
        return bytes.count
    }

    /// Reads on to where the view ends before a mark, over a bounded number of bytes.
    func skipToMark() {
        var block = [UInt8](repeating: 0, count: 1 << 16)
        var blocks = 1 << 10
        while position < size, blocks > 0 {
            let got = unsafe block.withUnsafeMutableBytes { unsafe read($0) }
            guard got > 0 else { break }
            blocks -= 1
        }
    }

    private func isMark(_ mark: [UInt8], at place: Int64) -> Bool {
        for (start, piece) in pieces {
            guard case .stretch(let range) = piece, place >= start, place - start < piece.count
            else { continue }
            return file.bytes(at: range.lowerBound + place - start, count: mark.count) == mark
        }
        return false
    }

    /// The place in the file of the view's end; nil if its last bytes are not in the file.
    var endInFile: Int64? {
        for (start, piece) in pieces.reversed() where size > start {
            guard case .stretch(let range) = piece else { return nil }
            return range.lowerBound + size - start
        }
        return nil
    }

    /// The view of a callback's user data, which lives as long as the decoder that was given it.
    static func of(_ data: UnsafeMutableRawPointer?) -> FileView {
        guard let data = unsafe data else { preconditionFailure("A callback without its view") }
        return unsafe Unmanaged<FileView>.fromOpaque(data).takeUnretainedValue()
    }

    /// What a callback is given to find this view; it does not keep the view.
    var userData: UnsafeMutableRawPointer {
        unsafe Unmanaged.passUnretained(self).toOpaque()
    }

    /// Moves as `lseek` does.
    ///
    /// - Returns: The new position; -1 for one before the beginning.
    func seek(_ offset: Int64, from origin: Int32) -> Int64 {
        let base =
            switch origin {
            case SEEK_CUR: position
            case SEEK_END: size
            default: Int64(0)
            }
        return move(to: base + offset) ? position : -1
    }

    /// What libsndfile reads a view with.
    static var libsndfileCallbacks: SF_VIRTUAL_IO {
        unsafe SF_VIRTUAL_IO(
            get_filelen: { unsafe sf_count_t(FileView.of($0).size) },
            seek: { offset, origin, data in
                unsafe sf_count_t(FileView.of(data).seek(Int64(offset), from: origin))
            },
            read: { buffer, count, data in
                let bytes = unsafe UnsafeMutableRawBufferPointer(start: buffer, count: Int(count))
                return unsafe sf_count_t(FileView.of(data).read(bytes))
            },
            write: { _, _, _ in 0 },
            tell: { unsafe sf_count_t(FileView.of($0).position) }
        )
    }
}
