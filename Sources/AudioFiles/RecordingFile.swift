internal import Glibc
internal import Platform

/// A recording's file, open for reading, with errors in the user's words.
///
/// It alone knows the descriptor and closes it. The decoding libraries read through a
/// ``FileView``: some close a descriptor that they were lent, and by then its number may be
/// another job's recording.
@safe final class RecordingFile {
    /// The number of bytes.
    let size: Int64

    /// Why the file system failed in a read; nil if it never did.
    private(set) var failureReason: String?

    private let descriptor: Int32

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
        self.descriptor = descriptor
        size = Int64(status.st_size)
    }

    deinit {
        close(descriptor)
    }

    /// Reads bytes at an offset; fewer at the end of the file.
    func bytes(at offset: Int64, count: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: count) { room, filled in
            filled = unsafe read(UnsafeMutableRawBufferPointer(room), at: offset)
        }
    }

    /// Fills memory with the bytes at an offset, as far as the file goes.
    ///
    /// - Returns: The number of bytes read; after a failure what was read before it.
    func read(_ room: UnsafeMutableRawBufferPointer, at offset: Int64) -> Int {
        var filled = 0
        while filled < room.count, let start = room.baseAddress {
            let got = unsafe pread(
                descriptor,
                start + filled,
                room.count - filled,
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
