import ArgumentParser
import EventStore
import Foundation
import Messages
import MonitorClient
import MonitorServer
import Settings

/// `earwitness levels`: how loud it was.
struct LevelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "levels",
        abstract: "Shows how loud it was, minute by minute, and how much of the time was measured.",
        discussion: """
            LAeq, the levels exceeded for 10, 50 and 90 % of the time, and the highest level, all \
            A-weighted; LCeq and LZeq. A source with a calibration has sound pressure levels \
            (dB SPL), any other levels relative to full scale (dBFS). A minute is written when it \
            is over. Times are given as to 'events'. Works whether or not the service runs.
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
    @Option(help: ArgumentHelp("At most the newest so many minutes.", valueName: "count"))
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
            let store = try EventStore.openReadOnly(path: service.location.databasePath)
            defer { try? store.close() }
            try store.requireNames(source: source)
            return try store.levelList(from: start, to: end, source: source, limit: limit)
        }
    }

    /// The last lines of the table, one a source; beside the other formats they are messages.
    private func writeSummary(of list: LevelListMessage) throws {
        var lines = list.summary.map { LevelTable.line(of: $0) }
        if lines.isEmpty {
            lines = ["No levels of this time."]
        }
        if list.levels.count == limit {
            lines.append("Only the newest \(limit) minute(s) are shown; give --limit for more.")
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
