package import Foundation
import GRDB
import Glibc
import Platform

/// Moves a damaged database aside and replaces it by one with all readable rows.
///
/// Nothing is deleted. The new file is whole before the old one is touched, and a rescue that a
/// crash interrupts is finished at the next opening.
struct DatabaseRescue {
    let path: String

    private var unfinishedPath: String { path + ".rescuing" }
    private var rescuedPath: String { path + ".rescued" }
    private var graftPath: String { path + ".grafted" }

    /// Whether an earlier rescue has yet to move its files.
    var isInterrupted: Bool { FileManager.default.fileExists(atPath: rescuedPath) }

    /// Carries over what can be read and exchanges the files.
    ///
    /// No connection to the database may be open.
    /// - Parameters:
    ///   - finding: What is wrong.
    ///   - now: The date of the file that is set aside.
    /// - Returns: What became of it.
    /// - Throws: What SQLite or the file system reports of the new file.
    func run(finding: String, now: Date) throws -> RescueReport {
        remove([unfinishedPath])
        let target = try DatabaseQueue(
            path: unfinishedPath,
            configuration: Self.targetConfiguration
        )
        try StoreSchema.migrator.migrate(target)
        var rows = try copyReadableRows(into: target)
        if rows == 0 { rows = try copyRowsWithGraftedHeader(into: target) }
        try target.writeWithoutTransaction { database in
            try RescuedReferences.repair(database)
        }
        try target.close()
        try moved(unfinishedPath, to: rescuedPath)
        let aside = try exchange(now: now)
        return RescueReport(finding: finding, asidePath: aside, date: now, carriedRows: rows)
    }

    /// Completes an interrupted rescue.
    func finishInterrupted(now: Date) throws -> RescueReport {
        let aside = try exchange(now: now)
        let count = try DatabaseQueue(path: path).read { database in
            try Self.tables(of: database).reduce(0) { sum, table in
                try sum + table.rowCount(in: database)
            }
        }
        return RescueReport(
            finding: "found by an earlier run",
            asidePath: aside,
            date: now,
            carriedRows: count
        )
    }

    /// Writes a file anew that was removed while it was open.
    func restore(from writer: any DatabaseWriter) throws {
        remove([unfinishedPath])
        try writer.writeWithoutTransaction { database in
            try database.execute(sql: "VACUUM INTO ?", arguments: [unfinishedPath])
        }
        try moved(unfinishedPath, to: path)
    }

    private static var targetConfiguration: Configuration {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
        }
        return configuration
    }

    // MARK: - Rows

    private func copyReadableRows(into target: DatabaseQueue) throws -> Int {
        // A file that is not a database at all has no rows, and no connection.
        guard let source = try? Self.openDamaged(path) else { return 0 }
        defer { try? source.close() }
        return try copy(from: source, into: target)
    }

    /// Reads a file whose list of tables is gone, which says where each table begins.
    ///
    /// That of a new database says the same, because tables are always made in the same order and
    /// kept at the beginning of the file.
    private func copyRowsWithGraftedHeader(into target: DatabaseQueue) throws -> Int {
        defer { remove([graftPath]) }
        remove([graftPath])
        let graft = HeaderGraft(donor: unfinishedPath, damaged: path)
        guard try graft.write(to: graftPath), let source = try? Self.openDamaged(graftPath) else {
            return 0
        }
        defer { try? source.close() }
        return try copy(from: source, into: target)
    }

    private func copy(from source: DatabaseQueue, into target: DatabaseQueue) throws -> Int {
        try source.inDatabase { damaged in
            try target.inDatabase { database in
                var rows = 0
                for table in try Self.tables(of: database) {
                    // All rows of a table at once: row by row would wait for the disk each time.
                    try database.inTransaction {
                        rows += try table.copyReadableRows(from: damaged, into: database)
                        return .commit
                    }
                }
                return rows
            }
        }
    }

    /// The tables to copy; `event_count` and `level_bin` count by themselves what is copied.
    private static func tables(of database: Database) throws -> [DamagedTable] {
        try String.fetchAll(
            database,
            sql: """
                SELECT name FROM sqlite_schema WHERE type = 'table'
                    AND name NOT IN ('event_count', 'level_bin')
                    AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'grdb_%' ORDER BY rowid
                """
        ).map { name in try DamagedTable(name: name, in: database) }
    }

    /// Opens a database despite its damage.
    private static func openDamaged(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { database in
            // Lets SQLite read a file that is shorter than it should be.
            // https://www.sqlite.org/pragma.html#pragma_writable_schema
            try database.execute(sql: "PRAGMA writable_schema = ON")
        }
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    // MARK: - Files

    private func exchange(now: Date) throws -> String {
        let aside = StateFile.asidePath(of: path, now: now)
        // The WAL first: SQLite would apply it to the new file.
        for suffix in ["-wal", "-shm", "-journal", ""]
        where FileManager.default.fileExists(atPath: path + suffix) {
            try moved(path + suffix, to: aside + suffix)
        }
        try moved(rescuedPath, to: path)
        return aside
    }

    private func moved(_ from: String, to: String) throws {
        guard rename(from, to) == 0 else {
            let reason = String(cString: strerror(errno))
            throw StoreError.failed(path: path, reason: "cannot rename '\(from)': \(reason)")
        }
        OutputFile.syncFolder(of: to)
    }

    /// Removes files that an earlier rescue made and did not finish.
    private func remove(_ paths: [String]) {
        for path in paths {
            for suffix in ["", "-wal", "-shm", "-journal"] { unlink(path + suffix) }
        }
    }
}

