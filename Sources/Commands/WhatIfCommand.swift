import ArgumentParser
import EventStore
import Foundation
import Messages
import Monitor
import MonitorClient
import Platform
import Settings
import SoundDatasets

/// `earwitness what-if CLASS`: what another rule would have made of the past.
struct WhatIfCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "what-if",
        abstract: "Tries another threshold on the past: which events would come, which would go.",
        discussion: """
            Runs the decision again over the stored scores, by the rule in force and what is to be \
            different, and compares with the events that were recorded. Nothing is changed. Scores \
            are kept for storage.score_days. Works whether or not the service runs.
            """
    )

    @Argument(help: "The class, such as dog_bark.") var className: String
    @Option(help: "The smoothed score at which an event opens, 0 to 1.") var on: Double?
    @Option(help: "The one under which it closes; without it, it moves with --on.")
    var off: Double?
    @Option(help: ArgumentHelp("Shorter events are dropped.", valueName: "seconds"))
    var minDuration: Double?
    @Option(help: ArgumentHelp("Sounds closer than this are one event.", valueName: "seconds"))
    var mergeGap: Double?
    @Option(
        help: ArgumentHelp("How many windows are smoothed over, 1 to 64.", valueName: "windows")
    )
    var smoothing: Int?
    @Option(help: "Only this source.") var source: String?
    @Option(help: "The model, if several have the class.") var model: String?
    @Option(help: ArgumentHelp("From this time on.", valueName: "time")) var since = "7d"
    @Option(help: ArgumentHelp("Up to this time.", valueName: "time")) var until = "now"
    @Option(
        help: ArgumentHelp("At most this many events that would come or go.", valueName: "count")
    )
    var limit = 20
    @Option(help: "text or json.") var format = ReportFormat.text
    @OptionGroup var service: ServiceOptions

    private static let greatestLimit = 10_000
    private static let longestSeconds = 3_600.0

    func validate() throws {
        for (name, value) in [("--on", on), ("--off", off)] {
            guard value.map((0...1).contains) ?? true else {
                throw ValidationError("\(name) is \(value ?? 0); give a number from 0 to 1.")
            }
        }
        for (name, value) in [("--min-duration", minDuration), ("--merge-gap", mergeGap)] {
            guard value.map((0...Self.longestSeconds).contains) ?? true else {
                throw ValidationError("\(name) is \(value ?? 0); give 0 to 3600 seconds.")
            }
        }
        guard smoothing.map((1...64).contains) ?? true else {
            throw ValidationError("--smoothing is \(smoothing ?? 0); give 1 to 64 windows.")
        }
        guard (0...Self.greatestLimit).contains(limit) else {
            throw ValidationError("--limit is \(limit); give 0 to \(Self.greatestLimit).")
        }
    }

    func run() async throws {
        let range = try TimeRange(since: since, until: until)
        let answer = try await answer(from: range.start, to: range.end)
        guard answer.scoredSeconds > 0 else {
            throw CommandFailure(
                .noInput,
                "No scores of '\(className)' are stored from \(LocalTime().minuteText(range.start)) to "
                    + "\(LocalTime().minuteText(range.end)). A running service stores them every minute; "
                    + "storage.score_days says for how long."
            )
        }
        let text = format == .json ? answer.json.text + "\n" : WhatIfText(answer).text
        try StandardOutput.write(text, remarks: answer.remarks)
    }

    private var trial: RuleTrial {
        RuleTrial(
            on: on,
            off: off,
            minDurationSeconds: minDuration,
            mergeGapSeconds: mergeGap,
            smoothingWindows: smoothing
        )
    }

    private func answer(from start: Date, to end: Date) async throws -> WhatIfMessage {
        do {
            let client = try await MonitorClient.firstAnswering(
                at: service.location.clientSocketPaths
            )
            return try await client.whatIf(
                className,
                of: model,
                trial,
                since: start,
                until: end,
                source: source,
                limit: limit
            )
        } catch ClientError.notRunning {
            let judged = try await service.settingsHere().judgedModel(of: className, named: model)
            let store = try EventStore.openForQueries(path: service.location.databasePath)
            defer { try? store.close() }
            try store.requireNames(source: source)
            return try WhatIf(
                className: className,
                model: judged,
                trial: trial,
                from: start,
                to: end,
                source: source,
                limit: limit
            ).answer(from: store)
        }
    }
}

extension ServiceOptions {
    /// The configuration in force while no service runs.
    func settingsHere() throws -> SettingsInForce {
        let configuration = try loadConfiguration()
        return SettingsInForce(
            configuration: configuration,
            learnt: LearntInForce(try loadInstalledModels(of: configuration).models, learnt),
            overridesPath: location.overridesPath,
            load: loadConfiguration,
            loadModels: { try loadModels(of: $0).models },
            apply: { _, _ in }
        )
    }
}

/// The answer as people read it.
struct WhatIfText {
    private let answer: WhatIfMessage
    private let times = LocalTime()

    init(_ answer: WhatIfMessage) {
        self.answer = answer
    }

    /// The whole answer: the sum, the days, what would come and what would go.
    var text: String {
        let days = TextTable(
            header: ["day", "was", "would be"],
            rows: answer.perDay.map { [$0.day, "\($0.was)", "\($0.wouldBe)"] },
            rightAligned: [1, 2]
        )
        return [
            summary, answer.perDay.isEmpty ? "" : days.text,
            list("would come", answer.come, of: answer.comeCount),
            list("would go", answer.go, of: answer.goCount),
        ].filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private var summary: String {
        let minutes = answer.scoredSeconds / 60
        let time =
            minutes < 120
            ? String(format: "%.0f minutes", minutes) : String(format: "%.1f hours", minutes / 60)
        let stay = answer.was - answer.goCount
        return "\(answer.className) (\(answer.modelName)), \(changes)\n"
            + "\(answer.was) event(s) were recorded in \(time) with scores; \(answer.wouldBe) would be: "
            + "\(answer.comeCount) would come, \(answer.goCount) would go, \(stay) stay.\n"
    }

    /// What of the rule is different.
    private var changes: String {
        let (now, then) = (answer.ruleInForce, answer.rule)
        let values: [(String, Double, Double)] = [
            ("on", now.on, then.on), ("off", now.off, then.off),
            ("min_duration_s", now.minDurationSeconds, then.minDurationSeconds),
            ("merge_gap_s", now.mergeGapSeconds, then.mergeGapSeconds),
            ("smoothing", Double(now.smoothingWindows), Double(then.smoothingWindows)),
        ]
        let changed = values.filter { $0.1 != $0.2 }.map { name, old, new in
            "\(name) \(Self.shortest(new)) instead of \(Self.shortest(old))"
        }
        return changed.isEmpty ? "by the rule in force" : changed.joined(separator: ", ")
    }

    private static func shortest(_ value: Double) -> String {
        String(format: "%g", (value * 1e4).rounded() / 1e4)
    }

    private func list(_ title: String, _ events: [WhatIfEventMessage], of count: Int) -> String {
        guard count > 0 else { return "" }
        let table = TextTable(
            header: [title, "source", "seconds", "score", "event"],
            rows: events.map { event in
                [
                    times.text(event.start), event.source,
                    event.durationSeconds.map { String(format: "%.2f", $0) } ?? "going on",
                    String(format: "%.2f", event.peakScore), event.id.map { "\($0)" } ?? "",
                ]
            },
            rightAligned: [2, 3, 4]
        )
        let rest =
            count > events.count ? "and \(count - events.count) earlier; --limit shows more\n" : ""
        return table.text + rest
    }
}
