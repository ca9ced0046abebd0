import Detection
import Evaluation
import Foundation
import Messages
import Monitor
import Platform
import SoundDatasets

/// How many events of each class every recording has.
struct EventCounts {
    /// The columns: each class of each model, and the place of a model's first one.
    private let columns: [String]
    private let firstColumns: [Int]
    private var rows: [(path: String, counts: [Int])] = []

    /// Begins with nothing counted.
    ///
    /// - Parameters:
    ///   - modelNames: The models; where there are several, a column is `MODEL/CLASS`.
    ///   - classNames: The classes of each model.
    init(modelNames: [String], classNames: [[String]]) {
        var columns: [String] = []
        var firstColumns: [Int] = []
        for (model, classes) in zip(modelNames, classNames) {
            firstColumns.append(columns.count)
            columns += classes.map { modelNames.count == 1 ? $0 : "\(model)/\($0)" }
        }
        self.columns = columns
        self.firstColumns = firstColumns
    }

    /// Counts a recording's events.
    mutating func add(_ analysis: RecordingAnalysis) {
        var counts = Array(repeating: 0, count: columns.count)
        for finding in analysis.findings {
            let place = finding.event.classIndex.rawValue
            counts[firstColumns[finding.model.rawValue] + place] += 1
        }
        rows.append((analysis.path, counts))
    }

    /// The counts as a table, as JSON lines or as CSV.
    func text(format: EventFormat) -> String {
        switch format {
        case .json:
            rows.map { row in
                let counts = zip(columns, row.counts).map {
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
        let header = ["file"] + columns
        let cells = rows.map { row in
            [isCSV ? row.path : PathText.shown(row.path)] + row.counts.map(String.init)
        }
        guard isCSV else {
            return TextTable(
                header: header,
                rows: cells,
                rightAligned: Set(1...columns.count)
            ).text
        }
        return ([header] + cells).map { CSVLine.text($0) }.joined()
    }
}
