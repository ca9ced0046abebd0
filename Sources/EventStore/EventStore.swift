import Foundation
import GRDB
import Synchronization

/// The history of what was heard and when: one SQLite file.
///
/// One connection writes and others read (WAL), so that a query never blocks the monitor. Every
/// call blocks until the disk has answered, so call it off the audio path. A returned write is
/// durable: it survives a kill and a power cut.
package final class EventStore: Sendable {
    /// Where the database file is.
    package let path: String

    let options: StoreOptions
    let connection: Mutex<StoreConnection>
    /// The right to write; nil where there is no second writer, as in a test.
    let lock: Mutex<HistoryLock?>

    /// Names a history that ``open(now:)`` opens, while the service already listens; until then
    /// every call throws.
    ///
    /// - Parameters:
    ///   - path: The database file.
    ///   - options: Busy timeout and integrity check.
    ///   - lock: The right to write it, which is acquired again with a recreated folder.
    package init(
        unopenedAt path: String,
        options: StoreOptions = StoreOptions(),
        lock: HistoryLock? = nil
    ) {
        self.path = path
        self.options = options
        self.lock = Mutex(lock)
        connection = Mutex(StoreConnection(fault: .notOpenYet(path: path)))
    }

    private convenience init(path: String, reading reader: any DatabaseReader) {
        self.init(unopenedAt: path)
        connection.withLock {
            $0.reader = reader
            $0.fault = .readOnly(path: path)
        }
    }

    /// Why the file cannot be trusted any more, though it could be opened; nil if it can.
    private var suspicion: StoreError? {
        connection.withLock { connection in
            if let suspicion = connection.suspicion { return suspicion }
            guard let file = connection.file, file != FileIdentity(path: path) else { return nil }
            return .missing(path: path)
        }
    }

    /// Why the history must be opened, or opened again, before it can be written; nil if it is
    /// open and nothing is against it.
    package var fault: StoreError? {
        let (isOpen, fault) = connection.withLock { ($0.writer != nil, $0.fault) }
        return isOpen ? suspicion : fault
    }

    /// Reports what a later open cannot fix: a folder that cannot be made, or a database that
    /// belongs to another program.
    ///
    /// With a database of a later version the service listens nevertheless: events wait in the spool
    /// until that version is back.
    /// - Throws: ``StoreError/cannotCreate(path:reason:)`` or
    ///   ``StoreError/foreignDatabase(path:)``.
    package func requireUsable() throws(StoreError) {
        try Self.createFolder(ofDatabaseAt: path)
        guard FileManager.default.fileExists(atPath: path) else { return }
        var options = StoreOptions()
        options.busyTimeoutSeconds = 0
        options.checksIntegrity = false
        do {
            try Self.inspect(path: path, options: options)
        } catch let error as StoreError {
            switch error {
            case .foreignDatabase: throw error
            default: return
            }
        } catch {
            // Anything else can be fixed while the service listens.
        }
    }

    /// Opens the history for reading, for a command that runs while the service does not.
    ///
    /// Nothing is written, migrated or recovered. A cleanly closed database in a folder without
    /// write permission is read without locks.
    /// - Throws: ``StoreError/missing(path:)`` if there is no file, or any other.
    package static func openReadOnly(
        path: String,
        options: StoreOptions = StoreOptions()
    ) throws(StoreError) -> EventStore {
        do {
            guard FileManager.default.fileExists(atPath: path) else {
                throw StoreError.missing(path: path)
            }
            let reader = try openForReading(path: path, options: options)
            return EventStore(path: path, reading: reader)
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// Opens the history for a command that asks it by the file.
    ///
    /// The whole file is searched for damage only where it was not closed cleanly, as a write-ahead
    /// log shows that holds something and that no service writes. Else damage is the error of the query
    /// that meets it: the service searches at its start and regularly, and a long search before each
    /// answer would find nothing new.
    /// - Throws: As ``openReadOnly(path:options:)``.
    package static func openForQueries(path: String) throws(StoreError) -> EventStore {
        var options = StoreOptions()
        options.checksIntegrity =
            hasLog(ofDatabaseAt: path) && !HistoryLock.isHeld(databasePath: path)
        return try openReadOnly(path: path, options: options)
    }

    /// Closes the database; nothing may be called afterwards.
    package func close() throws(StoreError) {
        do {
            let reader = connection.withLock { $0.reader }
            // The writer has to be the last to be closed: only then does SQLite take the
            // write-ahead log into the file and remove it.
            (reader as? DatabasePool)?.invalidateReadOnlyConnections()
            try reader?.close()
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// The space that the database takes on disk, with its write-ahead log, in bytes.
    package func size() -> Int64 {
        ["", "-wal", "-shm"].reduce(0) { total, suffix in
            let facts = try? FileManager.default.attributesOfItem(atPath: path + suffix)
            return total + ((facts?[.size] as? NSNumber)?.int64Value ?? 0)
        }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        try requireReader { reader in try reader.read(body) }
    }

    func write<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        try requireWriter { writer in try writer.write(body) }
    }

    /// Runs statements that are not part of a transaction.
    func writeWithoutTransaction(_ body: (Database) throws -> Void) throws(StoreError) {
        try requireWriter { writer in try writer.writeWithoutTransaction(body) }
    }

    private func requireReader<Value>(
        _ body: (any DatabaseReader) throws -> Value
    ) throws(StoreError) -> Value {
        let (reader, fault) = connection.withLock { ($0.reader, $0.fault) }
        guard let reader else { throw fault }
        return try recordingFaults { try body(reader) }
    }

    private func requireWriter<Value>(
        _ body: (any DatabaseWriter) throws -> Value
    ) throws(StoreError) -> Value {
        let (writer, fault) = connection.withLock { ($0.writer, $0.fault) }
        guard let writer else { throw fault }
        return try recordingFaults { try body(writer) }
    }

    /// Turns errors into ``StoreError`` and remembers those that cast doubt on the file.
    private func recordingFaults<Value>(_ body: () throws -> Value) throws(StoreError) -> Value {
        do {
            return try body()
        } catch {
            throw suspect(StoreError(error, path: path), of: connection.withLock { $0.file })
        }
    }

    /// Records a fault of the file, unless the file was replaced.
    func suspect(_ fault: StoreError, of file: FileIdentity?) -> StoreError {
        switch fault {
        case .damaged, .notADatabase, .failed, .readOnly, .missing, .cannotCreate:
            connection.withLock { connection in
                if connection.file == file { connection.suspicion = fault }
            }
        default: break
        }
        return fault
    }
}

/// How the event history is opened.
package struct StoreOptions: Sendable, Equatable {
    /// How long to wait for another program's lock before giving up, in seconds.
    package var busyTimeoutSeconds: Double = 5

    /// Whether the file is searched for damage first, with `quick_check`.
    ///
    /// It reads the whole file.
    package var checksIntegrity = true

    /// Creates the default options.
    package init() {}
}

/// An open history's connections and its known faults.
struct StoreConnection {
    var reader: (any DatabaseReader)?
    var writer: (any DatabaseWriter)?
    /// Why there is no reader, or no writer.
    var fault: StoreError
    /// What was found out of the ordinary since the file was opened, by any reader.
    var suspicion: StoreError?
    /// The file that was opened; another one of its name is not ours.
    var file: FileIdentity?

    init(fault: StoreError) {
        self.fault = fault
    }

    /// Lets go of the file.
    mutating func forgetFile() {
        reader = nil
        writer = nil
        file = nil
    }
}
