import Detection
import Evaluation
import Foundation
import ModelLibrary
import Monitor

/// Everything that is measured of a model's decisions, as a page.
struct Measurement {
    /// For how many false alarms an hour rules are chosen, and how cautiously.
    static let choices: [(budget: Double, caution: Int)] =
        [8, 6, 5, 4, 3, 2].map { (0, $0) }
        + [0, 0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256].map { ($0, 1) }
    /// The share of windows with known sounds that rejection keeps.
    static let keptShare = 0.95
    /// How far over the noise floor the gate opens that follows it, in dB.
    static let floorMarginDB: Float = 8

    let model: SoundModel
    let settings: AnalysisSettings
    /// The network's own scores at every hop, to choose rules on.
    let tune: AccuracySet
    /// The network's own scores at every hop, to measure on.
    let test: AccuracySet
    let jobs: Int

    var names: [String] { model.classes.map(\.name) }
    var known: [Bool] { model.classes.map(\.isReported) }
    var replay: EventReplay {
        EventReplay(classNames: names, settings: settings.detection)
    }

    /// The page: what was measured, stage by stage, class by class, and the curve.
    func page() async throws -> String {
        let approaches = await approaches()
        return [
            summary, await stageTable(), classTable(), summaryTable(approaches),
            curveTable(approaches),
        ].joined(separator: "\n")
    }

    /// Writes the rules chosen with threshold and length for each class into a `model.yaml`.
    func write(rulesWithin budget: Double, caution: Int, to path: String) async throws {
        let search = await RuleSearch.run(
            on: heard(tune),
            replay: replay,
            lengths: RuleSearch.lengths,
            jobs: jobs
        )
        guard let rules = search.rules(within: budget, caution: caution) else {
            throw AccuracyError.notWritten(path: path, reason: "no rules keep within \(budget)")
        }
        try write(rules, to: path)
    }

    /// Writes higher thresholds into a `model.yaml`, where a class's own gives too many false alarms.
    ///
    /// - Parameters:
    ///   - falseAlarmsPerHour: The most that each class may give.
    ///   - kind: A kind of backgrounds that does not count.
    ///   - path: The `model.yaml`.
    /// - Throws: Why the file cannot be read, edited or written.
    func raiseThresholds(
        within falseAlarmsPerHour: Double,
        without kind: String,
        in path: String
    ) async throws {
        let rules = await ThresholdRaise.rules(
            on: heard(tune).backgrounds.filter { $0.name != kind }.flatMap(\.recordings),
            replay,
            within: falseAlarmsPerHour,
            jobs: jobs
        )
        try write(rules, to: path)
    }

