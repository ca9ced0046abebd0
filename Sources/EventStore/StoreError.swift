import Foundation
import GRDB
import Platform

/// Why the event history cannot be opened, read or written: one line each, with what to do next.
package enum StoreError: Error, Equatable, CustomStringConvertible, LocalizedError {
    /// There is no database at the path.
    case missing(path: String)
    /// The history is being checked, which takes a while when it is large.
    case notOpenYet(path: String)
    /// Another service writes the history.
    case inUse(path: String, holder: String)
    /// Another program keeps the database locked for longer than the busy timeout.
    case locked(path: String)
    /// The file is an SQLite database, but its content is broken.
    case damaged(path: String, finding: String)
    /// The file is something else than an SQLite database.
    case notADatabase(path: String)
    /// The file is an SQLite database of another program.
    case foreignDatabase(path: String)
    /// The database was written by a later version of this program.
    case newerVersion(path: String, found: Int, known: Int)
    /// The database was written by an earlier version and is opened for reading only.
    case olderVersion(path: String, found: Int, known: Int)
    /// No space is left where the database is.
    case diskFull(path: String)
    /// The database, or the file system it is on, cannot be written.
    case readOnly(path: String)
    /// The user this program runs as may not open the database.
    case notPermitted(path: String)
    /// The database, or its folder, cannot be created.
    case cannotCreate(path: String, reason: String)
    /// Reading it was interrupted, because the service ends.
    case interrupted(path: String)
    /// The disk or SQLite reports something else.
    case failed(path: String, reason: String)
    /// An event that is asked for by its id is not, or no longer, in the history.
    case noSuchEvent(id: Int64)

    package var description: String { "\(problem) \(advice)" }

    /// What is wrong, in a sentence.
    package var problem: String { sentences.problem }

    /// What to do next.
    package var advice: String { sentences.advice }

    private var sentences: (problem: String, advice: String) {
        switch self {
        case .missing(let path):
            (
                "There is no event history at '\(path)' yet.",
                "Start the service ('earwitness run') to create one."
            )
        case .notOpenYet(let path):
            ("The event history '\(path)' is still being checked.", "Try again in a moment.")
        case .inUse(let path, let holder):
            (
                "Another earwitness is already running: \(holder) writes the event history in "
                    + "'\(path)'.",
                "Stop it first, ask it with 'earwitness status', or give this one a separate "
                    + "state folder (STATE_DIRECTORY)."
            )
        case .locked(let path):
            (
                "The event history '\(path)' is locked by another program.",
                "Close the program that has it open and try again."
            )
        case .damaged(let path, let finding):
            (
                "The event history '\(path)' is damaged (\(finding)).",
                "Start the service: it moves the file aside and copies every readable row into a "
                    + "new one."
            )
        case .notADatabase(let path):
            (
                "'\(path)' is not an SQLite database.",
                "Set the file aside or choose another state folder."
            )
        case .foreignDatabase(let path):
            (
                "'\(path)' belongs to another program.",
                "Set the file aside or choose another state folder."
            )
        case .newerVersion(let path, let found, let known):
            (
                "The event history '\(path)' has format \(found); this version supports up to "
                    + "\(known).",
                "Install the version that wrote it."
            )
        case .olderVersion(let path, let found, let known):
            (
                "The event history '\(path)' has format \(found); this version reads \(known).",
                "Start the service once to migrate it."
            )
        case .diskFull(let path):
            (
                "No space left to write the event history '\(path)'.",
                "Free some space ('df -h', 'df -i'), or lower storage.max_size."
            )
        case .readOnly(let path):
            (
                "The event history '\(path)' is read-only.",
                "Check the permissions of the file, its folder and the file system."
            )
        case .notPermitted(let path):
            (
                "No permission to open the event history '\(path)'.",
                "Run this as the user of the service, or as root."
            )
        case .cannotCreate(let path, let reason):
            (
                "Cannot create the event history '\(path)' (\(reason)).",
                "Check the state folder and its permissions."
            )
        case .interrupted(let path):
            ("Reading the event history '\(path)' was interrupted.", "Try again.")
        case .failed(let path, let reason):
            (
                "The event history '\(path)' cannot be used (\(reason)).",
                "Check the disk and the system log."
            )
        case .noSuchEvent(let id):
            ("There is no event \(id).", "Run 'earwitness events' to list them.")
        }
    }

    package var errorDescription: String? { description }

    /// Whether the file's content is broken.
    package var isDamage: Bool {
        switch self {
        case .damaged, .notADatabase: true
        default: false
        }
    }

    /// Whether there is no space left for the history.
    package var isDiskFull: Bool {
        if case .diskFull = self { true } else { false }
    }
}

extension StoreError {
    /// Says what an error that came from GRDB, SQLite or the file system means for the user.
    init(_ error: any Error, path: String) {
        switch error {
        case let error as StoreError:
            self = error
        case let error as DatabaseError:
            self.init(error, path: path)
        case is CancellationError:
            self = .interrupted(path: path)
        case is RowDecodingError:
            self = .failed(path: path, reason: "a row has invalid values")
        case is CocoaError, is POSIXError:
            let cause = (error as? CocoaError)?.underlying ?? error
            let code = (cause as? POSIXError)?.code.rawValue
            let reason = code.map { String(cString: strerror($0)).lowercased() }
            self = .failed(path: path, reason: reason ?? "the file system rejected it")
        default:
            let name = String(reflecting: type(of: error))
            self = .failed(path: path, reason: "a bug: unexpected error '\(name)'")
        }
    }

    private init(_ error: DatabaseError, path: String) {
        let message = Self.oneLine(error.message ?? "SQLite error \(error.resultCode.rawValue)")
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL:
            self = .locked(path: path)
        case .SQLITE_INTERRUPT:
            self = .interrupted(path: path)
        case .SQLITE_CORRUPT:
            self = .damaged(path: path, finding: message)
        case .SQLITE_NOTADB:
            self = .notADatabase(path: path)
        case .SQLITE_FULL:
            self = .diskFull(path: path)
        case .SQLITE_READONLY:
            self = .readOnly(path: path)
        case .SQLITE_PERM, .SQLITE_AUTH:
            self = .notPermitted(path: path)
        case .SQLITE_CANTOPEN:
            self = Self.cannotOpen(path: path)
        default:
            self = .failed(path: path, reason: message)
        }
    }

    /// Why SQLite could not open the file: it only says that it could not.
    private static func cannotOpen(path: String) -> StoreError {
        let files = FileManager.default
        // Without a free inode neither the database nor its log can be made.
        if FreeRoom.read(path)?.freeFiles == 0 { return .diskFull(path: path) }
        var isFolder: ObjCBool = false
        if files.fileExists(atPath: path, isDirectory: &isFolder) {
            if isFolder.boolValue {
                return .notADatabase(path: path)
            }
            return files.isReadableFile(atPath: path)
                ? .readOnly(path: path) : .notPermitted(path: path)
        }
        let folder = (path as NSString).deletingLastPathComponent
        if !files.fileExists(atPath: folder, isDirectory: &isFolder) {
            return .cannotCreate(path: path, reason: "there is no folder '\(folder)'")
        }
        if !isFolder.boolValue {
            return .cannotCreate(path: path, reason: "'\(folder)' is not a folder")
        }
        return .cannotCreate(path: path, reason: "the folder '\(folder)' is not writable")
    }
}

extension StoreError {
    /// A message of SQLite without its line breaks.
    static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
