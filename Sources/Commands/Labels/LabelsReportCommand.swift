import ArgumentParser
import Detection
import EventStore
import Foundation
import Messages
import SoundDatasets

/// `earwitness labels report`: how right the monitor was where it listens.
struct LabelsReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Shows how right each class was, by your labels.",
        discussion: """
            The share of right events among those that you labelled, with its 95 % interval (Clopper and \
            Pearson 1934). It holds for all events if you did not pick those to label by whether they were \
            right.
            """
    )

    @Option(help: ArgumentHelp("The days that count, 1 to 366.", valueName: "count")) var days = 30
    @Option(help: "text or json.") var format = ReportFormat.text
    @OptionGroup var service: ServiceOptions

    func validate() throws {
        guard (1...366).contains(days) else {
            throw ValidationError("--days is \(days); give 1 to 366.")
        }
    }

    func run() async throws {
        let history = try await HistoryAccess.open(service, writes: false)
        defer { history.close() }
        let (from, counts) = try await history.eventCounts(days: days)
        let report = LabelReport(
            counts: counts,
            labelled: try await history.events(since: from, label: .any)
        )
        switch format {
        case .json:
            for judgement in report.classes { try StandardOutput.writeLine(judgement.json.text) }
        case .text: try StandardOutput.write(report.text(days: days))
        }
    }
}

/// How right each class was: a pure value.
struct LabelReport {
    /// What labels say of a class of a model.
    struct Judgement: Equatable {
        let key: ClassKey
        /// The number of its events.
        var events = 0
        /// How many labels call right.
        var right = 0
        /// How many labels call something else, or false alarms.
        var wrong = 0
        /// What these really were, and how often; false alarms without a name.
        var was: [String?: Int] = [:]
        /// How often labels say that it was this sound where it was taken for another.
        var takenForOthers = 0

        var labelled: Int { right + wrong }
        /// The share of right ones; nil without labels.
        var precision: Double? { labelled > 0 ? Double(right) / Double(labelled) : nil }
        var interval: ClosedRange<Double> { ExactInterval.share(count: right, of: labelled) }
    }

    /// The classes that were heard, by name.
    let classes: [Judgement]

    /// Adds up.
    ///
    /// - Parameters:
    ///   - counts: How often each class was heard.
    ///   - labelled: The labelled events of the same time.
    init(counts: [ClassKey: Int], labelled: [EventMessage]) {
        var found: [ClassKey: Judgement] = [:]
        for (key, count) in counts where count > 0 {
            found[key, default: Judgement(key: key)].events = count
        }
        for event in labelled {
            let key = ClassKey(event.model, event.className)
            let name = event.userLabel?.className
            var judgement = found[key] ?? Judgement(key: key)
            if name == event.className {
                judgement.right += 1
            } else {
                judgement.wrong += 1
                judgement.was[name, default: 0] += 1
            }
            // Retention may count an event less than its label.
            judgement.events = max(judgement.events, judgement.labelled)
            found[key] = judgement
        }
        for event in labelled {
            guard let name = event.userLabel?.className, name != event.className else { continue }
            for key in found.keys where key.className == name { found[key]?.takenForOthers += 1 }
        }
        classes = found.values.sorted { $0.key < $1.key }
    }

    /// The report as a table, with a line below it.
    func text(days: Int) -> String {
        let (events, labelled) = (
            classes.reduce(0) { $0 + $1.events }, classes.reduce(0) { $0 + $1.labelled }
        )
        let sum = "\(labelled) of \(events) event(s) of the last \(days) day(s) are labelled.\n"
        guard !classes.isEmpty else { return sum }
        let hasSeveral = Set(classes.map(\.key.model)).count > 1
        let table = TextTable(
            header: [
                "class", "events", "labelled", "right", "precision", "95 % interval", "missed",
                "really was",
            ] + (hasSeveral ? ["model"] : []),
            rows: classes.map { judgement in
                [
                    judgement.key.className, "\(judgement.events)", "\(judgement.labelled)",
                    "\(judgement.right)", judgement.precision.map(Self.percent) ?? "",
                    judgement.labelled > 0
                        ? "\(Self.percent(judgement.interval.lowerBound)) to "
                            + Self.percent(judgement.interval.upperBound) : "",
                    judgement.takenForOthers > 0 ? "\(judgement.takenForOthers)" : "",
                    judgement.wasText,
                ] + (hasSeveral ? [judgement.key.model] : [])
            },
            rightAligned: [1, 2, 3, 4, 5, 6]
        )
        return table.text + sum
    }

    private static func percent(_ share: Double) -> String {
        String(format: "%.0f %%", 100 * share)
    }
}

extension LabelReport.Judgement {
    /// What wrong events really were, the most frequent first.
    private var mistakes: [(name: String, count: Int)] {
        was.map { ($0.key ?? "false alarm", $0.value) }
            .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    }

    fileprivate var wasText: String {
        mistakes.map { "\($0.name) \($0.count)" }.joined(separator: ", ")
    }

    fileprivate var json: JSONValue {
        func share(_ value: Double?) -> JSONValue { .number(value, decimals: 4) }
        let hasLabels = labelled > 0
        return .object([
            .init("class", .string(key.className)), .init("model", .string(key.model)),
            .init("events", .integer(Int64(events))), .init("labelled", .integer(Int64(labelled))),
            .init("right", .integer(Int64(right))), .init("wrong", .integer(Int64(wrong))),
            .init("precision", share(precision)),
            .init("precision_low", share(hasLabels ? interval.lowerBound : nil)),
            .init("precision_high", share(hasLabels ? interval.upperBound : nil)),
            .init("missed", .integer(Int64(takenForOthers))),
            .init(
                "really_was",
                .object(mistakes.map { .init($0.name, .integer(Int64($0.count))) })
            ),
        ])
    }
}
