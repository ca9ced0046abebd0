internal import FilePaths
internal import Glibc

/// An open file descriptor of a recording, with errors in the user's words.
@safe struct RecordingFile: ~Copyable {
    /// The descriptor, for libsndfile; closed with this value.
    let descriptor: Int32

    /// The number of bytes.
    let size: Int64

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

    /// Reads bytes at an offset without moving the file's position; fewer at the end of the file.
    func bytes(at offset: Int64, count: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: count) { room, filled in
            filled = max(0, unsafe pread(descriptor, room.baseAddress, count, off_t(offset)))
        }
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
