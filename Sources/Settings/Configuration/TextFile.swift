import Foundation
import Glibc
import Platform

/// Small text files: read whole, and written so that a crash leaves the old file or the new one.
package enum TextFile {
    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: path)
    }

    /// The names of the files in a folder; empty if it does not exist.
    static func names(inFolder path: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    }

    /// The whole text of a file.
    ///
    /// - Throws: Why it can't be read.
    package static func read(_ path: String) throws(ConfigurationError) -> String {
        var isFolder = false
        guard exists(path, isFolder: &isFolder) else { throw .missing(path: path) }
        guard !isFolder else { throw .unreadable(path: path, reason: "it is a folder") }
        guard access(path, R_OK) == 0 else {
            throw .unreadable(path: path, reason: "permission denied")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .unreadable(path: path, reason: "reading failed")
        }
        guard let text = String(bytes: data, encoding: .utf8) else {
            throw .unreadable(path: path, reason: "it is not UTF-8 text")
        }
        return text
    }

    /// Writes, syncs and renames a temporary file over `path`, then syncs the folder.
    ///
    /// What root writes into the folder of another user, such as the service's, belongs to that
    /// user, who could not read it otherwise.
    /// - Throws: Why it can't be written; the old file is then as it was.
    package static func replace(_ path: String, with text: String) throws(ConfigurationError) {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let temporary = "\(path).\(getpid()).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw unwritable(path, errno) }
        var owner = stat()
        if geteuid() == 0, stat(folder, &owner) == 0 {
            fchown(descriptor, owner.st_uid, owner.st_gid)
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
        do {
            try file.write(contentsOf: Data(text.utf8))
        } catch {
            close(descriptor)
            unlink(temporary)
            throw .unwritable(
                path: path,
                reason: FileFailure.reason(error),
                isFull: FileFailure.systemCode(of: error).map(isFull) ?? false
            )
        }
        let isDurable = fsync(descriptor) == 0
        guard close(descriptor) == 0, isDurable, rename(temporary, path) == 0 else {
            let code = errno
            unlink(temporary)
            throw unwritable(path, code)
        }
        OutputFile.syncFolder(of: path)
    }

    private static func exists(_ path: String, isFolder: inout Bool) -> Bool {
        var flag: ObjCBool = false
        let found = FileManager.default.fileExists(atPath: path, isDirectory: &flag)
        isFolder = flag.boolValue
        return found
    }

    private static func unwritable(_ path: String, _ code: Int32) -> ConfigurationError {
        .unwritable(path: path, reason: String(cString: strerror(code)), isFull: isFull(code))
    }

    private static func isFull(_ code: Int32) -> Bool {
        code == ENOSPC || code == EDQUOT
    }
}

/// Why a configuration cannot be used.
package enum ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A file that was named is not there.
    case missing(path: String)
    /// A file cannot be read.
    case unreadable(path: String, reason: String)
    /// A file cannot be written, perhaps because the disk is full.
    case unwritable(path: String, reason: String, isFull: Bool = false)
    /// A command can't make its change in a file.
    case unchangeable(path: String, reason: String)
    /// Files were read and have these faults, at least one.
    case invalid([DocumentProblem])

    /// One line for each fault.
    package var description: String {
        switch self {
        case .missing(let path):
            "Cannot read the configuration '\(path)': no such file. "
                + "Create it, or choose another with --config or EARWITNESS_CONFIG."
        case .unreadable(let path, let reason):
            "Cannot read the configuration '\(path)': \(reason). "
                + "Fix that, or choose another file with --config or EARWITNESS_CONFIG."
        case .unwritable(let path, let reason, let isFull):
            "Cannot write '\(path)': \(reason). "
                + (isFull ? "Free some space." : "Make its folder writable for this user.")
        case .unchangeable(let path, let reason):
            "Cannot change the models in '\(path)': \(reason)."
        case .invalid(let problems):
            problems.map(\.description).joined(separator: "\n")
        }
    }
}
