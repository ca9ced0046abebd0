import Evaluation
import Foundation
import Messages
import Platform
import SoundDatasets

/// Minutes' sound levels as a table for people, or for programs.
struct LevelTable {
    private let minutes: [LevelMinuteMessage]

    /// Prepares the table of some minutes.
    init(_ minutes: [LevelMinuteMessage]) {
        self.minutes = minutes
    }

    /// The table for people; nothing if there are no minutes.
    var text: String {
        guard !minutes.isEmpty else { return "" }
        let local = LocalTime()
        let rows = minutes.map { minute in
            [
                local.minuteText(minute.minute),
                Self.decibels(minute.laeq), Self.decibels(minute.laf10),
                Self.decibels(minute.laf50), Self.decibels(minute.laf90),
                Self.decibels(minute.lafMax), Self.decibels(minute.lceq),
                Self.decibels(minute.lzeq), minute.unit.rawValue,
                minute.clippedSamples == 0 ? "" : "\(minute.clippedSamples)",
                String(format: "%.1f", minute.measuredSeconds), minute.source,
            ]
        }
        return TextTable(
            header: [
                local.title("minute", of: minutes.map(\.minute)), "LAeq", "LAF10", "LAF50", "LAF90",
                "LAFmax", "LCeq", "LZeq", "unit",
                "clipped", "measured s", "source",
            ],
            rows: rows,
            rightAligned: [1, 2, 3, 4, 5, 6, 7, 9, 10]
        ).text
    }

    /// Comma-separated values with a header.
    var csv: String {
        let header = CSVLine.text(["source"] + Self.columns)
        return header + minutes.map { CSVLine.text([$0.source] + Self.cells(of: $0)) }.joined()
    }

    /// The columns of comma-separated values behind those that say where the minute was heard.
    static let columns = [
        "minute", "measured_s", "unit", "laeq", "laf10", "laf50", "laf90", "lafmax", "lceq",
        "lzeq", "rms_dbfs", "peak_dbfs", "clipped_samples", "sample_rate_hz", "calibration_db",
    ]

    /// A minute's cells of these columns; one that is not dated has an empty first one.
    static func cells(of minute: LevelMinuteMessage, isDated: Bool = true) -> [String] {
        [
            isDated ? UTCTimestamp.text(minute.minute) : "",
            String(format: "%.3f", minute.measuredSeconds), minute.unit.rawValue,
            number(minute.laeq), number(minute.laf10), number(minute.laf50),
            number(minute.laf90), number(minute.lafMax), number(minute.lceq),
            number(minute.lzeq), number(minute.rmsDBFS), number(minute.peakDBFS),
            String(minute.clippedSamples), String(minute.sampleRateHz),
            minute.calibrationDB.map { String(format: "%.2f", $0) } ?? "",
        ]
    }

    /// What a source was like over the whole time, in one line.
    static func line(of summary: LevelSummaryMessage) -> String {
        let level = { (name: String, value: Double?) in
            value.map { String(format: "\(name) %.1f \(summary.unit.rawValue)", $0) }
                ?? "\(name) silence"
        }
        // Rounded down, so that a hole is never rounded away.
        let percent =
            summary.measuredPercent.map { String(format: "%.1f %%", ($0 * 10).rounded(.down) / 10) }
            ?? "nothing"
        let minutes = String(format: "%.1f", summary.measuredSeconds / 60)
        return "\(summary.source): \(level("LAeq", summary.laeq)), "
            + "\(level("LAFmax", summary.lafMax)); measured \(minutes) min, \(percent) of the "
            + "time asked for."
    }

    private static func decibels(_ level: Double?) -> String {
        level.map(text) ?? "–"
    }

    private static func number(_ level: Double?) -> String {
        level.map(text) ?? ""
    }

    private static func text(of level: Double) -> String {
        let text = String(format: "%.1f", level)
        return text == "-0.0" ? "0.0" : text
    }
}
