import Glibc
import Synchronization

/// A file that a command writes: it has its name only when all of it is there.
///
/// The content goes to a hidden file beside the target, which takes the target's place in one step.
/// A file that is released without ``finish()`` leaves nothing behind. What is not a regular file,
/// such as `/dev/stdout` or a named pipe, is written directly. A link stays a link: the file behind it
/// is replaced.
package final class OutputFile {
    /// The path as it was given.
    package let path: String

    private let target: String
    /// The hidden file; nil where the target is written directly.
    private let temporary: String?
    private let isDurable: Bool
    private var descriptor: Int32
    private var isFinished = false
    private var waiting: [UInt8] = []

    private static let greatestWaiting = 1 << 16
    private static let lastNumber = Atomic<Int>(0)

    /// Begins the file, so that whatever is wrong with its place is found before the work.
    ///
    /// - Parameters:
    ///   - path: Where it is to be; a file that is there is replaced and keeps its mode and owner.
    ///   - isDurable: Whether a loss of power can't undo it once ``finish()`` has returned.
    ///   - isPrivate: Whether only the owner of its folder may read it, whoever writes it.
    /// - Throws: Why it can't be made.
    package init(
        path: String,
        isDurable: Bool = false,
        isPrivate: Bool = false
    ) throws(FileWriteError) {
        self.path = path
        self.isDurable = isDurable
        var old = stat()
        let isThere = PathText.withBytes(of: path) { stat($0, &old) } == 0
        let kind = old.st_mode & S_IFMT
        if isThere, kind == S_IFDIR {
            throw FileWriteError(path: path, code: EISDIR, isCreation: true)
        }
        if isThere, kind != S_IFREG {
            target = path
            temporary = nil
            descriptor = PathText.withBytes(of: path) { open($0, O_WRONLY | O_CLOEXEC) }
            guard descriptor >= 0 else {
                throw FileWriteError(path: path, code: errno, isCreation: true)
            }
            return
        }
        target = isThere ? FileFacts.realPath(path) ?? path : path
        let created = try Self.createTemporary(
            beside: target,
            path: path,
            mode: isPrivate ? 0o600 : 0o666
        )
        descriptor = created.descriptor
        temporary = created.path
        if isThere {
            // Only root can keep another user's file theirs; other users own what they replace.
            _ = fchown(descriptor, old.st_uid, old.st_gid)
            fchmod(descriptor, old.st_mode & 0o7777)
        }
        if isPrivate {
            var folder = stat()
            let outer = PathText.folder(of: target)
            if PathText.withBytes(of: outer, { stat($0, &folder) }) == 0 {
                _ = fchown(descriptor, folder.st_uid, folder.st_gid)
            }
            fchmod(descriptor, 0o600)
        }
    }

    deinit {
        discard()
    }

    /// Writes a whole text.
    ///
    /// - Throws: Why it can't be written; what was there before still is.
    package static func write(
        _ text: String,
        to path: String,
        isDurable: Bool = false,
        isPrivate: Bool = false
    ) throws(FileWriteError) {
        try write(Array(text.utf8), to: path, isDurable: isDurable, isPrivate: isPrivate)
    }

    /// Writes a whole file.
    ///
    /// - Throws: Why it can't be written; what was there before still is.
    package static func write(
        _ bytes: [UInt8],
        to path: String,
        isDurable: Bool = false,
        isPrivate: Bool = false
    ) throws(FileWriteError) {
        let file = try OutputFile(path: path, isDurable: isDurable, isPrivate: isPrivate)
        try file.write(bytes)
        try file.finish()
    }

    /// Makes a folder, and those above it, if it is not there.
    ///
    /// - Throws: Why it can't be made.
    package static func createFolder(_ path: String) throws(FileWriteError) {
        if FileFacts.isFolder(path) { return }
        let outer = PathText.folder(of: PathText.withoutSlashes(path))
        if outer != path, outer != ".", outer != "/" { try createFolder(outer) }
        guard PathText.withBytes(of: path, { mkdir($0, 0o777) }) != 0 else { return }
        let code = errno
        if code == EEXIST, FileFacts.isFolder(path) { return }
        // What is there is a file.
        throw FileWriteError(
            path: path,
            code: code == EEXIST ? ENOTDIR : code,
            isCreation: true
        )
    }

    /// Appends text.
    ///
    /// - Throws: Why it can't be written; the file is of no use then.
    package func write(_ text: String) throws(FileWriteError) {
        waiting.append(contentsOf: text.utf8)
        if waiting.count >= Self.greatestWaiting { try flush() }
    }

    /// Appends bytes.
    ///
    /// - Throws: Why they can't be written; the file is of no use then.
    package func write(_ bytes: [UInt8]) throws(FileWriteError) {
        waiting.append(contentsOf: bytes)
        if waiting.count >= Self.greatestWaiting { try flush() }
    }

    /// Completes the file and gives it its name.
    ///
    /// - Throws: Why that failed; nothing is left of it then.
    package func finish() throws(FileWriteError) {
        try flush()
        if isDurable, fsync(descriptor) != 0, !Self.cannotBeSynced(errno) { try fail() }
        let closing = close(descriptor)
        let code = errno
        descriptor = -1
        // Some file systems over a network only say on closing that the disk is full.
        guard closing == 0 || code == EINTR else { try fail(code) }
        if let temporary, Self.rename(temporary, to: target) != 0 {
            let code = errno
            discard()
            throw FileWriteError(path: path, code: code, isCreation: true)
        }
        isFinished = true
        if isDurable, temporary != nil { Self.syncFolder(of: target) }
    }

    /// Makes a new or renamed file's entry in its folder durable, where the file system can do so.
    package static func syncFolder(of path: String) {
        let folder = PathText.withBytes(of: PathText.folder(of: path)) {
            open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        }
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    /// Writes all bytes to a descriptor, however many calls that takes.
    ///
    /// - Returns: 0, or why not all could be written (`errno`).
    package static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { all in
                Glibc.write(
                    descriptor,
                    all.baseAddress?.advanced(by: written),
                    all.count - written
                )
            }
            if count > 0 {
                written += count
            } else if count == 0 {
                return EIO
            } else if errno == EAGAIN {
                // Another process that shares the descriptor may have made it non-blocking.
                var state = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&state, 1, -1)
            } else if errno != EINTR {
                return errno
            }
        }
        return 0
    }

    /// Whether a failed `fsync` only says that there is nothing to sync, as with a pipe.
    package static func cannotBeSynced(_ code: Int32) -> Bool {
        [EINVAL, ENOTSUP, EROFS].contains(code)
    }

    /// Hands what waits to the system, which says so if the disk is full.
    ///
    /// - Throws: Why it can't be written; the file is of no use then.
    package func flush() throws(FileWriteError) {
        precondition(descriptor >= 0, "a finished file takes no more content")
        let code = Self.writeAll(waiting, to: descriptor)
        waiting.removeAll(keepingCapacity: true)
        if code != 0 { try fail(code) }
    }

    private func fail(_ code: Int32 = errno) throws(FileWriteError) -> Never {
        discard()
        throw FileWriteError(path: path, code: code, isCreation: false)
    }

    private func discard() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
        if !isFinished, let temporary {
            PathText.withBytes(of: temporary) { _ = unlink($0) }
        }
        isFinished = true
    }

    private static func createTemporary(
        beside target: String,
        path: String,
        mode: mode_t
    ) throws(FileWriteError) -> (descriptor: Int32, path: String) {
        let folder = PathText.folder(of: target)
        while true {
            // A short name of its own: the target's may be as long as names can be.
            let number = lastNumber.add(1, ordering: .relaxed).newValue
            let temporary = PathText.join(folder, ".earwitness-\(getpid())-\(number).partial")
            let descriptor = PathText.withBytes(of: temporary) {
                open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
            }
            if descriptor >= 0 { return (descriptor, temporary) }
            guard errno == EEXIST else {
                throw FileWriteError(path: path, code: errno, isCreation: true)
            }
        }
    }

    private static func rename(_ path: String, to other: String) -> Int32 {
        PathText.withBytes(of: path) { path in
            PathText.withBytes(of: other) { Glibc.rename(path, $0) }
        }
    }
}
