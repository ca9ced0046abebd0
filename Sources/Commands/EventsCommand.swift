import ArgumentParser
import EventStore
import Foundation
import Messages
import MonitorClient
import MonitorServer
import Settings
import SoundDatasets

/// `earwitness events`: what was heard.
struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Lists events and how much of the time was listened to.",
        discussion: """
            A time is '2026-11-29', '2026-11-29 06:00', '06:00', 'yesterday 22:00', 'now', 'today', \
            'yesterday', an age such as '15m', '2h' or '3d', or RFC 3339. Without a zone it is local. \
            A date means the whole day: --since starts at its beginning, --until at its end. Without \
            --since the last day is shown. Works whether or not the service runs.
            """
    )

    @OptionGroup var service: ServiceOptions
    @Option(help: ArgumentHelp("From this time on.", valueName: "time")) var since = "24h"
    @Option(help: ArgumentHelp("Up to this time.", valueName: "time")) var until = "now"
    @Option(
        name: .customLong("class"),
        parsing: .singleValue,
        help: ArgumentHelp("Only this class; may be given several times.", valueName: "class")
    )
    var classes: [String] = []
    @Option(help: "Only this source.") var source: String?
    @Option(help: "Only events of this model.") var model: String?
    @Option(help: ArgumentHelp("Only events with at least this peak score.", valueName: "score"))
    var minScore: Double?
    @Option(help: ArgumentHelp("At most this many events, the newest.", valueName: "count"))
    var limit = 1_000
    @Option(help: "text, json, csv, audacity or raven.") var format = EventFormat.text

    /// What the service answers with at most.
    private static let greatestLimit = 10_000

    func validate() throws {
        guard (1...Self.greatestLimit).contains(limit) else {
            throw ValidationError(
                "--limit is \(limit); give 1 to \(Self.greatestLimit), and use --until for older events."
            )
        }
        guard minScore.map((0...1).contains) ?? true else {
            throw ValidationError("--min-score is \(minScore ?? 0); give 0 to 1.")
        }
    }

    func run() async throws {
        let range = try TimeRange(since: since, until: until)
        let list = try await self.list(from: range.start, to: range.end)
        var writer = EventTextWriter(
            format: format,
            originTitle: "source",
            namesModels: Set(list.events.map(\.model)).count > 1,
            showsClips: true
        )
        try StandardOutput.write(
            writer.text(of: list.events.map { EventRow($0, axisOrigin: range.start) })
        )
        try writeCoverage(of: list)
    }

    private func list(from start: Date, to end: Date) async throws -> EventListMessage {
        do {
            let client = try await MonitorClient.firstAnswering(
                at: service.location.clientSocketPaths
            )
            return try await client.events(
                since: start,
                until: end,
                classes: classes,
                source: source,
                model: model,
                minScore: minScore,
                limit: limit
            )
        } catch ClientError.notRunning {
            return try storedList(from: start, to: end)
        }
    }

    private func storedList(from start: Date, to end: Date) throws -> EventListMessage {
        let store = try EventStore.openForQueries(path: service.location.databasePath)
        defer { try? store.close() }
        var filter = EventFilter()
        filter.since = start
        filter.until = end
        filter.classes = classes
        filter.source = source
        filter.model = model
        filter.minScore = minScore
        filter.limit = limit
        try store.requireNames(source: source, classes: classes, model: model)
        return EventListMessage(
            events: try store.events(matching: filter).map(\.message),
            coverage: try store.coverage(
                from: start,
                to: max(start, min(end, Date())),
                source: source
            ).message
        )
    }

    /// The last line of the table; beside the other formats it is a message.
    private func writeCoverage(of list: EventListMessage) throws {
        var line =
            "\(list.events.count) event(s); \(list.coverage.summary)\(unknownPart(of: list))."
        if list.events.count == limit {
            line +=
                " There may be more than these \(limit); use --limit, or --until for older events."
        }
        if format == .text {
            try StandardOutput.writeLine(line)
        } else {
            StandardError.write(line + "\n")
        }
    }

    /// The share of the time that the history has no record of, because it begins later or a crash
    /// cut it off.
    private func unknownPart(of list: EventListMessage) -> String {
        let total = list.coverage.total
        guard total.askedSeconds > 0 else { return "" }
        let percent = 100 * total.unknownSeconds / total.askedSeconds
        return percent >= 0.1 ? String(format: "; %.1f %% of it is unknown", percent) : ""
    }
}

extension EventFormat: ExpressibleByArgument {}
