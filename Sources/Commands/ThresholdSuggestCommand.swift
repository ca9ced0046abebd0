import ArgumentParser
import EventStore
import Foundation
import Messages
import Monitor
import MonitorClient
import Platform
import Settings
import SoundDatasets

extension ThresholdsCommand {
    /// `earwitness thresholds suggest CLASS`: the threshold that labels speak for.
    struct Suggest: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Suggests the threshold that would have kept few enough wrong events.",
            discussion: """
                Tries thresholds on the stored scores and counts the events that your labels call wrong. \
                Nothing is changed: the command that sets the threshold is printed. Works whether or not \
                the service runs.
                """
        )

        @Argument(help: "The class, such as dog_bark.") var className: String
        @Option(
            help: ArgumentHelp("How many wrong events a week are allowed.", valueName: "number")
        )
        var maxFalseAlarmsPerWeek: Double
        @Option(help: ArgumentHelp("From this time on.", valueName: "time")) var since = "30d"
        @Option(help: ArgumentHelp("Up to this time.", valueName: "time")) var until = "now"
        @Option(help: "Only this source.") var source: String?
        @Option(help: "The model, if several have the class.") var model: String?
        @Option(help: "text or json.") var format = ReportFormat.text
        @OptionGroup var service: ServiceOptions

        private static let mostFalseAlarms = 1e6
        /// Every threshold that is tried goes through all scores of the time.
        private static let timeoutSeconds = 120.0

        func validate() throws {
            guard (0...Self.mostFalseAlarms).contains(maxFalseAlarmsPerWeek) else {
                throw ValidationError(
                    "--max-false-alarms-per-week is \(maxFalseAlarmsPerWeek); give 0 to 1000000."
                )
            }
        }

        func run() async throws {
            let range = try TimeRange(since: since, until: until)
            let answer = try await answer(from: range.start, to: range.end)
            let text = ThresholdAdviceText(answer, namesModel: model != nil)
            try StandardOutput.write(
                format == .json ? answer.json.text + "\n" : text.text,
                remarks: answer.verdict == .noScores ? [] : answer.remarks
            )
            if let reason = text.whyNone { throw CommandFailure(.noInput, reason) }
        }

        private func answer(from start: Date, to end: Date) async throws -> ThresholdAdviceMessage {
            do {
                let client = try await MonitorClient.firstAnswering(
                    at: service.location.clientSocketPaths,
                    timeoutSeconds: Self.timeoutSeconds
                )
                return try await client.suggestThreshold(
                    className,
                    of: model,
                    maxFalseAlarmsPerWeek: maxFalseAlarmsPerWeek,
                    since: start,
                    until: end,
                    source: source
                )
            } catch ClientError.notRunning {
                let judged = try await service.settingsHere()
                    .judgedModel(of: className, named: model)
                let store = try EventStore.openForQueries(path: service.location.databasePath)
                defer { try? store.close() }
                try store.requireNames(source: source)
                return try ThresholdAdvice(
                    className: className,
                    model: judged,
                    maxFalseAlarmsPerWeek: maxFalseAlarmsPerWeek,
                    from: start,
                    to: end,
                    source: source
                ).answer(from: store)
            }
        }
    }
}

/// The suggestion as people read it.
struct ThresholdAdviceText {
    private let answer: ThresholdAdviceMessage
    private let namesModel: Bool
    private let times = LocalTime()

    // `namesModel`: whether the command to set the threshold must name the model.
    init(_ answer: ThresholdAdviceMessage, namesModel: Bool = false) {
        self.answer = answer
        self.namesModel = namesModel
    }

