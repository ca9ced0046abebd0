internal import CSndFile
internal import Glibc
internal import Platform

/// The hidden file of a recording that is being written.
///
/// It alone knows the descriptor and closes it; libsndfile writes through callbacks.
@safe final class PartialFile {
    /// The file system's first failure; nil if there was none.
    private(set) var failureReason: String?

    private let path: String
    private let target: String
    private let descriptor: Int32
    private var position: Int64 = 0

    /// Creates the file.
    init(path: String, for target: String) throws(RecordingError) {
        let flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC
        descriptor = unsafe PathText.withBytes(of: path) { unsafe open($0, flags, 0o640) }
        guard descriptor >= 0 else {
            let code = errno
            guard code != EACCES, code != EPERM else { throw .notPermitted(path: target) }
            guard code != ENOSPC, code != EDQUOT, code != EIO else {
                throw .unwritable(path: target, reason: RecordingFile.reason(code))
            }
            throw .cannotCreate(path: target, reason: RecordingFile.reason(code))
        }
        self.path = path
        self.target = target
    }

    deinit {
        close(descriptor)
    }

    /// Flushes the file to the disk and gives it its name.
    func publish() throws(RecordingError) {
        guard fsync(descriptor) == 0, rename() == 0 else {
            throw .unwritable(path: target, reason: RecordingFile.reason(errno))
        }
    }

    /// Removes the file; what is written into it afterwards is lost.
    func remove() {
        unsafe PathText.withBytes(of: path) { _ = unsafe unlink($0) }
    }

    private func rename() -> Int32 {
        unsafe PathText.withBytes(of: path) { path in
            unsafe PathText.withBytes(of: target) { unsafe Glibc.rename(path, $0) }
        }
    }

    /// Moves as `lseek` does.
    func seek(_ offset: Int64, from origin: Int32) -> Int64 {
        switch origin {
        case SEEK_CUR: position += offset
        case SEEK_END: position = size + offset
        default: position = offset
        }
        return position
    }

    private var size: Int64 {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 ? Int64(status.st_size) : 0
    }

    private func write(_ bytes: UnsafeRawBufferPointer) -> Int {
        transfer(bytes.count) { done in
            unsafe pwrite(
                descriptor,
                bytes.baseAddress.map { unsafe $0 + done },
                bytes.count - done,
                off_t(position)
            )
        }
    }

    private func read(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        transfer(buffer.count) { done in
            unsafe pread(
                descriptor,
                buffer.baseAddress.map { unsafe $0 + done },
                buffer.count - done,
                off_t(position)
            )
        }
    }

    /// Repeats a system call until all bytes are through, the file ends or the call fails.
    private func transfer(_ count: Int, _ call: (_ done: Int) -> Int) -> Int {
        var done = 0
        while done < count {
            let moved = call(done)
            if moved < 0, errno == EINTR { continue }
            if moved < 0 { failureReason = failureReason ?? RecordingFile.reason(errno) }
            guard moved > 0 else { break }
            done += moved
            position += Int64(moved)
        }
        return done
    }

    /// What a callback is given to find this file; it does not keep the file.
    var userData: UnsafeMutableRawPointer {
        unsafe Unmanaged.passUnretained(self).toOpaque()
    }

    private static func of(_ data: UnsafeMutableRawPointer?) -> PartialFile {
        guard let data = unsafe data else { preconditionFailure("A callback without its file") }
        return unsafe Unmanaged<PartialFile>.fromOpaque(data).takeUnretainedValue()
    }

    /// What libsndfile writes the file with, and reads it again.
    static var libsndfileCallbacks: SF_VIRTUAL_IO {
        unsafe SF_VIRTUAL_IO(
            get_filelen: { unsafe sf_count_t(PartialFile.of($0).size) },
            seek: { offset, origin, data in
                unsafe sf_count_t(PartialFile.of(data).seek(Int64(offset), from: origin))
            },
            read: { buffer, count, data in
                let bytes = unsafe UnsafeMutableRawBufferPointer(start: buffer, count: Int(count))
                return unsafe sf_count_t(PartialFile.of(data).read(bytes))
            },
            write: { bytes, count, data in
                let bytes = unsafe UnsafeRawBufferPointer(start: bytes, count: Int(count))
                return unsafe sf_count_t(PartialFile.of(data).write(bytes))
            },
            tell: { unsafe sf_count_t(PartialFile.of($0).position) }
        )
    }
}
