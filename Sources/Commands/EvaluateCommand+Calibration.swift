import Detection
import Evaluation
import Foundation
import Messages
import ModelLibrary
import Monitor
import Settings
import SoundDatasets

/// How far scores can be believed, and what of them is of no known class.
extension EvaluateCommand {
    /// Fits a calibration to a data set, shows it, and writes it if that is asked for.
    func calibrate(
        _ model: SoundModel,
        by method: CalibrationMethod,
        on dataset: EvaluationDataSet,
        _ settings: AnalysisSettings
    ) async throws {
        let names = model.classes.map(\.name)
        let recordings = try annotated(dataset)
        let analyzer = RecordingAnalyzer(
            model: model.withScoresOfTheNetwork,
            settings: settings
        )
        let scored = try await score(
            recordings,
            RecordingScorer(analyzer: analyzer, jobs: jobs)
        )
        let isClips = if case .clips = dataset { true } else { false }
        var report = CalibrationReport(
            modelName: model.name,
            dataSetPath: self.dataset,
            classNames: names,
            samples: CalibrationSample.samples(
                of: scored,
                classNames: names,
                areClips: isClips
            ),
            method: method
        )
        guard report.classes.contains(where: { $0.heardCount > 0 }) else {
            throw EvaluationError.nothingToCalibrate
        }
        if let keepKnown {
            let known = model.classes.map(\.isReported)
            report.openSet = FamiliarityScore.allCases.compactMap { score in
                OpenSetFit.fit(
                    score,
                    to: scored.map {
                        $0.judged(by: ScoreCalibration(), familiarity: score, known: known)
                    },
                    classNames: model.classes.filter(\.isReported).map(\.name),
                    keeping: keepKnown
                )
            }.sorted { $0.rejectedShare > $1.rejectedShare }
            guard !report.openSet.isEmpty else { throw EvaluationError.nothingUnknown }
        }
        try show(text: report.text, json: report.json.text)
        guard writeCalibration else { return }
        let own = try MonitorConfiguration().analysisSettings(
            for: model,
            refusesUnknown: false
        )
        try CalibrationWriter(model: model, settings: own.detection).write(report)
        StandardError.write("The calibration was written to '\(model.folder)/model.yaml'.\n")
    }

    /// The recordings; a clip is a sound of its label from beginning to end.
    private func annotated(_ dataset: EvaluationDataSet) throws -> [AnnotatedRecording] {
        switch dataset {
        case .recordings(let recordings):
            return recordings
        case .clips(let clips):
            return try clips.ofFold(fold).map { clip in
                let sound = LabelledSound(
                    onsetSeconds: 0,
                    offsetSeconds: 86_400,
                    label: clip.label
                )
                return AnnotatedRecording(path: clip.path, sounds: [sound])
            }
        }
    }
}