    /// Why there is no suggestion and what to do; nil if there is one.
    var whyNone: String? {
        let name = answer.className
        let kept = answer.inForce
        switch answer.verdict {
        case .suggested, .inForce: return nil
        case .noScores:
            return "No scores of '\(name)' are stored from \(times.minuteText(answer.from)) to "
                + "\(times.minuteText(answer.to)). A running service stores them every minute; "
                + "storage.score_days says for how long."
        case .tooFewLabels:
            return
                "Only \(kept.right + kept.wrong) of \(kept.events) events of '\(name)' are labelled, "
                + "and fewer than \(ThresholdAdvice.leastLabels) tell too little. Label more of them, "
                + "with 'earwitness review --class \(name)' or on the page's view Review, or go further back "
                + "with --since."
        case .noThreshold:
            let tried = answer.suggested ?? kept
            return
                "No threshold of '\(name)' keeps as few wrong events: at \(Self.score(tried.on)) there "
                + "would still be \(Self.rate(tried.wrongPerWeek)) a week. Allow more, or switch the class "
                + "off: earwitness thresholds set \(name) off"
        }
    }

    /// The whole answer; empty where nothing was judged.
    var text: String {
        guard answer.verdict != .noScores, answer.verdict != .tooFewLabels else { return "" }
        return [summary, table.text, explanation].joined(separator: "\n")
    }

    private var summary: String {
        let kept = answer.inForce
        return "\(answer.className) (\(answer.modelName)): \(kept.events) event(s) in "
            + "\(String(format: "%.1f", answer.listenedSeconds / 86_400)) days listened to, "
            + "\(kept.right) labelled right, \(kept.wrong) wrong, \(kept.unlabelled) not labelled.\n"
    }

    private var table: TextTable {
        var rows = [row("in force", answer.inForce)]
        if let suggested = answer.suggested, answer.verdict != .inForce {
            rows.append(row(answer.on == nil ? "highest" : "suggested", suggested))
        }
        return TextTable(
            header: [
                "", "on", "events", "right", "wrong", "unlabelled", "wrong a week", "95 % interval",
                "bounds",
            ],
            rows: rows,
            rightAligned: [1, 2, 3, 4, 5, 6, 7, 8]
        )
    }

    private func row(_ title: String, _ kept: KeptEventsMessage) -> [String] {
        [
            title, Self.score(kept.on), "\(kept.events)", "\(kept.right)", "\(kept.wrong)",
            "\(kept.unlabelled)", Self.rate(kept.wrongPerWeek),
            "\(Self.rate(kept.wrongPerWeekLow)) to \(Self.rate(kept.wrongPerWeekHigh))",
            "\(Self.rate(kept.wrongPerWeekIfUnlabelledRight)) to "
                + Self.rate(kept.wrongPerWeekIfUnlabelledWrong),
        ]
    }

    private var explanation: String {
        let kept = answer.suggested ?? answer.inForce
        var lines = [
            "At \(Self.score(kept.on)) \(kept.knownSoundsKept) of \(kept.knownSounds) sounds that labels "
                + "call \(answer.className) are kept (95 % interval of the share: "
                + "\(Self.percent(kept.keptShareLow)) to \(Self.percent(kept.keptShareHigh)))."
        ]
        lines.append(
            "Unlabelled events are taken to be wrong as often as labelled ones; the bounds are for all of "
                + "them being right, and being wrong."
        )
        guard let on = answer.on else { return lines.map { $0 + "\n" }.joined() }
        let allowed = Self.rate(answer.maxFalseAlarmsPerWeek)
        lines.append(
            answer.isSure
                ? "The whole interval is within \(allowed) a week."
                : "The interval reaches beyond \(allowed) a week: with so few labels it may be more. Label "
                    + "more events to be sure."
        )
        let model = namesModel ? " --model \(answer.modelName)" : ""
        lines.append(
            answer.verdict == .inForce
                ? "The threshold in force keeps few enough; nothing is to be changed."
                : "Nothing is changed yet. To set it:\n\n    earwitness thresholds set \(answer.className) "
                    + "\(Self.score(on))\(model)"
        )
        return lines.map { $0 + "\n" }.joined()
    }

    private static func score(_ value: Double) -> String {
        String(format: "%g", (value * 1e3).rounded() / 1e3)
    }

    private static func rate(_ value: Double) -> String {
        String(format: value < 10 ? "%.1f" : "%.0f", value)
    }

    private static func percent(_ share: Double) -> String {
        String(format: "%.0f %%", 100 * share)
    }
}
