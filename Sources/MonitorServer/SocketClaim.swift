import Foundation
@preconcurrency import Glibc
import Messages
import Platform

/// The right to serve at a socket path: held by one process at a time.
///
/// A lock on a file beside the socket decides between services that start at the same moment, and
/// goes with the process however it ends. A socket that a dead service left is removed.
package final class SocketClaim: Sendable {
    let path: String
    /// What had to be moved aside, for people; nil if nothing.
    package let remark: String?
    private let lock: Int32

    /// Claims a path.
    ///
    /// - Throws: ``ServerError/alreadyRunning(path:)`` if another process has it, or what keeps
    ///   it from being made.
    package init(path: String) throws(ServerError) {
        self.path = path
        try Self.checkLength(path)
        try Self.createFolder(ofSocketAt: path)
        lock = try Self.lockFile(forSocketAt: path)
        do throws(ServerError) {
            remark = try Self.removeStaleSocket(at: path)
        } catch {
            close(lock)
            throw error
        }
    }

    deinit {
        close(lock)
    }

    /// Removes the socket at the end.
    func removeSocket() {
        unlink(path)
    }

    /// Sets who may connect.
    func setPermissions(mode: UInt32, group: String?) throws(ServerError) {
        if let group {
            // A service may be forbidden to change owners, and runs with the group already.
            guard let entry = getgrnam(group),
                hasGroup(entry.pointee.gr_gid)
                    || chown(path, uid_t.max, entry.pointee.gr_gid) == 0
            else {
                throw .unusableGroup(name: group, path: path)
            }
        }
        guard chmod(path, mode) == 0 else {
            throw .cannotCreateSocket(path: path, reason: errorText(errno))
        }
    }

    private func hasGroup(_ group: gid_t) -> Bool {
        let facts = try? FileManager.default.attributesOfItem(atPath: path)
        return (facts?[.groupOwnerAccountID] as? NSNumber)?.uint32Value == group
    }

    static func checkLength(_ path: String) throws(ServerError) {
        guard path.utf8.count <= APISocket.maxPathLength else {
            throw .socketPathTooLong(path: path, length: path.utf8.count)
        }
    }

    private static func createFolder(ofSocketAt path: String) throws(ServerError) {
        let folder = (path as NSString).deletingLastPathComponent
        guard !folder.isEmpty, !FileManager.default.fileExists(atPath: folder) else {
            return
        }
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o755]
            )
        } catch {
            throw .cannotCreateSocket(
                path: path,
                reason: "the folder '\(folder)' cannot be created"
            )
        }
    }

    private static func lockFile(forSocketAt path: String) throws(ServerError) -> Int32 {
        switch StateFile.obstacle(at: path + ".lock") {
        case nil, .unreadable: break
        case .folder, .special, .linkToNothing: _ = StateFile.setAside(path + ".lock")
        }
        let lock = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else {
            throw .cannotCreateSocket(path: path, reason: errorText(errno))
        }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            close(lock)
            guard reason == EWOULDBLOCK else {
                throw .cannotCreateSocket(path: path, reason: errorText(reason))
            }
            throw .alreadyRunning(path: path)
        }
        return lock
    }

    /// Clears the path of a socket that a dead service left, and of anything that is not a socket.
    ///
    /// - Returns: What was moved aside, for people; nil if nothing.
    private static func removeStaleSocket(at path: String) throws(ServerError) -> String? {
        guard let facts = try? FileManager.default.attributesOfItem(atPath: path) else {
            return nil
        }
        guard facts[.type] as? FileAttributeType == .typeSocket else {
            guard let aside = StateFile.setAside(path) else { throw .notASocket(path: path) }
            return "'\(path)' was not a socket. "
                + "It was moved to '\(aside)'."
        }
        guard !answers(path) else {
            throw .alreadyRunning(path: path)
        }
        guard unlink(path) == 0 else {
            throw .cannotCreateSocket(path: path, reason: errorText(errno))
        }
        return nil
    }

    /// Whether a process accepts connections at a socket.
    private static func answers(_ path: String) -> Bool {
        let client = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard client >= 0 else {
            return false
        }
        defer { close(client) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { field in
            field.copyBytes(from: path.utf8.prefix(APISocket.maxPathLength))
        }
        return withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                connect(client, generic, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }
}

/// What the system calls an error.
private func errorText(_ code: Int32) -> String {
    String(cString: strerror(code))
}
