package import Foundation
@preconcurrency import Glibc

/// A file that the program itself writes and reads back, and that it may find damaged.
///
/// A damaged file is never deleted and never stops the program: it is renamed with the date, for
/// inspection.
package enum StateFile {
    /// What keeps a path from being read as a file.
    package enum Obstacle: Equatable, Sendable {
        case folder
        /// A pipe, a socket or a device, reading which might never end.
        case special
        case linkToNothing
        case unreadable

        /// The obstacle in words that fit into a sentence.
        package var reason: String {
            switch self {
            case .folder: "it is a folder"
            case .special: "it is not a regular file"
            case .linkToNothing: "it is a dangling link"
            case .unreadable: "permission denied"
            }
        }
    }

    /// What keeps a path from being read; nil if it is a file that can be read, or is not there.
    package static func obstacle(at path: String) -> Obstacle? {
        var facts = stat()
        guard lstat(path, &facts) == 0 else { return nil }
        guard stat(path, &facts) == 0 else {
            return errno == EACCES ? .unreadable : .linkToNothing
        }
        switch facts.st_mode & S_IFMT {
        case S_IFREG: return access(path, R_OK) == 0 ? nil : .unreadable
        case S_IFDIR: return .folder
        default: return .special
        }
    }

    /// Why the content of a file is not what a program that was not interrupted writes: nothing,
    /// or nothing but zeros, as after a power failure; nil if it is neither.
    package static func emptiness(of data: Data) -> String? {
        if data.isEmpty { return "it is empty" }
        return data.contains { $0 != 0 } ? nil : "it contains only zeros"
    }

    /// The name under which what is damaged is set aside, such as
    /// `overrides.yaml.damaged-20261129T101500Z`; one that is not in use.
    package static func asidePath(of path: String, now: Date) -> String {
        let stamp = now.formatted(.iso8601.dateSeparator(.omitted).timeSeparator(.omitted))
        let first = "\(path).damaged-\(stamp)"
        var (aside, copies) = (first, 1)
        var facts = stat()
        while lstat(aside, &facts) == 0 {
            copies += 1
            aside = "\(first)-\(copies)"
        }
        return aside
    }

    /// Gives what is at a path another name.
    ///
    /// - Parameters:
    ///   - path: The path; a link itself is renamed, not what it points to.
    ///   - now: The date in the new name.
    /// - Returns: The new path; nil, with the reason in `errno`, if it cannot be renamed.
    package static func setAside(_ path: String, now: Date = Date()) -> String? {
        let aside = asidePath(of: path, now: now)
        guard rename(path, aside) == 0 else { return nil }
        OutputFile.syncFolder(of: path)
        return aside
    }

    /// What was set aside in a folder and is still there, by name.
    package static func setAside(inFolder folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { name in
            guard let mark = name.range(of: ".damaged-") else { return false }
            // The log that was set aside with a database is not a second finding.
            return !name[mark.upperBound...].contains("-wal")
                && !name[mark.upperBound...].contains("-shm")
        }.sorted().map { "\(folder)/\($0)" }
    }
}
