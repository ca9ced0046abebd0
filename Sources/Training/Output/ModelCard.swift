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
                "The training was interrupted after \(model.stepCount) of "
                    + "\(model.settings.steps) steps; the model is weaker than it could be.", "",
            ]
        }
        lines += classes(of: model) + ["", "## How well it does", ""]
        if let validation = model.validation {
            lines += table(of: validation) + [""]
            lines += recalls(of: validation, names: model.dataset.classNames)
            lines += ["", "Rows are what was played, columns what was named:", ""]
            lines += confusion(of: validation, names: model.dataset.classNames)
        }
        if let heldOut = model.heldOut {
            lines += ["", "These weights on the folds that they were not trained on:", ""]
            lines += table(of: heldOut) + [""]
            if let report = model.report {
                lines += rows(of: report)
            } else {
                lines += recalls(of: heldOut, names: model.dataset.classNames)
            }
            lines += ["", "Rows are what was played, columns what was named:", ""]
            lines += confusion(of: heldOut, names: model.dataset.classNames)
        }
        lines += calibration(of: model)
        if model.validation == nil, model.heldOut == nil {
            lines.append(
                "Not known: no cross-validation was made. `earwitness train --cross-validate` "
                    + "makes one."
            )
        }
        if model.tested != nil {
            lines += [
                "",
                "![Rows are what was played, columns what was named](\(ModelPictures.confusion))",
            ]
        }
        if !model.history.isEmpty {
            lines += ["", "Loss and accuracy on what was trained on, step by step:", ""]
            lines.append("![Loss and accuracy](\(ModelPictures.curves))")
        }
        lines += data(of: model) + settings(of: model)
        lines += [
            "", "## What it cannot do", "",
            model.settings.isExclusive
                ? "It always names one of its classes (softmax): a sound of no class gets the name "
                    + "of the class that is most like it."
                : "A sound of no class should get low scores for all (a sigmoid each), but look-alike "
                    + "sounds get high ones.",
            "Levels, rooms and microphones unlike those of the recordings are untested.",
            model.recipe.licence.isEmpty
                ? "The licence is that of the recordings; whoever passes the model on sees to it."
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
                    : "Network \($0.name), its last layer new and its first \($0.frozenLayers) frozen"
            } ?? "Architecture \(settings.architecture.rawValue)"
        return [
            "\(network); \(model.stepCount) steps of \(settings.batchSize) patches, \(rule)",
            "rate \(settings.peakRate), weight decay \(settings.weightDecay), seed \(settings.seed); "
                + (settings.isExclusive ? "one class at a time." : "several classes at once.")
                + teaching(of: model),
        ].joined(separator: ", ")
    }

    /// Which models it learned from; empty if from none.
    private static func teaching(of model: TrainedModel) -> String {
        guard !model.teachers.isEmpty else { return "" }
        return " \(percent(Double(model.settings.teacherShare))) % of its targets are the mean of "
            + "the probabilities of \(model.teachers.joined(separator: ", "))."
    }

    /// The recordings by collection, with their licences.
    static func data(of model: TrainedModel) -> [String] {
        var lines = ["", "## What it was trained on", ""] + licences(of: model.trainedClips)
        for (places, title) in [
            (model.heldOutPlaces, "What it was tested on"),
            (model.calibrationPlaces, "What it was calibrated on"),
        ] where !places.isEmpty {
            lines += ["", "## \(title)", ""]
            lines += licences(of: places.map { model.dataset.clips[$0] })
        }
        return lines
    }

    private static func licences(of clips: [LabelledClip]) -> [String] {
        var lines = ["| collection | recordings | licences |", "|---|---|---|"]
        for collection in DataLicences(of: clips).collections {
            let licences = collection.licences.sorted { $0.key < $1.key }
                .map { "\($0.key) (\($0.value))" }
            lines.append(
                "| \(collection.name) | \(collection.recordingCount) | "
                    + "\(licences.joined(separator: "; ")) |"
            )
        }
        return lines
    }

    /// Every setting that is in force, and the shares of the kinds.
    static func settings(of model: TrainedModel) -> [String] {
        let settings = model.settings
        var lines = ["", "## Settings", "", "| setting | value |", "|---|---|"]
        lines += TrainingSettings.table.values(of: settings).map { "| \($0.key) | \($0.text) |" }
        lines += AugmentationSettings.table.values(of: settings.augmentation, path: "augmentation")
            .map { "| \($0.key) | \($0.text) |" }
        if settings.waveform.variants > 0 {
            lines += WaveformSettings.table.values(of: settings.waveform, path: "waveform")
                .map { "| \($0.key) | \($0.text) |" }
        }
        for (kind, share) in settings.kinds.sorted(by: { $0.key < $1.key }) {
            lines.append("| kinds.\(kind).share | \(share.share) |")
        }
        for (key, folds) in [
            ("hold_out_folds", model.recipe.heldOutFolds),
            ("calibrate_folds", model.recipe.calibrationFolds),
        ] where !folds.isEmpty {
            lines.append("| \(key) | \(folds.map { "\($0)" }.joined(separator: ", ")) |")
        }
        return lines
    }

    /// A table of the folds and their mean.
    static func table(of validation: CrossValidation) -> [String] {
        var lines = [
            "| fold | clips | clip accuracy % | with all windows % | window accuracy % |",
            "|---|---|---|---|---|",
        ]
        for fold in validation.folds {
            lines.append(
                "| \(fold.number) | \(fold.clipCount) | \(percent(fold.clipAccuracy)) | "
                    + "\(percent(fold.clipAccuracyOfAllWindows)) | "
                    + "\(percent(fold.windowAccuracy)) |"
            )
        }
        let count = validation.folds.reduce(0) { $0 + $1.clipCount }
        let figures = [
            validation.summary(\.clipAccuracy),
            validation.summary(\.clipAccuracyOfAllWindows),
            validation.summary(\.windowAccuracy),
        ].map { "\(percent($0.mean)) ± \(percent($0.deviation))" }
        lines.append("| mean ± deviation | \(count) | \(figures.joined(separator: " | ")) |")
        let interval = WilsonInterval(
            share: validation.summary(\.clipAccuracy).mean,
            count: count
        )
        lines += [
            "",
            "Clip accuracy, 95 % confidence interval over clips (Wilson): "
                + "\(percent(interval.low)) to \(percent(interval.high)) %.",
        ]
        return lines
    }

    /// How many recordings of each class were named rightly.
    private static func recalls(of validation: CrossValidation, names: [String]) -> [String] {
        var lines = [
            "| class | recordings | named rightly % | 95 % interval |", "|---|---|---|---|",
        ]
        for (index, row) in validation.confusion.enumerated() {
            let count = row.reduce(0, +)
            guard count > 0 else { continue }
            let share = Double(row[index]) / Double(count)
            let interval = WilsonInterval(share: share, count: count)
            lines.append(
                "| \(names[index]) | \(count) | \(percent(share)) | "
                    + "\(percent(interval.low)) to \(percent(interval.high)) |"
            )
        }
        return lines
    }

    private static func confusion(of validation: CrossValidation, names: [String]) -> [String] {
        var lines = [
            "| | " + names.joined(separator: " | ") + " |",
            "|---|" + names.map { _ in "---|" }.joined(),
        ]
        for (name, row) in zip(names, validation.confusion) {
            lines.append("| \(name) | " + row.map { "\($0)" }.joined(separator: " | ") + " |")
        }
        return lines
    }

    /// A share in percent with two decimals.
    static func percent(_ share: Double) -> String {
        let hundredths = Int((share * 10_000).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
