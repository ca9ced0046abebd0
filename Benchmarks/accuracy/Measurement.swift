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
