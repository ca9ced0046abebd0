import GRDB

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

    /// Inserts a row, unless it is there or is not what the table may hold.
    func insert(_ row: Row) throws {
        let values = columns.map { row[$0] as DatabaseValue }
        do {
            try insertion.execute(arguments: StatementArguments(values))
            count += target.changesCount
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
            // What damage made of a row is not a row.
        }
    }
}
