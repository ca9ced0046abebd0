import Glibc

/// The metadata of a file or folder.
package struct FileFacts: Sendable {
    /// What something at a path is.
    package enum Kind: Sendable {
        case file
        case folder
        case link
        /// A pipe, a socket or a device.
        case other
    }

    /// What it is.
    package let kind: Kind
    /// The number of bytes.
    package let size: Int64
    /// When it was changed, in whole milliseconds since 1970.
    package let modifiedUTCms: Int64
    /// What distinguishes it from all other files on this machine.
    package let identity: Identity

    /// A device and a number on it.
    package struct Identity: Hashable, Sendable {
        let device: UInt64
        let number: UInt64
    }

    /// Asks for what is at a path; nil if nothing is there that may be asked for, with the reason
    /// in `errno`.
    ///
    /// - Parameters:
    ///   - path: The path.
    ///   - followsLinks: Whether it is about what a link leads to.
    package init?(_ path: String, followsLinks: Bool = true) {
        var status = stat()
        let failed = PathText.withBytes(of: path) {
            followsLinks ? stat($0, &status) : lstat($0, &status)
        }
        guard failed == 0 else { return nil }
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            case S_IFLNK: .link
            default: .other
            }
        size = Int64(status.st_size)
        let changed = status.st_mtim
        modifiedUTCms = Int64(changed.tv_sec) * 1_000 + Int64(changed.tv_nsec) / 1_000_000
        identity = Identity(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
    }

    /// Whether there is a folder at a path.
    package static func isFolder(_ path: String) -> Bool {
        FileFacts(path)?.kind == .folder
    }

    /// Where a path leads when all links are followed; nil if nothing is there.
    package static func realPath(_ path: String) -> String? {
        PathText.withBytes(of: path) { path in
            guard let real = realpath(path, nil) else { return nil }
            defer { free(real) }
            return PathText.text(of: UnsafeRawBufferPointer(start: real, count: strlen(real)))
        }
    }
}

/// Whole files, read by paths as ``PathText`` has them.
package enum FileContents {
    /// Why the system refused.
    package struct Failure: Error {
        /// The system's number of the reason.
        package let code: Int32
    }

    /// Reads a file.
    package static func read(_ path: String) throws(Failure) -> [UInt8] {
        let descriptor = PathText.withBytes(of: path) { open($0, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw Failure(code: errno) }
        defer { close(descriptor) }
        var content: [UInt8] = []
        while true {
            let (piece, code) = read(from: descriptor)
            if code == EINTR { continue }
            guard code == 0 else { throw Failure(code: code) }
            guard !piece.isEmpty else { return content }
            content += piece
        }
    }

    private static func read(from descriptor: Int32) -> ([UInt8], Int32) {
        var code: Int32 = 0
        let piece = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, filled in
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            code = count < 0 ? errno : 0
            filled = max(0, count)
        }
        return (piece, code)
    }
}
