import Foundation
import GRDB

/// One table of a damaged database, read around its broken pages.
struct DamagedTable {
    let name: String
    private let columns: [String]
    private let hasRowNumbers: Bool

    private static let greatestRow = Int64.max / 2
    /// After so many rows that are there already, the reading goes in circles.
    private static let mostRepetitions = 50_000

    /// Describes a table.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - database: A whole database that has it.
    /// - Throws: What SQLite reports of the whole database.
    init(name: String, in database: Database) throws {
        self.name = name
        let info = try database.columns(in: name)
        columns = info.map(\.name)
        let definition = try String.fetchOne(
            database,
            sql: "SELECT sql FROM sqlite_schema WHERE name = ?",
            arguments: [name]
        )
        hasRowNumbers = definition?.contains("WITHOUT ROWID") != true
    }

    /// How many rows it has.
    func rowCount(in database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "SELECT count(*) FROM \(quoted(name))") ?? 0
    }

    /// Copies every row that can be read and that the target takes.
    ///
    /// - Returns: How many there were.
    func copyReadableRows(from source: Database, into target: Database) throws -> Int {
        // A database of an earlier version has fewer columns; without any, the table is not there.
        let found = Set(((try? source.columns(in: name)) ?? []).map(\.name))
        let common = columns.filter(found.contains)
        guard !common.isEmpty else { return 0 }
        let copy = try RowCopy(table: name, columns: common, target: target)
        if hasRowNumbers {
            try copyByRowNumber(copy, from: source)
        } else {
            for direction in ["ASC", "DESC"] where try !copyInOrder(direction, copy, from: source) {
                continue
            }
        }
        return copy.count
    }

    private func copyByRowNumber(_ copy: RowCopy, from source: Database) throws {
        let selection = copy.columns.map(quoted).joined(separator: ", ")
        var next = Int64.min
        while true {
            do {
                let rows = try Row.fetchCursor(
                    source,
                    sql: """
                        SELECT \(selection), rowid AS row_number FROM \(quoted(name))
                        WHERE rowid >= ? ORDER BY rowid
                        """,
                    arguments: [next]
                )
                while let row = try rows.next() {
                    let number: Int64 = row["row_number"]
                    // Broken pages can lead back to where the reading came from.
                    guard number >= next else { throw DatabaseError(resultCode: .SQLITE_CORRUPT) }
                    try copy.insert(row)
                    next = number + 1
                }
                return
            } catch let error as DatabaseError where error.isDamage {
                guard let readable = firstReadable(from: next, in: source) else { return }
                next = readable
            }
        }
    }

    /// The first row number at or after `start` from which on rows can be sought; nil at the end.
    private func firstReadable(from start: Int64, in source: Database) -> Int64? {
        switch seek(start, in: source) {
        case .row(let found): return found + 1
        case .end: return nil
        case .damage: break
        }
        let base = max(start, 0)
        var step: Int64 = 1
        var failing = base
        while base + step < Self.greatestRow {
            if case .damage = seek(base + step, in: source) {
                failing = base + step
                step *= 2
                continue
            }
            var readable = base + step
            while readable - failing > 1 {
                let middle = failing + (readable - failing) / 2
                if case .damage = seek(middle, in: source) {
                    failing = middle
                } else {
                    readable = middle
                }
            }
            return readable
        }
        return nil
    }

    private enum Place {
        case row(Int64)
        case end
        case damage
    }

    private func seek(_ number: Int64, in source: Database) -> Place {
        do {
            let found = try Int64.fetchOne(
                source,
                sql: """
                    SELECT rowid FROM \(quoted(name)) WHERE rowid >= ? ORDER BY rowid LIMIT 1
                    """,
                arguments: [number]
            )
            guard let found else { return .end }
            return found >= number ? .row(found) : .damage
        } catch {
            return .damage
        }
    }

    /// Copies rows in the order of their key, up to the damage; true if there was none.
    private func copyInOrder(
        _ direction: String,
        _ copy: RowCopy,
        from source: Database
    ) throws -> Bool {
        let selection = copy.columns.map(quoted).joined(separator: ", ")
        do {
            let rows = try Row.fetchCursor(
                source,
                sql: "SELECT \(selection) FROM \(quoted(name)) ORDER BY 1 \(direction)"
            )
            var repeated = 0
            while let row = try rows.next(), repeated < Self.mostRepetitions {
                let before = copy.count
                try copy.insert(row)
                repeated = copy.count == before ? repeated + 1 : 0
            }
            return repeated < Self.mostRepetitions
        } catch let error as DatabaseError where error.isDamage {
            return false
        }
    }
}

/// An SQL name, which is never part of user input.
func quoted(_ name: String) -> String {
    "\"\(name.replacingOccurrences(of: "\"", with: "\"\""))\""
}

extension DatabaseError {
    /// Whether the file, and not the request, is at fault.
    var isDamage: Bool {
        switch resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_IOERR, .SQLITE_ERROR, .SQLITE_FORMAT: true
        default: false
        }
    }
}

/// Puts rows into a table and counts those that it takes.
final class RowCopy {
    let columns: [String]
    private(set) var count = 0
    private let insertion: Statement
    private let target: Database

    init(table: String, columns: [String], target: Database) throws {
        self.columns = columns
        self.target = target
        let names = columns.map(quoted).joined(separator: ", ")
        let places = Array(repeating: "?", count: columns.count).joined(separator: ", ")
        insertion = try target.makeStatement(
            sql: "INSERT OR IGNORE INTO \(quoted(table)) (\(names)) VALUES (\(places))"
        )
    }

    /// Inserts a row, unless it exists or violates the schema.
    func insert(_ row: Row) throws {
        let values = columns.map { row[$0] as DatabaseValue }
        do {
            try insertion.execute(arguments: StatementArguments(values))
            count += target.changesCount
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
            // Rows garbled by damage are skipped.
        }
    }
}
