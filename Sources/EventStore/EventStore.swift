package import Foundation
import GRDB

/// The history of what was heard and of when anybody listened: one SQLite file.
///
/// One connection writes, others read beside it (WAL), so that a query never holds up the
/// monitor. Every call blocks until the disk has answered, so call it off the audio path. A
/// returned write is durable: it survives a kill and a power cut.
package final class EventStore: Sendable {
    /// Where the database file is.
    package let path: String

    /// What had to be put in order when the store was opened.
    package let recovery: RecoveryReport

    let reader: any DatabaseReader
    let writer: (any DatabaseWriter)?

    /// Opens the history for reading and writing; creates it, and its folder, if there is none.
    ///
    /// Brings an older database up to date, closes events that a crash left open and records the
    /// time since then as stopped (see ``RecoveryReport``).
    /// - Parameters:
    ///   - path: The database file.
    ///   - options: Busy timeout and integrity check.
    ///   - now: The present time.
    /// - Throws: Any ``StoreError``; the file is not changed if it is damaged, foreign or newer.
    package init(
        path: String,
        options: StoreOptions = StoreOptions(),
        now: Date = Date()
    ) throws(StoreError) {
        self.path = path
        do {
            try Self.createFolder(ofDatabaseAt: path)
            if FileManager.default.fileExists(atPath: path) {
                try Self.inspect(path: path, options: options)
            }
            let pool = try DatabasePool(
                path: path,
                configuration: Self.configuration(options: options)
            )
            // GRDB sets NORMAL, with which a power cut can take back the last commits.
            try pool.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA synchronous = FULL")
            }
            try StoreSchema.migrator.migrate(pool)
            recovery = try pool.write { database in
                try Self.recover(database, now: now)
            }
            reader = pool
            writer = pool
        } catch {
            throw StoreError(error, path: path)
        }
    }

    private init(path: String, reading reader: any DatabaseReader) {
        self.path = path
        self.recovery = RecoveryReport()
        self.reader = reader
        self.writer = nil
    }

    /// Opens the history for reading, for a command that runs while the service does not.
    ///
    /// Nothing is written, migrated or recovered. A database that was closed in good order and
    /// lies in a folder that this user may not write is read as it is, without locks.
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

    /// Closes the database; nothing may be called afterwards.
    package func close() throws(StoreError) {
        do {
            try reader.close()
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
        do {
            return try reader.read(body)
        } catch {
            throw StoreError(error, path: path)
        }
    }

    func write<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        guard let writer else {
            throw .readOnly(path: path)
        }
        do {
            return try writer.write(body)
        } catch {
            throw StoreError(error, path: path)
        }
    }
}
