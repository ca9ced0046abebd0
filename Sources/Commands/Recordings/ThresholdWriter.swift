import Detection
import Evaluation
import Foundation
import ModelLibrary
import Platform
import Settings
import SoundDatasets

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
        let path = "\(model.folder)/model.yaml"
        func refusal(_ reason: String) -> EvaluationError {
            .thresholdsNotWritten(path: path, reason: reason)
        }
        guard suggestion.isWithinBudget else {
            throw refusal("they do not keep within the false alarms allowed")
        }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw refusal("it cannot be read")
        }
        var file = ModelFileText(text)
        var expected = model.about
        var changed: [String] = []
        for choice in suggestion.classes {
            let present = replay.settings.rule(for: choice.name)
            guard choice.on != present.on,
                let index = expected.classes.firstIndex(where: { $0.name == choice.name })
            else { continue }
            let off = offThreshold(for: choice)
            guard file.set(choice.name, on: choice.on, off: off) else {
                throw refusal("the class '\(choice.name)' is not an item '- name: …' in it")
            }
            expected.classes[index].rule.on = choice.on
            expected.classes[index].rule.off = off
            changed.append(choice.name)
        }
        guard (try? ModelDescription.read(file.text, file: path)) == expected else {
            throw refusal("more than the thresholds would have changed")
        }
        do throws(FileWriteError) {
            try OutputFile.write(file.text, to: path, isDurable: true)
        } catch {
            guard error.exitCode != ExitStatus.inputOutput.rawValue else { throw error }
            throw refusal(error.reason)
        }
        return changed
    }

    /// The threshold `off` that was tried together with `on`, in thousandths.
    private func offThreshold(for choice: ThresholdSuggestion.ClassThreshold) -> Float {
        let rule = replay.withThresholds([choice.name: choice.on]).settings.rule(for: choice.name)
        let text = String(format: "%.3f", (rule.off * 1_000).rounded(.down) / 1_000)
        return Float(text) ?? rule.off
    }
}