/// What was done about a damaged database.
package struct RescueReport: Sendable, Equatable {
    /// What is wrong with it, as SQLite says.
    package var finding: String
    /// Where the damaged file is now.
    package var asidePath: String
    /// When it was set aside.
    package var date: Date
    /// How many rows the new database has from it.
    package var carriedRows: Int

    /// The report in a line for people.
    package var description: String {
        "The event history was damaged (\(finding)). It was moved to '\(asidePath)'; "
            + "\(carriedRows) readable row(s) were copied into a new one."
    }
}

/// Puts the list of tables of a whole database into a damaged one.
///
/// The first page holds the file's header and that list, or where its pages are.
/// https://www.sqlite.org/fileformat2.html#the_database_header
struct HeaderGraft {
    /// A whole database with the same tables.
    let donor: String
    /// The damaged one.
    let damaged: String

    private static let smallestDatabase = 1_024

    /// Writes the joined file; false if the damaged one is too short to hold any row.
    func write(to path: String) throws -> Bool {
        let files = FileManager.default
        guard let whole = files.contents(atPath: donor), whole.count > Self.smallestDatabase else {
            return false
        }
        let pageSize = Self.number(in: whole, at: 16, bytes: 2)
        var page = whole.prefix(pageSize)
        // Of two change counters that differ, SQLite concludes that the page count is not to be
        // believed, and takes the file's length.
        page[27] = 1
        page[95] = 0
        // The file may have been written with a log; its format is the same.
        page[18] = 1
        page[19] = 1
        let size = (try files.attributesOfItem(atPath: damaged)[.size] as? NSNumber)?.intValue ?? 0
        guard size > pageSize else { return false }
        try files.copyItem(atPath: damaged, toPath: path)
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.write(contentsOf: page)
        for number in Self.listPages(in: whole) where number * pageSize <= whole.count {
            let offset = (number - 1) * pageSize
            try file.seek(toOffset: UInt64(offset))
            try file.write(contentsOf: whole[offset..<offset + pageSize])
        }
        try file.close()
        return true
    }

    /// The pages of the list of tables that are not the first; they are all one level below it.
    private static func listPages(in whole: Data) -> [Int] {
        let header = 100
        let isInterior = whole[header] == 5
        guard isInterior else { return [] }
        let cells = (0..<number(in: whole, at: header + 3, bytes: 2)).map {
            number(in: whole, at: header + 12 + 2 * $0, bytes: 2)
        }
        return (cells + [header + 8]).map { number(in: whole, at: $0, bytes: 4) }
    }

    /// A number as the file has it, the highest byte first.
    private static func number(in whole: Data, at offset: Int, bytes: Int) -> Int {
        whole[offset..<offset + bytes].reduce(0) { $0 << 8 | Int($1) }
    }
}
