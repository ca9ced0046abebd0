import Glibc

/// Which file it is that a path leads to, whatever it is called by then.
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
