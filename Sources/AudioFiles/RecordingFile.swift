internal import CDemoRecording
internal import Glibc
internal import Platform

/// A recording's file, open for reading, with errors in the user's words; or one in memory.
///
/// It alone knows the descriptor and closes it. The decoding libraries read through a
/// ``FileView``: some close a descriptor that they were lent, and by then its number may be
/// another job's recording.
@safe final class RecordingFile {
    /// The number of bytes.
    let size: Int64

    /// Why the file system failed in a read; nil if it never did.
    private(set) var failureReason: String?

    private let content: Content

    /// Where the bytes come from.
    @safe private enum Content {
        case descriptor(Int32)
        case memory(UnsafeRawBufferPointer)
    }

    /// Takes bytes that stay where they are for as long as the program runs.
    init(_ bytes: UnsafeRawBufferPointer) {
        unsafe content = .memory(bytes)
        size = Int64(bytes.count)
    }

    /// Opens a regular file for reading.
    init(reading path: String) throws(RecordingError) {
        let descriptor = unsafe PathText.withBytes(of: path) {
            unsafe open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        }
        guard descriptor >= 0 else {
            throw Self.openingError(path: path, code: errno)
        }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            let reason = Self.reason(errno)
            close(descriptor)
            throw .unreadable(path: path, reason: reason)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            let isFolder = status.st_mode & S_IFMT == S_IFDIR
            throw .notAFile(path: path, kind: isFolder ? "a folder" : "a device or a pipe")
        }
        content = .descriptor(descriptor)
        size = Int64(status.st_size)
    }

    deinit {
        if case .descriptor(let descriptor) = content { close(descriptor) }
    }

    /// Reads bytes at an offset; fewer at the end of the file.
    func bytes(at offset: Int64, count: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = unsafe read(UnsafeMutableRawBufferPointer(buffer), at: offset)
        }
    }

    /// Fills memory with the bytes at an offset, as far as the file goes.
    ///
    /// - Returns: The number of bytes read; after a failure what was read before it.
    func read(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int64) -> Int {
        switch content {
        case .memory(let bytes):
            let start = Int(min(max(offset, 0), size))
            let end = min(start + buffer.count, bytes.count)
            unsafe buffer.copyBytes(from: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
            return end - start
        case .descriptor(let descriptor):
            return unsafe read(buffer, of: descriptor, at: offset)
        }
    }

    private func read(
        _ buffer: UnsafeMutableRawBufferPointer,
        of descriptor: Int32,
        at offset: Int64
    ) -> Int {
        var filled = 0
        while filled < buffer.count, let start = buffer.baseAddress {
            let got = unsafe pread(
                descriptor,
                start + filled,
                buffer.count - filled,
                off_t(offset) + filled
            )
            if got < 0, errno == EINTR { continue }
            if got < 0 { failureReason = failureReason ?? Self.reason(errno) }
            guard got > 0 else { break }
            filled += got
        }
        return filled
    }

    /// The words of the C library for an error number.
    static func reason(_ code: Int32) -> String {
        unsafe String(cString: strerror(code))
    }

    private static func openingError(path: String, code: Int32) -> RecordingError {
        switch code {
        case ENOENT, ENOTDIR, ENAMETOOLONG: .notFound(path: path)
        case EACCES, EPERM: .notPermitted(path: path)
        default: .unreadable(path: path, reason: reason(code))
        }
    }
}

/// A file's bytes, read in blocks, for a walk from header to header.
struct FileWindow {
    private let file: RecordingFile
    private var block: [UInt8] = []
    private var start: Int64 = 0

    private static let blockLength = 1 << 17

    init(_ file: RecordingFile) {
        self.file = file
    }

    /// The number of bytes of the file.
    var size: Int64 { file.size }

