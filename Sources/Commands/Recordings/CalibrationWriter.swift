import Detection
import Evaluation
import Foundation
import ModelLibrary
import Platform
import Settings
import SoundDatasets

/// Writes a calibration into the `model.yaml` it is for, and carries the thresholds over.
struct CalibrationWriter {
    let model: SoundModel
    /// The model's own rules.
    let settings: DetectionSettings

    /// Writes a calibration.
    ///
    /// A threshold becomes the calibrated score of what it was the score of, so that a window that
    /// was enough before is enough afterwards. The new text is read back before the file is touched.
    ///
    /// - Throws: `notWritten`; the file is as it was then.
    func write(_ report: CalibrationReport) throws {
        let path = "\(model.folder)/model.yaml"
        func refusal(_ reason: String) -> EvaluationError {
            .calibrationNotWritten(path: path, reason: reason)
        }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw refusal("it cannot be read")
        }
        var file = ModelFileText(text)
        var expected = model.about
        let temperature = Self.rounded(report.calibration.temperature)
        file.setTemperature(temperature)
        expected.calibration.temperature = temperature
        if let fit = report.openSet.first {
            let threshold = Self.rounded(fit.threshold)
            file.setOpenSet(score: fit.score.rawValue, threshold: threshold)
            expected.openSet.score = fit.score
            expected.openSet.threshold = threshold
        }
        for index in expected.classes.indices {
            let name = expected.classes[index].name
            let scaling = report.calibration.classes[index] ?? LogisticCalibration()
            let written = LogisticCalibration(
                slope: Self.rounded(scaling.slope),
                offset: Self.rounded(scaling.offset)
            )
            let old = expected.classes[index].calibration
            expected.classes[index].calibration = written
            let rule = settings.rule(for: name)
            let (on, off) = (
                carried(rule.on, from: old, to: written, temperature),
                carried(rule.off, from: old, to: written, temperature)
            )
            expected.classes[index].rule.on = on
            expected.classes[index].rule.off = off
            guard file.setScaling(name, slope: written.slope, offset: written.offset),
                file.set(name, on: on, off: off)
            else { throw refusal("the class '\(name)' is not an item '- name: …' in it") }
        }
        guard (try? ModelDescription.read(file.text, file: path)) == expected else {
            throw refusal("more than the calibration would have changed")
        }
        do throws(FileWriteError) {
            try OutputFile.write(file.text, to: path, isDurable: true)
        } catch {
            guard error.exitCode != ExitStatus.inputOutput.rawValue else { throw error }
            throw refusal(error.reason)
        }
    }

    /// The calibrated score of what had a score before.
    private func carried(
        _ threshold: Float,
        from old: LogisticCalibration,
        to new: LogisticCalibration,
        _ temperature: Float
    ) -> Float {
        // Certainty and impossibility stay what they are.
        guard threshold > 0, threshold < 1 else { return threshold }
        let calibrated = Logit.of(probability: threshold)
        let logit = (calibrated - old.offset) / old.slope * model.about.calibration.temperature
        return Self.rounded(new.score(ofLogit: logit / temperature))
    }

    /// A number as it is read back from the file.
    private static func rounded(_ value: Float) -> Float {
        Float(String(format: "%g", value)) ?? value
    }
}
