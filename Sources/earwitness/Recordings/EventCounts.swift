import Detection
import EventExports
import Foundation
import MonitorMessages
import MonitorPipeline

/// How many events of each class every recording has.
struct EventCounts {
    private let classNames: [String]
    private var rows: [(path: String, counts: [Int])] = []

    /// Begins with nothing counted.
    init(classNames: [String]) {
        self.classNames = classNames
    }

    /// Counts a recording's events.
    mutating func add(_ analysis: RecordingAnalysis) {
        var counts = Array(repeating: 0, count: classNames.count)
        for event in analysis.events {
            counts[event.classIndex] += 1
        }
        rows.append((analysis.path, counts))
    }

    /// The counts as a table, as JSON lines or as CSV.
    func text(format: EventFormat) -> String {
        switch format {
        case .json:
            rows.map { row in
                let counts = zip(classNames, row.counts).map {
                    JSONValue.Member($0, .integer(Int64($1)))
                }
                let line = JSONValue.object([
                    .init("file", .string(row.path)), .init("counts", .object(counts)),
                ])
                return line.text + "\n"
            }.joined()
        case .text, .csv, .audacity, .raven:
            text(format == .csv)
        }
    }

    private func text(_ isCSV: Bool) -> String {
        let header = ["file"] + classNames
        let cells = rows.map { [$0.path] + $0.counts.map(String.init) }
        guard isCSV else {
            return TextTable(
                header: header,
                rows: cells,
                rightAligned: Set(1...classNames.count)
            ).text
        }
        return ([header] + cells).map { CSVLine.text($0) }.joined()
    }
}