    /// Makes `count` bytes at a place available, if the file has them.
    private mutating func hold(_ place: Int64, count: Int) -> Int? {
        if place >= start, place + Int64(count) <= start + Int64(block.count) {
            return Int(place - start)
        }
        guard place >= 0, place + Int64(count) <= file.size else { return nil }
        block = file.bytes(at: place, count: Self.blockLength)
        start = place
        return block.count >= count ? 0 : nil
    }

    /// The byte at a place; nil after the end.
    mutating func byte(at place: Int64) -> UInt8? {
        hold(place, count: 1).map { block[$0] }
    }

    /// Four bytes as a number, the highest first.
    mutating func number(at place: Int64) -> UInt32? {
        hold(place, count: 4).map { index in
            block[index..<index + 4].reduce(0) { $0 << 8 | UInt32($1) }
        }
    }

    /// Four bytes as a number, the lowest first.
    mutating func littleNumber(at place: Int64) -> UInt32? {
        number(at: place)?.byteSwapped
    }

    /// Bytes as text; empty after the end.
    mutating func text(at place: Int64, count: Int) -> String {
        hold(place, count: count).map { String(decoding: block[$0..<$0 + count], as: UTF8.self) }
            ?? ""
    }

    /// The header of MPEG audio at a place.
    mutating func mpegHeader(at place: Int64) -> MPEGFrameHeader? {
        number(at: place).flatMap(MPEGFrameHeader.init)
    }

    /// The bytes of an ID3v2 tag with its header and footer.
    mutating func id3Length(at place: Int64) -> Int64? {
        guard let length = number(at: place + 6), let flags = byte(at: place + 5),
            length & 0x8080_8080 == 0
        else { return nil }
        let parts = [length >> 24 & 127, length >> 16 & 127, length >> 8 & 127, length & 127]
        return 10 + Int64(parts.reduce(0) { $0 << 7 | $1 }) + (flags & 0x10 != 0 ? 10 : 0)
    }

    /// The first place of a byte.
    mutating func firstIndex(of byte: UInt8, from place: Int64, to limit: Int64) -> Int64? {
        first(from: place, to: limit) { $0.firstIndex(of: byte) }
    }

    /// The first place of a byte that is not 0.
    mutating func firstNonzero(from place: Int64, to limit: Int64) -> Int64? {
        first(from: place, to: limit) { $0.firstIndex { $0 != 0 } }
    }

    private mutating func first(
        from place: Int64,
        to limit: Int64,
        _ find: (ArraySlice<UInt8>) -> Int?
    ) -> Int64? {
        var place = place
        while place < limit {
            guard let index = hold(place, count: 1) else { return nil }
            let end = min(block.count, index + Int(limit - place))
            if let hit = find(block[index..<end]) { return start + Int64(hit) }
            place += Int64(end - index)
        }
        return nil
    }
}

/// How a file writes numbers of several bytes.
enum ByteOrder {
    /// The highest byte first.
    case big
    /// The lowest byte first.
    case little

    /// The number that bytes are.
    func number(_ bytes: some BidirectionalCollection<UInt8>) -> UInt64 {
        switch self {
        case .big: bytes.reduce(0) { $0 << 8 | UInt64($1) }
        case .little: bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
    }

    /// The lowest bytes of a number.
    func bytes(_ number: UInt64, count: Int) -> [UInt8] {
        let little = (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        return self == .big ? little.reversed() : little
    }
}

/// The recording that `--source demo` plays: a minute of real sounds in a room, 16 kHz, mono.
///
/// It is part of the program. `Sources/System/CDemoRecording/ATTRIBUTION.md` says what is in it.
package enum DemoRecording {
    /// Opens it at its beginning.
    package static func open() throws(RecordingError) -> RecordingReader {
        let bytes = unsafe UnsafeRawBufferPointer(
            start: demo_recording_bytes(),
            count: demo_recording_size()
        )
        return try RecordingReader(unsafe RecordingFile(bytes), path: "demo.flac")
    }
}
