package import Foundation
import Messages
import Platform

/// What a person says of an event.
package enum LabelVerdict: Equatable, Sendable {
    /// It is what it was taken for.
    case right
    /// It is nothing of the kind: a false alarm.
    case wrong
    /// It was this, a class of a model or a name of one's own.
    case was(String)

    /// What a name may have, as the service allows it.
    package static let longestName = 200

    /// Reads `right`, `wrong` or a name; nil for what no sound can be called: nothing, more than 200
    /// characters, or a semicolon or control character, which would tear tables.
    package init?(_ text: String) {
        let name = text.trimmingCharacters(in: .whitespaces)
        switch name {
        case "right": self = .right
        case "wrong": self = .wrong
        default:
            let isTorn = name.unicodeScalars.contains {
                $0 == ";" || $0.properties.generalCategory == .control
            }
            guard !name.isEmpty, name.count <= Self.longestName, !isTorn else { return nil }
            self = .was(name)
        }
    }

    /// The class that an event of a class was; nil: none, a false alarm.
    package func className(of detected: String) -> String? {
        switch self {
        case .right: detected
        case .wrong: nil
        case .was(let name): name
        }
    }
}

/// A line of a file of labels: what was heard, and at which event or when.
package struct LabelEntry: Equatable, Sendable {
    /// The number of the line, from 1.
    package var line: Int
    /// The number of the event, if the line gives one.
    package var eventID: Int64?
    /// The name of the source, if the line gives one.
    package var source: String?
    /// The moment, if the line gives one.
    package var time: Date?
    /// The time in seconds from the beginning of a label track; nil in a table.
    package var seconds: ClosedRange<Double>?
    /// What it was.
    package var verdict: LabelVerdict

    /// Joins the parts.
    package init(
        line: Int,
        eventID: Int64? = nil,
        source: String? = nil,
        time: Date? = nil,
        seconds: ClosedRange<Double>? = nil,
        verdict: LabelVerdict
    ) {
        self.line = line
        self.eventID = eventID
        self.source = source
        self.time = time
        self.seconds = seconds
        self.verdict = verdict
    }
}

/// Reads what people say of events: Audacity's label tracks, and CSV.
///
/// A CSV file has a header with `event` (its number) or `time`, if wanted `source`, and `label` or
/// `verdict`: `right`, `wrong` or a name. Where both are there, a label goes before a verdict, as in what
/// `labels export` writes. A row without either says nothing, and neither does a label without text.
package enum LabelFile {
    /// Reads a file.
    ///
    /// - Parameter path: The path of a text in UTF-8.
    /// - Returns: What it says, in its order.
    /// - Throws: The first line that can't be read; then nothing of the file counts.
    package static func read(path: String) throws(AnnotationError) -> [LabelEntry] {
        try parse(try AnnotationReader.text(of: path), path: path)
    }

    /// Reads a text; `path` is what errors call it.
    static func parse(_ text: String, path: String) throws(AnnotationError) -> [LabelEntry] {
        let lines = TabularText(text).lines
        guard let first = lines.first else { return [] }
        if first.fields.count > 1 { return try labelTrack(text, path: path) }
        return try table(text, path: path)
    }

    private static func labelTrack(
        _ text: String,
        path: String
    ) throws(AnnotationError) -> [LabelEntry] {
        let lines = TabularText(text).lines.filter { $0.fields.first != "\\" }
        let annotations = try AnnotationReader.audacity(TabularText(text).lines, path: path)
        var entries: [LabelEntry] = []
        for (line, annotation) in zip(lines, annotations) where !annotation.label.isEmpty {
            let verdict = try verdict(annotation.label, line.number, path)
            entries.append(
                LabelEntry(
                    line: line.number,
                    seconds: annotation.startSeconds...annotation.endSeconds,
                    verdict: verdict
                )
            )
        }
        return entries
    }

    private static func table(
        _ text: String,
        path: String
    ) throws(AnnotationError) -> [LabelEntry] {
        var lines: [TabularText.Line] = []
        for line in TabularText(text).lines {
            let content = line.fields.joined(separator: "\t")
            // Within quotes they are doubled, so that a whole line has an even number of them.
            guard content.count(where: { $0 == "\"" }).isMultiple(of: 2) else {
                throw .badLine(
                    path: path,
                    line: line.number,
                    found: content,
                    expected: "a second quote in the same line"
                )
            }
            lines.append((line.number, ClipTable.fields(of: content)))
        }
        let header = lines[0].fields
        guard header.contains("event") || header.contains("time") else {
            throw .missingColumn(path: path, column: "event' or 'time", found: header)
        }
        guard header.contains("label") || header.contains("verdict") else {
            throw .missingColumn(path: path, column: "label' or 'verdict", found: header)
        }
        var entries: [LabelEntry] = []
        for (number, fields) in lines.dropFirst() {
            func refusal(_ expected: String) -> AnnotationError {
                .badLine(
                    path: path,
                    line: number,
                    found: fields.joined(separator: ","),
                    expected: expected
                )
            }
            guard fields.count == header.count else {
                throw refusal("\(header.count) fields, as the header has")
            }
            func field(_ name: String) -> String? {
                header.firstIndex(of: name).map { fields[$0] }.flatMap { $0.isEmpty ? nil : $0 }
            }
            guard let said = field("label") ?? field("verdict") else { continue }
            var entry = LabelEntry(
                line: number,
                source: field("source"),
                verdict: try verdict(said, number, path)
            )
            if let text = field("event") {
                guard let id = Int64(text), id > 0 else {
                    throw refusal("the number of an event in the column 'event'")
                }
                entry.eventID = id
            }
            if let text = field("time") {
                guard text.contains(":"),
                    let reading = try? MomentExpression.reading(text, as: .since)
                else { throw refusal("a date and time such as 2026-11-20T23:03:57Z in 'time'") }
                entry.time = reading.moment
            }
            guard entry.eventID != nil || entry.time != nil else {
                throw refusal("the number of an event or a time")
            }
            entries.append(entry)
        }
        return entries
    }

    private static func verdict(
        _ text: String,
        _ line: Int,
        _ path: String
    ) throws(AnnotationError) -> LabelVerdict {
        guard let verdict = LabelVerdict(text) else {
            throw .badLine(
                path: path,
                line: line,
                found: text,
                expected: "right, wrong or a name of 1 to \(LabelVerdict.longestName) characters "
                    + "without semicolons"
            )
        }
        return verdict
    }
}