    private func write(_ rules: [String: ClassRule], to path: String) throws {
        var file = ModelFileText(try String(contentsOfFile: path, encoding: .utf8))
        for (name, rule) in rules.sorted(by: { $0.key < $1.key }) {
            guard file.set(name, rule: rule.fileEntries) else {
                throw AccuracyError.notWritten(path: path, reason: "'\(name)' is not an item in it")
            }
        }
        _ = try ModelDescription.read(file.text, file: path)
        try Data(file.text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    // MARK: - What is heard

    /// The recordings as the monitor hears them: gated, calibrated, judged.
    func heard(
        _ set: AccuracySet,
        gate: GateSettings? = nil,
        isGated: Bool = true,
        familiarity: FamiliarityScore? = nil
    ) -> AccuracySet {
        let judge = familiarity ?? model.about.openSet.score
        return set.mapping { recording in
            let judged = recording.judged(
                by: model.about.scoreCalibration,
                familiarity: judge,
                known: known
            )
            return isGated ? judged.gated(by: gate ?? settings.gate) : judged
        }
    }

    var followingGate: GateSettings {
        var gate = settings.gate
        gate.floorMarginDB = Self.floorMarginDB
        return gate
    }

    func rejection(by score: FamiliarityScore) -> OpenSetFit? {
        let judged = heard(tune, familiarity: score)
        return OpenSetFit.fit(
            score,
            to: judged.scenes + judged.allBackgrounds,
            classNames: replay.reportedClassNames,
            keeping: Self.keptShare
        )
    }
}

/// Thresholds and lengths, chosen on other recordings.
extension Measurement {
    func approaches() async -> [Approach] {
        let (choosing, measuring) = (heard(tune), heard(test))
        let plain = replay.changing { rule in
            let isEnabled = rule.isEnabled
            rule = ClassRule()
            rule.isEnabled = isEnabled
            (rule.on, rule.off, rule.minDurationSeconds) = (0.8, 0.8, 0)
        }
        let one = await RuleSearch.thresholds.concurrentMap(jobs: jobs) { threshold in
            Approach.Point(
                setting: "threshold \(threshold)",
                figures: DecisionFigures(measuring, plain.withThreshold(threshold))
            )
        }
        var approaches = [
            Approach(name: "one threshold, mean of 3 windows", points: one),
            await approach(
                "a threshold for each class, mean of 3 windows",
                plain.changing { $0.off = $0.on * 0.6 },
                [{ _ in }],
                choosing,
                measuring
            ),
            await approach(
                "threshold and length for each class",
                replay,
                RuleSearch.lengths,
                choosing,
                measuring
            ),
        ]
        for score in FamiliarityScore.allCases {
            guard let fit = rejection(by: score) else { continue }
            var settings = settings.detection
            settings.leastFamiliarity = fit.threshold
            approaches.append(
                await approach(
                    "the same and rejection by \(score.rawValue)",
                    replay.with(settings),
                    RuleSearch.lengths,
                    heard(tune, familiarity: score),
                    heard(test, familiarity: score)
                )
            )
        }
        return approaches
    }

    func approach(
        _ name: String,
        _ replay: EventReplay,
        _ lengths: [@Sendable (inout ClassRule) -> Void],
        _ choosing: AccuracySet,
        _ measuring: AccuracySet
    ) async -> Approach {
        let search = await RuleSearch.run(
            on: choosing,
            replay: replay,
            lengths: lengths,
            jobs: jobs
        )
        let chosen = Self.choices.compactMap { choice in
            search.rules(within: choice.budget, caution: choice.caution).map { (choice, $0) }
        }
        let points = await chosen.concurrentMap(jobs: jobs) { choice, rules in
            Approach.Point(
                setting: Self.words(choice),
                figures: DecisionFigures(measuring, replay.withRules(rules))
            )
        }
        return Approach(name: name, points: points)
    }

    static func words(_ choice: (budget: Double, caution: Int)) -> String {
        "\(String(format: "%g", choice.budget))/h, \(choice.caution) step(s) of caution"
    }
}

extension EventReplay {
    func with(_ settings: DetectionSettings) -> EventReplay {
        EventReplay(classNames: classNames, settings: settings)
    }
}

/// A way of coming to a decision, with what it finds at several numbers of false alarms.
struct Approach {
    /// What was chosen on other recordings and what it gave on these.
    struct Point {
        /// How the point was chosen.
        let setting: String
        let figures: DecisionFigures
    }

    let name: String
    let points: [Point]

    /// The most that is found at fewer false alarms an hour; nil if there is no such point.
    func recall(underFalseAlarmsPerHour limit: Double) -> Double? {
        points.filter { $0.figures.falseAlarmsPerHour < limit }.compactMap(\.figures.clipRecall)
            .max()
    }

    /// The false alarms an hour at which so much is found, between the two nearest points.
    ///
    /// - Parameters:
    ///   - recall: The mean of the classes' recalls.
    ///   - kind: The kind of background; nil for all.
    /// - Returns: A rate; nil where so much is never found.
    func falseAlarmsPerHour(atRecall recall: Double, in kind: String? = nil) -> Double? {
        func rate(_ point: Point) -> Double {
            kind.flatMap { point.figures.falseAlarmsPerHour(in: $0) }
                ?? point.figures.falseAlarmsPerHour
        }
        let ordered = points.sorted {
            $0.figures.falseAlarmsPerHour < $1.figures.falseAlarmsPerHour
        }
        guard let above = ordered.firstIndex(where: { ($0.figures.clipRecall ?? 0) >= recall })
        else {
            return nil
        }
        guard above > 0 else { return rate(ordered[0]) }
        let (low, high) = (ordered[above - 1], ordered[above])
        let (from, to) = (low.figures.clipRecall ?? 0, high.figures.clipRecall ?? 0)
        let share = to > from ? (recall - from) / (to - from) : 1
        return rate(low) + share * (rate(high) - rate(low))
    }
}
