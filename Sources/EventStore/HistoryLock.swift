import Foundation
@preconcurrency import Glibc
import Platform

/// The right to write a history and its files, held by one process at a time.
///
/// Two locks decide. The one on the folder itself cannot be deleted and is the same by whatever
/// path the folder is reached; the one on a file in it also works where folders cannot be locked,
/// and between machines as far as their file system does. Both go with the process, however it
/// ends, and children that it starts do not get them.
package final class HistoryLock: Sendable {
    /// The name of the file, which says who holds the lock.
    package static let fileName = "history.lock"

    /// Why nothing could be locked, for people; nil if something was.
    package let warning: String?
    private let descriptors: [Int32]
    private let note: Int32
    /// The folders that were locked.
    private let locked: [FileIdentity]

    /// How long a process that was killed may take until its locks are gone.
    package static let patience = Duration.seconds(2)
    private static let pauseMicroseconds: UInt32 = 20_000

    private enum Outcome {
        case locked(Int32)
        case unsupported(reason: String)
        case held
    }

    /// Locks a history; makes its folder if there is none.
    ///
    /// - Parameters:
    ///   - path: The database file, which need not be there.
    ///   - patience: How long to wait for another process that holds it.
    /// - Throws: ``StoreError/inUse(path:holder:)`` if another process has it, or
    ///   ``StoreError/cannotCreate(path:reason:)``.
    package init(
        databasePath path: String,
        patience: Duration = HistoryLock.patience
    ) throws(StoreError) {
        try EventStore.createFolder(ofDatabaseAt: path)
        let deadline = ContinuousClock.now + patience
        var (held, reasons): ([Int32], [String]) = ([], [])
        var noted: Int32 = -1
        let folders = Self.folders(ofDatabaseAt: path)
        for folder in folders {
            let file = "\(folder)/\(Self.fileName)"
            Self.clearTheWay(to: file)
            for (path, flags) in [
                (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
                (file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY),
            ] {
                switch Self.lock(path, flags: flags, until: deadline) {
                case .locked(let descriptor):
                    held.append(descriptor)
                    if noted < 0, path == file { noted = descriptor }
                case .unsupported(let reason):
                    reasons.append(reason)
                case .held:
                    let holder = Self.holder(named: file)
                    held.forEach { close($0) }
                    throw .inUse(path: path == file ? folder : path, holder: holder)
                }
            }
        }
        descriptors = held
        note = noted
        locked = folders.compactMap { FileIdentity(path: $0) }
        warning =
            held.isEmpty
            ? "Cannot lock the folder of '\(path)' (\(reasons.last ?? "unknown reason")). "
                + "Make sure that no other earwitness uses it."
            : nil
        sign(as: FileIdentity.owner(ofFolder: (path as NSString).deletingLastPathComponent))
    }

    deinit {
        if note >= 0 { ftruncate(note, 0) }
        descriptors.forEach { close($0) }
    }

    /// Whether a process has the right to write a history now, as far as this user can tell.
    static func isHeld(databasePath path: String) -> Bool {
        folders(ofDatabaseAt: path).contains { folder in
            let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard descriptor >= 0 else { return false }
            defer { close(descriptor) }
            // Let go of at once; a service that starts meanwhile tries again.
            return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
        }
    }

    /// Whether it is still this folder that a path leads to: one that was moved away, or that
    /// another disk was mounted on, may have been made anew.
    func covers(databasePath path: String) -> Bool {
        locked == Self.folders(ofDatabaseAt: path).compactMap { FileIdentity(path: $0) }
    }

    /// The folder that the state is in and, if the database itself is a link, the one that it is in.
    private static func folders(ofDatabaseAt path: String) -> [String] {
        func folder(of path: String) -> String {
            let folder = (path as NSString).deletingLastPathComponent
            return folder.isEmpty ? "." : folder
        }
        let own = folder(of: path)
        let linked = folder(of: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
        guard let one = FileIdentity(path: own), let other = FileIdentity(path: linked),
            one != other
        else { return [own] }
        return [own, linked]
    }

    /// Moves aside anything but a regular file in place of the lock file.
    private static func clearTheWay(to file: String) {
        switch StateFile.obstacle(at: file) {
        case nil, .unreadable: break
        case .folder, .special, .linkToNothing: _ = StateFile.setAside(file)
        }
    }

    private static func lock(
        _ path: String,
        flags: Int32,
        until deadline: ContinuousClock.Instant
    ) -> Outcome {
        let descriptor = open(path, flags, 0o644)
        guard descriptor >= 0 else {
            return .unsupported(reason: FileFailure.reason(code: errno))
        }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            if code == EINTR { continue }
            guard code == EWOULDBLOCK else {
                close(descriptor)
                return .unsupported(reason: FileFailure.reason(code: code))
            }
            guard ContinuousClock.now < deadline else {
                close(descriptor)
                return .held
            }
            usleep(pauseMicroseconds)
        }
        return .locked(descriptor)
    }

    // MARK: - Who holds it

    /// Writes who holds the lock.
    ///
    /// With the process go its namespace and machine, since its number means nothing elsewhere.
    /// What root writes belongs to whom the folder belongs.
    private func sign(as owner: (user: uid_t, group: gid_t)?) {
        guard note >= 0 else { return }
        if geteuid() == 0, let owner { fchown(note, owner.user, owner.group) }
        let text = Array("\(getpid()) \(Self.here)\n".utf8)
        ftruncate(note, 0)
        // A full disk leaves the holder unnamed.
        pwrite(note, text, text.count, 0)
    }

    /// The process namespace and machine in which this process has its number.
    private static var here: String {
        let space = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        let host = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return "\(space ?? "?") \(String(decoding: host, as: UTF8.self))"
    }

    /// Who holds the lock, as far as its file tells, in words that begin a sentence.
    private static func holder(named file: String) -> String {
        guard StateFile.obstacle(at: file) == nil,
            let text = try? String(contentsOfFile: file, encoding: .utf8)
        else { return "another process" }
        let parts = text.split(whereSeparator: \.isWhitespace).map(String.init)
        guard parts.count == 3, let process = pid_t(parts[0]), process > 0 else {
            return "another process"
        }
        guard "\(parts[1]) \(parts[2])" == here else {
            return "a process in another container or on another machine, '\(parts[2])',"
        }
        let isThere = kill(process, 0) == 0 || errno == EPERM
        return isThere ? "process \(process)" : "another process"
    }
}

/// The identity of the file at a path, whatever its name.
struct FileIdentity: Equatable, Sendable {
    private let device: UInt64
    private let number: UInt64

    /// Looks at a path; nil if there is nothing.
    init?(path: String) {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return nil }
        device = UInt64(facts.st_dev)
        number = UInt64(facts.st_ino)
    }

    /// The user and the group that a folder belongs to; nil if it cannot be asked.
    static func owner(ofFolder path: String) -> (user: uid_t, group: gid_t)? {
        var facts = stat()
        guard stat(path.isEmpty ? "." : path, &facts) == 0 else { return nil }
        return (facts.st_uid, facts.st_gid)
    }
}
