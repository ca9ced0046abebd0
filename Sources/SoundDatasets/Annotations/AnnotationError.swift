/// Why a file of annotations could not be read.
package enum AnnotationError: Error, Equatable, CustomStringConvertible {
    /// No file has this path, or it may not be read.
    case unreadable(path: String, reason: String, isMissing: Bool)
    /// The bytes are not UTF-8.
    case notText(path: String)
    /// A line does not have the fields of its format.
    case badLine(path: String, line: Int, found: String, expected: String)
    /// A table lacks a column.
    case missingColumn(path: String, column: String, found: [String])

    package var description: String {
        switch self {
        case .unreadable(let path, let reason, _):
            "Cannot read the annotations '\(path)': \(reason). Check the path."
        case .notText(let path):
            "'\(path)' is not a text in UTF-8. Export the annotations again as text."
        case .badLine(let path, let line, let found, let expected):
            "\(path):\(line): found '\(found)', expected \(expected). Correct the line."
        case .missingColumn(let path, let column, let found):
            "\(path):1: no column '\(column)' among \(found.joined(separator: ", ")). "
                + "Export the table with it."
        }
    }

    /// The exit code (sysexits) of a command that fails for this reason.
    package var exitCode: Int32 {
        switch self {
        case .unreadable(_, _, let isMissing): isMissing ? 66 : 77
        case .notText, .badLine, .missingColumn: 65
        }
    }
}
