/// A labelled stretch of a recording.
struct Annotation: Equatable, Sendable {
    /// The name of the recording; nil where the file of annotations is about a single one.
    var file: String?
    /// The path of the recording as the file of annotations has it, perhaps from another machine; nil
    /// if it has none.
    var path: String?
    /// The beginning, in seconds from the start of the recording.
    var startSeconds: Double
    /// The end, not before the beginning; equal to it for a point in time.
    var endSeconds: Double
    /// What it is.
    var label: String
    /// The lowest frequency, where the annotation has one.
    var lowHz: Double?
    /// The highest frequency, where the annotation has one.
    var highHz: Double?
}

/// The formats in which annotations are read.
enum AnnotationFormat {
    /// Audacity's label track: begin, end and label, separated by tabs; a second line that starts
    /// with a backslash holds the frequencies, if any.
    case audacity
    /// Raven's selection table: tabs, with a header.
    case raven
    /// The DCASE challenges' tables: `filename`, `onset`, `offset`, `event_label`, separated by
    /// tabs, with or without that header, and without the first column if it is about one file.
    case dcase

    /// The format, recognised by the first line that is not empty.
    static func recognised(in line: [String]) -> AnnotationFormat {
        if line.contains(RavenColumns.beginTime) {
            return .raven
        }
        let isNumber = line.first.flatMap(TabularText.seconds) != nil
        let isMark = line.first == "\\"
        return isNumber || isMark ? .audacity : .dcase
    }
}

/// Why a file of annotations could not be read.
package enum AnnotationError: Error, Equatable, CustomStringConvertible {
    /// There is no such file, or no permission to read it.
    case unreadable(path: String, reason: String, isMissing: Bool)
    /// The path is that of a folder.
    case folder(path: String)
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
        case .folder(let path):
            "'\(path)' is a folder, not a file. Give the file in it."
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
        case .folder, .notText, .badLine, .missingColumn: 65
        }
    }
}

/// Lines of a text, cut at tabs.
struct TabularText {
    /// A line that is not empty, with its number from 1.
    typealias Line = (number: Int, fields: [String])

    /// The lines in order.
    let lines: [Line]

    /// Cuts a text; any line ending, a byte-order mark and empty lines are accepted.
    init(_ text: String) {
        let content = text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
        lines = content.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .enumerated().compactMap { index, line in
                guard line.contains(where: { !$0.isWhitespace }) else { return nil }
                let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
                return (index + 1, fields.map { Self.trimmed($0) })
            }
    }

    /// A time in seconds; a decimal comma is what Audacity writes in some languages.
    static func seconds(_ field: String) -> Double? {
        guard let value = Double(field.replacing(",", with: ".")), value.isFinite else {
            return nil
        }
        return value
    }

    private static func trimmed(_ field: Substring) -> String {
        var field = field
        while field.last?.isWhitespace == true { field.removeLast() }
        while field.first?.isWhitespace == true { field.removeFirst() }
        return String(field)
    }
}

/// The columns of a Raven selection table: the seven that Raven wants, those that tie a selection
/// to its file, and Earwitness's own.
///
/// Begin and end count through all files of a table, one after the other, which is how Raven places
/// selections when the files are opened as one sequence. `Begin Path` and `File Offset (s)`, the
/// place within the file, are what Raven uses when the table is opened with its sounds.
enum RavenColumns {
    static let beginTime = "Begin Time (s)"
    static let endTime = "End Time (s)"
    static let lowFrequency = "Low Freq (Hz)"
    static let highFrequency = "High Freq (Hz)"
    static let beginFile = "Begin File"
    static let beginPath = "Begin Path"
    static let fileOffset = "File Offset (s)"
    static let className = "Class"

    static let all = [
        "Selection", "View", "Channel", beginTime, endTime, lowFrequency, highFrequency,
        beginFile, beginPath, fileOffset, className, "Label", "Peak Score", "Mean Score",
        "Level (dBFS)", "Model",
    ]

    /// The names that people give the column with the name of the sound, in order of preference.
    static let labels = ["Class", "Species", "Annotation", "Label", "Common Name", "Tag"]
}
