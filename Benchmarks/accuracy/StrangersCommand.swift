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
            The lists are those of scripts/list-household-recordings. With --raise-thresholds the \
            thresholds of the first model's classes that are on are raised in its model.yaml, until \
            each class gives so few false alarms on --choose, the sounds of games left out.
            """
    )

    @Argument(help: "The models' folders.") var models: [String]
    @Option(help: "The list to measure on.") var test: String?
    @Option(help: "The list to choose rules on.") var choose: String?
    @Option(help: "Where reels are kept.") var work = ".build/strangers"
    @Option(help: "How many recordings or decisions are processed in parallel.") var jobs = 2
    @Option(help: "The most false alarms per hour that a class may give.")
    var raiseThresholds: Double?

    /// The kind of recordings that a home does not hold: the sounds of games.
    static let games = "effects"

    func validate() throws {
        guard !models.isEmpty else { throw ValidationError("Name at least one model's folder.") }
        guard jobs > 0 else { throw ValidationError("--jobs is 1 or more.") }
        guard (raiseThresholds == nil) == (choose == nil) else {
            throw ValidationError("Give --raise-thresholds and --choose together.")
        }
    }

    func run() async throws {
        if let raiseThresholds, let choose {
            let model = try SoundModel.load(folder: models[0])
            try await measurement(of: model, everyClass: false, try await score(model, choose))
                .raiseThresholds(
                    within: raiseThresholds,
                    without: Self.games,
                    in: "\(model.folder)/model.yaml"
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
