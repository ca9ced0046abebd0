package import Foundation
import GRDB
import Synchronization

extension EventStore {
    static func createFolder(ofDatabaseAt path: String) throws(StoreError) {
        let folder = (path as NSString).deletingLastPathComponent
        guard !folder.isEmpty, !FileManager.default.fileExists(atPath: folder) else {
            return
        }
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o750]
            )
        } catch {
            throw .cannotCreate(
                path: path,
                reason: "the folder '\(folder)' cannot be created"
            )
        }
    }

    /// How every connection is set up.
    static func configuration(options: StoreOptions, readOnly: Bool = false) -> Configuration {
        var configuration = Configuration()
        configuration.label = "EventStore"
        configuration.readonly = readOnly
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(options.busyTimeoutSeconds)
        configuration.prepareDatabase { database in
            // Only has an effect before the first table; what retention frees can then be given
            // back to the file system page by page. A pool's readers must not try.
            if !database.configuration.readonly {
                try database.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
            }
        }
        return configuration
    }

    /// Checks before writing that a file is ours, undamaged and not too new.
    static func inspect(path: String, options: StoreOptions) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(options.busyTimeoutSeconds)
        let connection = try DatabaseQueue(path: path, configuration: configuration)
        try connection.read { database in
            _ = try checkedVersion(of: database, path: path, options: options)
        }
        try connection.close()
    }

    /// Opens a connection that only reads, and refuses any other format than today's.
    static func openForReading(path: String, options: StoreOptions) throws -> DatabaseQueue {
        let configuration = configuration(options: options, readOnly: true)
        do {
            let connection = try DatabaseQueue(path: path, configuration: configuration)
            try checkReadable(connection, path: path, options: options)
            return connection
        } catch let error as DatabaseError
            where error.resultCode == .SQLITE_CANTOPEN || error.resultCode == .SQLITE_READONLY
        {
            guard let immutable = immutableAddress(ofDatabaseAt: path) else {
                throw error
            }
            let connection = try DatabaseQueue(path: immutable, configuration: configuration)
            try checkReadable(connection, path: path, options: options)
            return connection
        }
    }

    private static func checkReadable(
        _ connection: DatabaseQueue,
        path: String,
        options: StoreOptions
    ) throws {
        let found = try connection.read { database in
            try checkedVersion(of: database, path: path, options: options)
        }
        let version = found ?? 0
        if version < StoreSchema.version {
            throw StoreError.olderVersion(
                path: path,
                found: version,
                known: StoreSchema.version
            )
        }
    }

    /// The format of a database; nil if it is empty.
    ///
    /// The table of migrations is made before the first of them marks the file as ours: it alone is
    /// what a service leaves that was killed in between.
    /// - Throws: ``StoreError/foreignDatabase(path:)``,
    ///   ``StoreError/newerVersion(path:found:known:)`` or ``StoreError/damaged(path:finding:)``.
    private static func checkedVersion(
        of database: Database,
        path: String,
        options: StoreOptions
    ) throws -> Int? {
        let tables =
            try Int.fetchOne(
                database,
                sql: "SELECT count(*) FROM sqlite_schema WHERE tbl_name <> 'grdb_migrations'"
            ) ?? 0
        guard tables > 0 else {
            return nil
        }
        let owner = try Int64.fetchOne(database, sql: "PRAGMA application_id")
        guard owner == StoreSchema.applicationID else {
            throw StoreError.foreignDatabase(path: path)
        }
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version")
        // Before the search for damage, which is long and of no use then.
        if let version, version > StoreSchema.version {
            throw StoreError.newerVersion(
                path: path,
                found: version,
                known: StoreSchema.version
            )
        }
        if options.checksIntegrity {
            let finding = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "ok"
            guard finding == "ok" else {
                let line = finding.split(whereSeparator: \.isNewline).joined(separator: " ")
                throw StoreError.damaged(path: path, finding: line)
            }
        }
        return version
    }

    /// Whether a write-ahead log holds something, as one that was not closed cleanly leaves.
    static func hasLog(ofDatabaseAt path: String) -> Bool {
        let log = try? FileManager.default.attributesOfItem(atPath: path + "-wal")
        return (log?[.size] as? NSNumber)?.int64Value ?? 0 > 0
    }

    /// A URI that reads the file without a lock or a write-ahead log.
    ///
    /// Nil while a log holds changes, since they would be missed. SQLite needs to create files
    /// beside a WAL database even to read it: https://www.sqlite.org/wal.html#read_only_databases
    private static func immutableAddress(ofDatabaseAt path: String) -> String? {
        guard !hasLog(ofDatabaseAt: path) else {
            return nil
        }
        let absolute = URL(fileURLWithPath: path).path
        let allowed = CharacterSet.urlPathAllowed
        return absolute.addingPercentEncoding(withAllowedCharacters: allowed).map { encoded in
            "file:\(encoded)?immutable=1"
        }
    }
}

extension EventStore {
    /// Opens the history, or reopens it after a fault, until it succeeds.
    ///
    /// A damaged file, or one that is not a database, is renamed with its date, and every readable
    /// row is copied into a new one. Nothing is ever deleted. Where nothing may be
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
            // The file was removed; while it is open, its content is still there.
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

    /// Opens the file; returns what is damaged about it, or nil.
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
            // GRDB sets NORMAL, with which a power failure can lose the last commits.
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
