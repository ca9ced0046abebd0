import Foundation
import Settings
import SoundDatasets

/// The text of a model's `card.md`.
enum ModelCard {
    static func text(of model: TrainedModel) -> String {
        var lines = ["# \(model.name)", ""]
        if !model.recipe.summary.isEmpty { lines += [model.recipe.summary, ""] }
        lines += [recipe(of: model), ""]
        if model.stepCount < model.settings.steps {
            lines += [
                "Training was interrupted after \(model.stepCount) of \(model.settings.steps) "
                    + "steps; accuracy is lower than after a full training.", "",
            ]
        }
        lines += classes(of: model) + ["", "## Accuracy", ""]
        if let validation = model.validation {
            lines += folds(of: validation) + [""]
            lines += recalls(of: validation, names: model.dataset.classNames)
            lines += ["", "Rows: true class. Columns: predicted class.", ""]
            lines += confusion(of: validation, names: model.dataset.classNames)
        }
        if let heldOut = model.heldOut {
            lines += ["", "These weights on the held-out folds:", ""]
            lines += folds(of: heldOut) + [""]
            if let report = model.report {
                lines += rows(of: report)
            } else {
                lines += recalls(of: heldOut, names: model.dataset.classNames)
            }
            lines += ["", "Rows: true class. Columns: predicted class.", ""]
            lines += confusion(of: heldOut, names: model.dataset.classNames)
        }
        lines += calibration(of: model)
        if model.validation == nil, model.heldOut == nil {
            lines.append(
                "Unknown: no cross-validation was run. `earwitness train --cross-validate` runs one."
            )
        }
        if model.tested != nil {
            lines += [
                "",
                "![Rows: true class. Columns: predicted class.](\(ModelPictures.confusion))",
            ]
        }
        if !model.history.isEmpty {
            lines += ["", "Training loss and accuracy per step:", ""]
            lines.append("![Loss and accuracy](\(ModelPictures.curves))")
        }
        lines += data(of: model) + settings(of: model)
        lines += [
            "", "## Limitations", "",
            model.settings.isExclusive
                ? "It always chooses one of its classes (softmax): an unknown sound gets the most "
                    + "similar class."
                : "An unknown sound should get low scores for all classes (sigmoids), but similar "
                    + "sounds get high ones.",
            "Levels, rooms and microphones unlike those of the recordings are untested.",
            model.recipe.licence.isEmpty
                ? "The recordings' licences apply to the model; check them before you distribute it."
                : "Licence: \(model.recipe.licence)", "",
        ]
        if !model.recipe.limits.isEmpty { lines += [model.recipe.limits, ""] }
        return lines.joined(separator: "\n")
    }

    /// One paragraph on how it was trained.
    static func recipe(of model: TrainedModel) -> String {
        let settings = model.settings
        let rule =
            switch settings.optimizer {
            case .adamW: "AdamW"
            case .momentum(let share): "gradient descent with momentum \(share)"
            }
        if let combined = settings.continued, combined.isCombined, model.stepCount == 0 {
            let first = combined.firstRecipe.map { " The first of them: \($0)" } ?? ""
            return "The mean of the logits of \(combined.name), not trained further.\(first)"
        }
        let network =
            settings.continued.map {
                $0.isCombined
                    ? "The mean of the logits of \($0.name)"
                    : "Network \($0.name) with "
                        + ($0.teacher == nil
                            ? "a new last layer" : "a row of its last layer for each group")
                        + " and its first \($0.frozenLayers) layers frozen"
            } ?? "Architecture \(settings.architecture.rawValue)"
        return [
            "\(network); \(model.stepCount) steps of \(settings.batchSize) patches, \(rule)",
            "rate \(settings.peakRate), weight decay \(settings.weightDecay), seed \(settings.seed); "
                + (settings.isExclusive ? "one class at a time." : "several classes at once.")
                + teaching(of: model),
        ].joined(separator: ", ")
    }

    /// The teachers; empty if there are none.
    private static func teaching(of model: TrainedModel) -> String {
        if let network = model.settings.continued, network.teacher != nil {
            return " Targets are what \(network.name) says of each patch, 1 where a label is "
                + "certain; weights are held to where they began (\(model.settings.hold))."
        }
        guard !model.teachers.isEmpty else { return "" }
        return " \(percent(Double(model.settings.teacherShare))) % of its targets are the mean "
            + "probability of \(model.teachers.joined(separator: ", "))."
    }

    /// The recordings by collection, with their licences.
    private static func data(of model: TrainedModel) -> [String] {
        var lines = ["", "## Training data", ""] + licences(of: model.trainedClips)
        for (places, title) in [
            (model.heldOutPlaces, "Test data"),
            (model.calibrationPlaces, "Calibration data"),
        ] where !places.isEmpty {
            lines += ["", "## \(title)", ""]
            lines += licences(of: places.map { model.dataset.clips[$0] })
        }
        return lines
    }

    private static func licences(of clips: [LabelledClip]) -> [String] {
        table(
            ["collection", "recordings", "licences"],
            DataLicences(of: clips).collections.map { collection in
                let licences = collection.licences.sorted { $0.key < $1.key }
                    .map { "\($0.key) (\($0.value))" }
                return [
                    collection.name, "\(collection.recordingCount)",
                    licences.joined(separator: "; "),
                ]
            }
        )
    }

    /// Every setting that is in force, and the shares of the kinds.
    private static func settings(of model: TrainedModel) -> [String] {
        let settings = model.settings
        var values = TrainingSettings.table.values(of: settings)
        values += AugmentationSettings.table.values(of: settings.augmentation, path: "augmentation")
        if settings.waveform.variants > 0 {
            values += WaveformSettings.table.values(of: settings.waveform, path: "waveform")
        }
        var rows = values.map { [$0.key, $0.text] }
        for (kind, share) in settings.kinds.sorted(by: { $0.key < $1.key }) {
            rows.append(["kinds.\(kind).share", "\(share.share)"])
        }
        for (key, folds) in [
            ("hold_out_folds", model.recipe.heldOutFolds),
            ("calibrate_folds", model.recipe.calibrationFolds),
        ] where !folds.isEmpty {
            rows.append([key, folds.map { "\($0)" }.joined(separator: ", ")])
        }
        return ["", "## Settings", ""] + table(["setting", "value"], rows)
    }
}
