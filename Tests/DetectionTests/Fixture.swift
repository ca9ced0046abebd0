import Foundation

/// Tables of reference numbers beside the tests, with the script that made them.
enum Fixture {
    /// The rows of a CSV file, by column name.
    static func rows(of name: String, from file: String = #filePath) throws -> [[String: String]] {
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
        let table = try String(
            contentsOf: folder.appendingPathComponent("Fixtures/\(name)"),
            encoding: .utf8
        )
        let lines = table.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
        guard let header = lines.first else {
            return []
        }
        return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(header, $0)) }
    }

    /// A page of the repository's documentation.
    static func document(_ path: String, from file: String = #filePath) throws -> String {
        let root = URL(fileURLWithPath: file).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// A number of a row.
    static func number(_ column: String, of row: [String: String]) throws -> Double {
        guard let number = row[column].flatMap(Double.init) else {
            throw FixtureError(description: "No number '\(column)' in \(row).")
        }
        return number
    }
}

/// A fixture that is not as the script writes it.
struct FixtureError: Error, CustomStringConvertible {
    var description: String
}
