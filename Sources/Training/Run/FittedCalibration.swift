import Detection
import Evaluation
import Foundation
import SoundDatasets

/// The calibration of a trained network, fitted to clips that were not used for training.
struct FittedCalibration: Equatable, Sendable {
    /// Platt's scaling of each class; nil where there were too few windows.
    let scaling: [LogisticCalibration?]
    /// For each class the windows in which it is heard.
    let heardCounts: [Int]
    /// For each class the windows in which it is not heard.
    let otherCounts: [Int]
    /// The number of clips.
    let clipCount: Int

    private let classNames: [String]

    /// Fits the calibration.
    ///
    /// - Parameters:
    ///   - scores: The network's scores of the clips.
    ///   - clips: The clips, as many.
    ///   - classNames: The names of the classes, in the order of the scores.
    ///   - gateDBFS: Windows at or below this level are ignored.
    ///   - heardShare: The share of windows in which each class is taken to be heard; nil: as in
    ///     the clips.
    init(
        _ scores: [ClipScores],
        of clips: [LabelledClip],
        classNames: [String],
        gateDBFS: Float,
        heardShare: Float? = nil
    ) {
        let samples = Self.samples(scores, clips, classNames, gateDBFS)
        let heard = samples.map { $0.count(where: \.isHeard) }
        let others = samples.map { $0.count { !$0.isHeard } }
        (heardCounts, otherCounts) = (heard, others)
        clipCount = clips.count
        self.classNames = classNames
        let fitted = CalibrationFit.calibration(of: samples, method: .platt).classes
        scaling = fitted.enumerated().map { index, own in
            guard var own, let heardShare else { return own }
            // Another share of windows with the class moves the logit of its odds by a constant.
            own.offset += log(
                heardShare / (1 - heardShare) * Float(others[index]) / Float(heard[index])
            )
            return own
        }
    }

    /// The mean over the classes of the expected calibration error of some clips' scores.
    ///
    /// - Parameters:
    ///   - scores: The network's scores of the clips.
    ///   - clips: The clips, as many.
    ///   - gateDBFS: Windows at or below this level are ignored.
    /// - Returns: The error of the network's own scores and that of the calibrated ones; nil
    ///   without windows.
    func errors(
        _ scores: [ClipScores],
        of clips: [LabelledClip],
        gateDBFS: Float
    ) -> HeldOutReport.CalibrationChange? {
        let samples = Self.samples(scores, clips, classNames, gateDBFS)
        func error(_ isCalibrated: Bool) -> Double? {
            let errors = samples.enumerated().compactMap { index, own in
                let scaling = isCalibrated ? scaling[index] : nil
                return CalibrationError.expected(
                    own.map { sample in
                        let score = (scaling ?? LogisticCalibration())
                            .score(ofLogit: Float(sample.logit))
                        return (Double(score), sample.isHeard)
                    }
                )
            }
            return errors.isEmpty ? nil : errors.reduce(0, +) / Double(errors.count)
        }
        guard let before = error(false), let after = error(true) else { return nil }
        return HeldOutReport.CalibrationChange(before: before, after: after)
    }

    /// For each class the windows that show whether it is heard: those above the gate, but for
    /// the quiet ones of a clip of the class, and clips in which it may be heard.
    private static func samples(
        _ scores: [ClipScores],
        _ clips: [LabelledClip],
        _ classNames: [String],
        _ gateDBFS: Float
    ) -> [[CalibrationSample]] {
        var samples = [[CalibrationSample]](repeating: [], count: classNames.count)
        for (score, clip) in zip(scores, clips) {
            let quietest = (score.levels.max() ?? 0) - CalibrationSample.quietestInClipDB
            for (row, level) in zip(score.windows, score.levels) where level > gateDBFS {
                for (index, name) in classNames.enumerated() where !clip.maybe.contains(name) {
                    let isHeard = clip.classes.contains(index)
                    if isHeard, level < quietest { continue }
                    samples[index].append(
                        CalibrationSample(
                            logit: Double(Logit.of(probability: row[index])),
                            isHeard: isHeard,
                            half: 0
                        )
                    )
                }
            }
        }
        return samples
    }
}
