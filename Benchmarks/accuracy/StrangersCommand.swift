import ArgumentParser
import Commands
import Detection
import Evaluation
import Foundation
import ModelLibrary
import Monitor
import Settings

/// Measures models as shipped on recordings of other people, as one table of docs/accuracy.md.
struct StrangersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "strangers",
        abstract: "Measures models on lists of recordings, as one table.",
        discussion: """
            The lists are those of scripts/list-household-recordings. With --write-rules the rules \
            of the first model's classes that are on are chosen on --choose and written into its \
            model.yaml.
            """
    )

    @Argument(help: "The models' folders.") var models: [String]
    @Option(help: "The list to measure on.") var test: String?
    @Option(help: "The list to choose rules on.") var choose: String?
    @Option(help: "Where reels are kept.") var work = ".build/strangers"
    @Option(help: "How many recordings or decisions are processed in parallel.") var jobs = 2
    @Option(help: "Choose rules for this many false alarms per hour, and write them.")
    var writeRules: Double?
    @Option(help: "How many steps of caution those rules have.") var caution = 1

    /// After calibration, rules that are sure of less or more than this are no rules.
    static let thresholds: [Float] = [
        0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.93,
        0.95,
    ]

    /// Lengths for steps of half a second.
    static let lengths: [@Sendable (inout ClassRule) -> Void] = [
        RuleSearch.length(smoothing: 1), RuleSearch.length(smoothing: 2),
        RuleSearch.length(smoothing: 3), RuleSearch.length(smoothing: 5, minDurationSeconds: 1),
        RuleSearch.length(smoothing: 9, minDurationSeconds: 2),
        RuleSearch.length(smoothing: 1, hits: 2, of: 3),
    ]

    func validate() throws {
        guard !models.isEmpty else { throw ValidationError("Name at least one model's folder.") }
        guard jobs > 0, caution >= 0 else {
            throw ValidationError("--jobs is 1 or more, --caution 0 or more.")
        }
        guard (writeRules == nil) == (choose == nil) else {
            throw ValidationError("Give --write-rules and --choose together.")
        }
    }

    func run() async throws {
        if let writeRules, let choose {
            let model = try SoundModel.load(folder: models[0])
            let set = try await score(model, choose)
            try await measurement(of: model, everyClass: false, set).write(
                rulesWithin: writeRules,
                caution: caution,
                lengths: Self.lengths,
                thresholds: Self.thresholds,
                lowWorth: 0.1,
                to: "\(model.folder)/model.yaml"
            )
        }
        guard let test else { return }
        var table = StrangerTable(
            kinds: StrangerReels(try StrangerRecording.read(list: test), folder: work).kinds
        )
        for path in models {
            let model = try SoundModel.load(folder: path)
            let measurement = try measurement(
                of: model,
                everyClass: true,
                try await score(model, test)
            )
            let settings = try MonitorConfiguration().analysisSettings(for: model).detection
            table.add(
                model.name,
                DecisionFigures(measurement.heard(measurement.test), measurement.replay),
                enabled: model.classes.map(\.name).filter(settings.reports)
            )
        }
        print(table.text)
    }

    private func score(_ model: SoundModel, _ list: String) async throws -> AccuracySet {
        let name = URL(fileURLWithPath: list).deletingPathExtension().lastPathComponent
        let reels = StrangerReels(
            try StrangerRecording.read(list: list),
            folder: "\(work)/\(name)"
        )
        let folders = try reels.make()
        return try await SetScorer(model: model, jobs: jobs).score(
            clips: folders[StrangerReels.clear] ?? "",
            scenes: folders[StrangerReels.noisy] ?? "",
            backgrounds: reels.kinds.map { "\($0)=\(folders[$0] ?? "")" }
        )
    }

    private func measurement(
        of model: SoundModel,
        everyClass: Bool,
        _ set: AccuracySet
    ) throws -> Measurement {
        var settings = try MonitorConfiguration().analysisSettings(for: model)
        if everyClass {
            let replay = EventReplay(
                classNames: model.classes.map(\.name),
                settings: settings.detection
            )
            settings.detection = replay.changing { $0.isEnabled = true }.settings
        }
        return Measurement(model: model, settings: settings, tune: set, test: set, jobs: jobs)
    }
}

/// The table: a row for each class and model, first all classes that are on.
struct StrangerTable {
    private struct Row {
        let model: String
        let figures: DecisionFigures
        let enabled: [String]
    }

    private let kinds: [String]
    private var rows: [Row] = []

    init(kinds: [String]) {
        self.kinds = kinds
    }

    mutating func add(_ model: String, _ figures: DecisionFigures, enabled: [String]) {
        rows.append(Row(model: model, figures: figures, enabled: enabled))
    }

    var text: String {
        var table = MarkdownTable(
            header: ["class", "model", "clear", "10 dB over ambience"]
                + kinds.map { "false/h, \($0)" }
        )
        for row in rows {
            table.rows.append(
                ["all that are on", "`\(row.model)`", "", ""]
                    + row.figures.backgrounds.map { kind in
                        rate(of: row.enabled, in: kind)
                    }
            )
        }
        for name in Set(rows.flatMap(\.figures.clips.keys)).sorted() {
            for row in rows {
                guard let clear = row.figures.clips[name], let noisy = row.figures.scenes[name]
                else { continue }
                let mark = row.enabled.contains(name) ? "" : " (off)"
                table.rows.append(
                    ["`\(name)`\(mark)", "`\(row.model)`", share(clear), share(noisy)]
                        + row.figures.backgrounds.map { rate(of: [name], in: $0) }
                )
            }
        }
        return table.text
    }

    private func share(_ tally: OverlapTally) -> String {
        guard let recall = tally.recall else { return "–" }
        return "\(MarkdownTable.number(recall, 2)) of \(tally.referenceCount)"
    }

    private func rate(
        of names: [String],
        in kind: (name: String, hours: Double, tallies: [String: OverlapTally])
    ) -> String {
        let count = names.reduce(0) { $0 + (kind.tallies[$1]?.falseAlarmCount ?? 0) }
        return MarkdownTable.number(Double(count) / kind.hours, 1)
    }
}
