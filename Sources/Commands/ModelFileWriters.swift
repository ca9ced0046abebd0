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
        var file = try ModelFile(of: model) { .calibrationNotWritten(path: $0, reason: $1) }
        var expected = model.about
        let temperature = Self.rounded(report.calibration.temperature)
        file.content.setTemperature(temperature)
        expected.calibration.temperature = temperature
        if let fit = report.openSet.first {
            let threshold = Self.rounded(fit.threshold)
            file.content.setOpenSet(score: fit.score.rawValue, threshold: threshold)
            expected.openSet.score = fit.score
            expected.openSet.threshold = threshold
        }
        for (index, soundClass) in model.classes.enumerated() {
            let name = soundClass.name
            let scaling = report.calibration.classes[index] ?? LogisticCalibration()
            let written = LogisticCalibration(
                slope: Self.rounded(scaling.slope),
                offset: Self.rounded(scaling.offset)
            )
            let old = soundClass.calibration
            let rule = settings.rule(for: name)
            let (on, off) = (
                carried(rule.on, from: old, to: written, temperature),
                carried(rule.off, from: old, to: written, temperature)
            )
            let isKnown = expected.change(name) {
                $0.calibration = written
                $0.rule.on = on
                $0.rule.off = off
            }
            guard isKnown,
                file.content.setScaling(name, slope: written.slope, offset: written.offset),
                file.content.set(name, on: on, off: off)
            else { throw file.hasNoItem(for: name) }
        }
        try file.write(expecting: expected, change: "calibration")
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
        let logit = (calibrated - old.offset) / old.slope * model.about.temperature
        return Self.rounded(new.score(ofLogit: logit / temperature))
    }

    /// A number as it is read back from the file.
    private static func rounded(_ value: Float) -> Float {
        Float(String(format: "%g", value)) ?? value
    }
}

/// Writes suggested thresholds into the `model.yaml` they are for.
struct ThresholdWriter {
    let model: SoundModel
    /// The rules with which the suggestion was made.
    let replay: EventReplay

    /// Writes the thresholds that differ from those in force.
    ///
    /// The new text is read back before the file is touched: nothing but `on` and `off` may have
    /// changed.
    ///
    /// - Returns: The names of the classes that were changed.
    /// - Throws: `thresholdsNotWritten`; the file is as it was then.
    func write(_ suggestion: ThresholdSuggestion) throws -> [String] {
        var file = try ModelFile(of: model) { .thresholdsNotWritten(path: $0, reason: $1) }
        guard suggestion.isWithinBudget else {
            throw file.refusal("they exceed the allowed false alarms")
        }
        var expected = model.about
        var changed: [String] = []
        for choice in suggestion.classes {
            let present = replay.settings.rule(for: choice.name)
            guard choice.on != present.on else { continue }
            let off = offThreshold(for: choice)
            let isKnown = expected.change(choice.name) {
                $0.rule.on = choice.on
                $0.rule.off = off
            }
            guard isKnown else { continue }
            guard file.content.set(choice.name, on: choice.on, off: off) else {
                throw file.hasNoItem(for: choice.name)
            }
            changed.append(choice.name)
        }
        try file.write(expecting: expected, change: "thresholds")
        return changed
    }

    /// The threshold `off` that was tried together with `on`, in thousandths.
    private func offThreshold(for choice: ThresholdSuggestion.ClassThreshold) -> Float {
        let rule = replay.withThresholds([choice.name: choice.on]).settings.rule(for: choice.name)
        let text = String(format: "%.3f", (rule.off * 1_000).rounded(.down) / 1_000)
        return Float(text) ?? rule.off
    }
}

/// A `model.yaml` that a command changes, without touching what a person wrote around the values.
private struct ModelFile {
    var content: ModelFileText
    private let path: String
    private let failure: (_ path: String, _ reason: String) -> EvaluationError

    /// Reads the file of a model.
    init(
        of model: SoundModel,
        failure: @escaping (_ path: String, _ reason: String) -> EvaluationError
    ) throws {
        path = "\(model.folder)/model.yaml"
        self.failure = failure
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw failure(path, "it cannot be read")
        }
        content = ModelFileText(text)
    }

    /// Why the file stays as it is.
    func refusal(_ reason: String) -> EvaluationError { failure(path, reason) }

    /// The class cannot be found in the text, as where it is written in another form.
    func hasNoItem(for className: String) -> EvaluationError {
        refusal("it has no item '- name: \(className)' for the class")
    }

    /// Writes the file, once its new text reads as expected.
    func write(expecting expected: ModelDescription, change: String) throws {
        guard (try? ModelDescription.read(content.text, file: path)) == expected else {
            throw refusal("the edit would change more than the \(change)")
        }
        do throws(FileWriteError) {
            try OutputFile.write(content.text, to: path, isDurable: true)
        } catch {
            guard error.exitCode != ExitStatus.inputOutput.rawValue else { throw error }
            throw refusal(error.reason)
        }
    }
}
