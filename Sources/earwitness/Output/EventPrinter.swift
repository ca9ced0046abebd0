import Foundation
import MonitorMessages

/// Prints events to standard output in one of the formats, a few at a time.
struct EventPrinter {
    private let format: EventFormat
    private let originTitle: String
    private var hasHeader = false

    /// Prepares to print.
    ///
    /// - Parameters:
    ///   - format: The form.
    ///   - originTitle: What the origin of an event is: `source` or `file`.
    init(format: EventFormat, originTitle: String) {
        self.format = format
        self.originTitle = originTitle
    }

    /// Prints some events; a header comes before the first.
    mutating func print(_ rows: [EventRow]) {
        let text = self.text(of: rows)
        guard !text.isEmpty else { return }
        StandardOutput.write(text)
        StandardOutput.flush()
    }

    private mutating func text(of rows: [EventRow]) -> String {
        switch format {
        case .text:
            return table(of: rows)
        case .json:
            return rows.map { $0.json.text + "\n" }.joined()
        case .csv:
            defer { hasHeader = true }
            let header =
                hasHeader
                ? ""
                : CSVLine.text([
                    originTitle, "class", "label", "start", "start_s", "end_s", "duration_s",
                    "peak_score", "mean_score", "level_dbfs",
                ])
            return header + rows.map(csv).joined()
        case .audacity:
            return rows.map(audacity).joined()
        }
    }

    private mutating func table(of rows: [EventRow]) -> String {
        guard !rows.isEmpty else { return "" }
        defer { hasHeader = true }
        let cells = rows.map { row in
            [
                row.start.map(LocalTime.text) ?? Self.number(row.startSeconds, 2),
                row.label, Self.number(row.durationSeconds, 1), Self.number(row.peakScore, 2),
                Self.number(row.levelDBFS, 1), row.origin,
            ]
        }
        return TextTable(
            header: ["start", "sound", "seconds", "score", "dBFS", originTitle],
            rows: cells,
            rightAligned: [2, 3, 4],
            leastWidths: [8, 18, 7, 5, 6],
            showsHeader: !hasHeader
        ).text
    }

    private func csv(_ row: EventRow) -> String {
        CSVLine.text([
            row.origin, row.className, row.label, row.start.map(UTCTimestamp.text) ?? "",
            Self.number(row.startSeconds, 3), Self.number(row.endSeconds, 3),
            Self.number(row.durationSeconds, 3), Self.number(row.peakScore, 4),
            Self.number(row.meanScore, 4), Self.number(row.levelDBFS, 1),
        ])
    }

    private func audacity(_ row: EventRow) -> String {
        let end = row.endSeconds ?? row.startSeconds
        return "\(Self.number(row.startSeconds, 6))\t\(Self.number(end, 6))\t\(row.label)\n"
    }

    private static func number(_ value: Double?, _ decimals: Int) -> String {
        value.map { String(format: "%.\(decimals)f", $0) } ?? ""
    }
}
