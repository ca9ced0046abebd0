import ArgumentParser
import Foundation
import ModelLibrary
import SoundDatasets
import Training

/// `earwitness train`: from labelled recordings to a model that the monitor runs.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Trains a model from a folder of labelled clips.",
        discussion: """
            DATASET is a folder with a folder of recordings for each class, or a CSV file with the \
            columns path and label (several joined by ';') and, if wanted, start, end, fold, group \
            and kind. Names like 1-30226-A.ogg (fold, source, take) keep clips of one source \
            together. A recipe (--recipe) is a file with all of this and all settings.

            Ctrl-C ends the training early and writes the best model so far; --resume continues from there.
            """
    )

    @Argument(help: "A folder with a folder for each class, or a CSV file.") var dataset: String?
    @Option(help: ArgumentHelp("The folder of the new model.", valueName: "model"))
    var output: String?
    @Option(help: ArgumentHelp("A file with recordings and settings.", valueName: "file"))
    var recipe: String?
    @Option(
        help: ArgumentHelp(
            "What the recipe's paths are relative to; default: the recipe's folder.",
            valueName: "folder"
        )
    )
    var data: String?
    @Option(
        help: ArgumentHelp(
            "A key of the recipe's sections training, augmentation, waveform or kinds, such as "
                + "augmentation.gain_db=3; may be repeated.",
            valueName: "key=value"
        )
    )
    var set: [String] = []
    @OptionGroup(title: "Training") var options: TrainingOptions
    @Option(
        help: ArgumentHelp(
            "A folder of recordings of no class; may be repeated, needs --multi-label.",
            valueName: "folder"
        )
    )
    var negatives: [String] = []
    @Option(
        help: ArgumentHelp(
            "A class that only collects other sounds; may be repeated, needs --multi-label.",
            valueName: "class"
        )
    )
    var unreported: [String] = []
    @Option(
        help: ArgumentHelp(
            "A fold held out for testing; may be repeated.",
            valueName: "fold"
        )
    )
    var holdOutFold: [Int] = []
    @Option(
        help: ArgumentHelp(
            "A fold held out for calibrating the scores; may be repeated.",
            valueName: "fold"
        )
    )
    var calibrateFold: [Int] = []
    @Option(
        help: ArgumentHelp(
            "Writes the recordings that were held out to a CSV file.",
            valueName: "file"
        )
    )
    var heldOutList: String?
    @Flag(
        help: ArgumentHelp(
            "Train on all folds but one and test on that one, in turn; print the table.",
            discussion: "With --output, the model without fold N is in the folder fold-N in it."
        )
    )
    var crossValidate = false
    @Flag(help: "With --cross-validate and --output: do not train a model of all folds then.")
    var foldsOnly = false
    @Flag(help: "Continue a training that was interrupted.") var resume = false
    @Option(help: ArgumentHelp("Where computed features are stored.", valueName: "folder"))
    var cache: String?

    func validate() throws {
        guard output != nil || crossValidate else {
            throw ValidationError("Name the new model's folder with --output.")
        }
        guard (dataset == nil) != (recipe == nil) else {
            throw ValidationError("Name a data set, or a recipe with --recipe, and not both.")
        }
        guard !foldsOnly || crossValidate && output != nil else {
            throw ValidationError("--folds-only needs --cross-validate and --output.")
        }
        guard options.combine.isEmpty || !crossValidate else {
            throw ValidationError(
                "Models to combine may have met what a cross-validation tests: combine those that "
                    + "were trained without a fold, with --hold-out-fold, fold by fold."
            )
        }
        guard data == nil || recipe != nil else {
            throw ValidationError("--data is where a recipe's recordings are: add --recipe.")
        }
        guard negatives.isEmpty && unreported.isEmpty || options.multiLabel || recipe != nil else {
            throw ValidationError(
                "\(negatives.isEmpty ? "--unreported" : "--negatives") needs --multi-label, "
                    + "so that a sound may be of no class."
            )
        }
    }

    func run() throws {
        var plan = try TrainingRecipePlan(self)
        let clips = try plan.load(cache: cache ?? Self.defaultCache)
        try plan.finish(clips, epochs: options.epochs)

        InterruptFlag.install()
        var job = TrainingJob(clips: clips, recipe: plan.recipe)
        job.teacherFolder = plan.teacherFolder
        // Problems are reported before the work, not after it.
        if !foldsOnly && output != nil { _ = try job.teachers() }
        let heldOut = try job.heldOut()
        _ = try job.calibrating()
        if let heldOutList {
            try ClipTable.write(
                heldOut.map { clips.dataset.clips[$0] },
                of: clips.dataset,
                path: heldOutList
            )
        }
        let progress = TrainingProgress(settings: plan.recipe.settings)
        job.isInterrupted = { InterruptFlag.isSet }
        job.onStep = { progress.show($1, ofFold: $0) }
        var validation: CrossValidation?
        if crossValidate {
            if let output { job.onFold = { [job] in try write($0, $1, job, output) } }
            let folds = try job.crossValidate()
            progress.clear()
            if !folds.folds.isEmpty { try StandardOutput.write(folds.markdown) }
            validation = folds
        }
        guard let output, !foldsOnly, !InterruptFlag.isSet else { return }
        try train(job, validation: validation, output: output, progress: progress)
    }

    /// Writes the model that one fold was tested with.
    private func write(
        _ trainer: Trainer,
        _ figures: CrossValidation,
        _ job: TrainingJob,
        _ output: String
    ) throws {
        let part = "fold-\(figures.folds.map { "\($0.number)" }.joined(separator: "-"))"
        let model = job.foldModel(
            named: "\(name(of: job.recipe, output))-\(part)",
            of: trainer,
            figures
        )
        _ = try ModelFolderWriter.write(model, folder: "\(output)/\(part)")
    }

    private func name(of recipe: TrainingRecipe, _ output: String) -> String {
        recipe.name.isEmpty ? URL(fileURLWithPath: output).lastPathComponent : recipe.name
    }

    /// Trains the model of all clips but those left out, and writes it.
    private func train(
        _ job: TrainingJob,
        validation: CrossValidation?,
        output: String,
        progress: TrainingProgress
    ) throws {
        let state = "\(output)/\(TrainingState.fileName)"
        let (trained, trainer) = try job.trainModel(
            named: name(of: job.recipe, output),
            validation: validation,
            resumingFrom: resume ? state : nil
        )
        progress.clear()
        if let heldOut = trained.heldOut {
            try StandardOutput.write(heldOut.markdown)
        }
        let model = try ModelFolderWriter.write(trained, folder: output)
        if trainer.stepCount < job.settings.steps {
            try TrainingState.write(trainer, fingerprint: job.fingerprint, path: state)
            StandardError.write(
                "Interrupted after \(trainer.stepCount) of \(job.settings.steps) steps; the model "
                    + "so far is in '\(output)'. The same command with --resume continues.\n"
            )
        } else {
            try? FileManager.default.removeItem(atPath: state)
            StandardError.write(
                "'\(model.name)' with \(model.classes.count) classes is in '\(output)'.\n"
            )
        }
    }

    private static var defaultCache: String {
        let environment = ProcessInfo.processInfo.environment
        let base =
            environment["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : $0 }
            ?? "\(NSHomeDirectory())/.cache"
        return "\(base)/earwitness/features"
    }
}
