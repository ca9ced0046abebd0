package import Foundation
import GRDB
import Synchronization

extension EventStore {
    /// Opens the history, or opens it again after a fault, as often as it takes.
    ///
    /// A damaged file, and one that is no database, is set aside with its date, and what can be
    /// read of it is carried over into a new one. Nothing is ever deleted. Where nothing may be
    /// written, the history can at least be read afterwards.
    /// - Parameter now: The present time.
    /// - Returns: What was rescued; nil if nothing was damaged.
    /// - Throws: Any ``StoreError``: why the history cannot be written now.
    package func open(now: Date = Date()) throws(StoreError) -> RescueReport? {
        do {
            return try reopen(now: now)
        } catch {
            let fault = StoreError(error, path: path)
            connectForReading(because: fault)
            throw fault
        }
    }

    private func reopen(now: Date) throws -> RescueReport? {
        try Self.createFolder(ofDatabaseAt: path)
        try renewLock()
        let rescue = DatabaseRescue(path: path)
        let writer = connection.withLock { $0.writer }
        if let writer, FileIdentity(path: path) == nil {
            // Somebody removed the file; as long as it is open, it is still there.
            try rescue.restore(from: writer)
        }
        disconnect()
        if rescue.isInterrupted {
            let report = try rescue.finishInterrupted(now: now)
            try connect()
            return report
        }
        guard let finding = try connectUnlessDamaged() else { return nil }
        let report = try rescue.run(finding: finding, now: now)
        try connect()
        return report
    }

    /// Opens the file, or tells what is broken about it.
    private func connectUnlessDamaged() throws -> String? {
        do {
            try connect()
        } catch StoreError.damaged(_, let finding) {
            return finding
        } catch StoreError.notADatabase where !isFolder {
            return "not an SQLite database"
        }
        return nil
    }

    private var isFolder: Bool {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        return exists && isFolder.boolValue
    }

    /// Opens the file as it is.
    func connect() throws(StoreError) {
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
            connection.withLock {
                $0.reader = pool
                $0.writer = pool
                $0.suspicion = nil
                $0.file = FileIdentity(path: path)
            }
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// Locks the folder that is there now, if it is another than the one that was locked.
    private func renewLock() throws(StoreError) {
        guard let held = lock.withLock({ $0 }), !held.covers(databasePath: path) else { return }
        let renewed = try HistoryLock(databasePath: path, patience: .zero)
        lock.withLock { $0 = renewed }
    }

    private func connectForReading(because fault: StoreError) {
        let reader: DatabaseQueue? =
            switch fault {
            case .readOnly, .diskFull, .cannotCreate, .failed:
                try? Self.openForReading(path: path, options: options)
            default: nil
            }
        connection.withLock {
            $0.reader = reader
            $0.fault = fault
        }
    }

    private func disconnect() {
        let reader = connection.withLock { $0.reader }
        connection.withLock { $0.forgetFile() }
        // Waits for those who read. What cannot be closed is left to its own.
        try? reader?.close()
    }
}
