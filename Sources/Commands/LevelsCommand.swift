import ArgumentParser
import Evaluation
import EventStore
import Foundation
import Messages
import MonitorClient
import MonitorServer
import Platform
import Settings
import SoundDatasets

/// `earwitness levels`: how loud it was.
struct LevelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "levels",
        abstract: "Shows sound levels per minute and how much of the time was measured.",
        discussion: """
            LAeq, the levels exceeded for 10, 50 and 90 % of the time, and the highest level, all \
            A-weighted; LCeq and LZeq. A calibrated source gives dB SPL, any other dBFS. A minute \
            is stored when it is over. Times are as for 'events'. Works whether or not the service runs.
            """
    )

    /// The forms of the answer.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text
        case json
        case csv
    }

    @OptionGroup var service: ServiceOptions
    @Option(help: ArgumentHelp("From this time on.", valueName: "time")) var since = "1h"
    @Option(help: ArgumentHelp("Up to this time.", valueName: "time")) var until = "now"
    @Option(help: "Only this source.") var source: String?
    @Option(help: ArgumentHelp("At most this many minutes, the newest.", valueName: "count"))
    var limit = 10_080
    @Option(help: "text, json or csv.") var format = Format.text

    func validate() throws {
        guard (1...100_000).contains(limit) else {
            throw ValidationError("--limit is \(limit); give 1 to 100000.")
        }
    }

    func run() async throws {
        let now = Date()
        let range = try TimeRange(since: since, until: until, now: now)
        let list = try await self.list(
            from: range.start,
            to: max(range.start, min(now, range.end))
        )
        switch format {
        case .text: try StandardOutput.write(LevelTable(list.levels).text)
        case .json: try list.levels.forEach { try StandardOutput.writeLine($0.json.text) }
        case .csv: try StandardOutput.write(LevelTable(list.levels).csv)
        }
        try writeSummary(of: list)
    }

    private func list(from start: Date, to end: Date) async throws -> LevelListMessage {
        do {
            let client = try await MonitorClient.firstAnswering(
                at: service.location.clientSocketPaths
            )
            return try await client.levels(since: start, until: end, source: source, limit: limit)
        } catch ClientError.notRunning {
            let store = try EventStore.openForQueries(path: service.location.databasePath)
            defer { try? store.close() }
            try store.requireNames(source: source)
            return try store.levelList(from: start, to: end, source: source, limit: limit)
        }
    }

    /// The last lines of the table, one per source; beside the other formats they are messages.
    private func writeSummary(of list: LevelListMessage) throws {
        var lines = list.summary.map { LevelTable.line(of: $0) }
        if lines.isEmpty {
            lines = ["No levels in this time range."]
        }
        if list.levels.count == limit {
            lines.append("There may be more than these \(limit) minute(s); give --limit for more.")
        }
        for line in lines {
            if format == .text {
                try StandardOutput.writeLine(line)
            } else {
                StandardError.write(line + "\n")
            }
        }
    }
}

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

    /// The columns of comma-separated values after those that say where the minute was heard.
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
            audible(value).map { String(format: "\(name) %.1f \(summary.unit.rawValue)", $0) }
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

    /// Whatever is below is zeros from a device, which the meter's filters let fade away.
    private static let silence = -200.0

    /// A level for people; nil for silence.
    static func audible(_ level: Double?) -> Double? {
        level.flatMap { $0 < silence ? nil : $0 }
    }

    /// A level in dBFS where they stand one below the other.
    static func dBFSColumn(_ level: Double?) -> String {
        audible(level).map { String(format: "%6.1f dBFS", $0) } ?? "   silence "
    }

    private static func decibels(_ level: Double?) -> String {
        audible(level).map(text) ?? "–"
    }

    private static func number(_ level: Double?) -> String {
        level.map(text) ?? ""
    }

    private static func text(of level: Double) -> String {
        let text = String(format: "%.1f", level)
        return text == "-0.0" ? "0.0" : text
    }
}
