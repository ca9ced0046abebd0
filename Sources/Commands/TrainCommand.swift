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

            Ctrl-C ends the training early and keeps the best so far; --resume goes on from there.
            """
    )

    @Argument(help: "A folder with a folder for each class, or a CSV file.") var dataset: String?
    @Option(help: ArgumentHelp("The folder of the new model.", valueName: "model"))
    var output: String?
    @Option(help: ArgumentHelp("A file with recordings and settings.", valueName: "file"))
    var recipe: String?
    @Option(
        help: ArgumentHelp(
            "What the recipe's paths are relative to; else the recipe's folder.",
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
            "A fold that is not trained on but tested; may be repeated.",
            valueName: "fold"
        )
    )
    var holdOutFold: [Int] = []
    @Option(
        help: ArgumentHelp(
            "A fold that is not trained on but makes the scores probabilities; may be repeated.",
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
    @Flag(help: "Go on with a training that was interrupted.") var resume = false
    @Option(help: ArgumentHelp("Where computed features are kept.", valueName: "folder"))
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
        var job = TrainingJob(clips: clips, settings: plan.recipe.settings)
        job.heldOutFolds = Set(plan.recipe.heldOutFolds)
        job.calibrationFolds = Set(plan.recipe.calibrationFolds)
        job.teacherFolder = plan.teacherFolder
        // Before the work, not after it.
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
        job.onStep = { progress.took($0, $1) }
        var validation: CrossValidation?
        if crossValidate {
            if let output { job.onFold = { try write($0, $1, job, plan.recipe, output) } }
            let folds = try job.crossValidate()
            progress.clear()
            if !folds.folds.isEmpty { try StandardOutput.write(ValidationReport.text(of: folds)) }
            validation = folds
        }
        guard let output, !foldsOnly, !InterruptFlag.isSet else { return }
        try train(job, plan.recipe, validation: validation, output: output, progress: progress)
    }

    /// Writes the model that one fold was tested with.
    private func write(
        _ trainer: Trainer,
        _ figures: CrossValidation,
        _ job: TrainingJob,
        _ recipe: TrainingRecipe,
        _ output: String
    ) throws {
        let folds = figures.folds.map(\.number)
        let part = "fold-\(folds.map { "\($0)" }.joined(separator: "-"))"
        var recipe = recipe
        recipe.heldOutFolds = folds
        recipe.calibrationFolds = []
        var model = TrainedModel(
            name: "\(name(recipe, output))-\(part)",
            trainer: trainer,
            dataset: job.clips.dataset,
            heldOut: figures,
            recipe: recipe
        )
        // Sounds of no class are trained on in every fold.
        model.heldOutPlaces = job.labelledClips(ofFolds: Set(folds))
        _ = try ModelFolderWriter.write(model, folder: "\(output)/\(part)")
    }

    private func name(_ recipe: TrainingRecipe, _ output: String) -> String {
        recipe.name.isEmpty ? URL(fileURLWithPath: output).lastPathComponent : recipe.name
    }

    private func train(
        _ job: TrainingJob,
        _ recipe: TrainingRecipe,
        validation: CrossValidation?,
        output: String,
        progress: TrainingProgress
    ) throws {
        let trainer = try job.wholeTrainer()
        let state = "\(output)/\(TrainingState.fileName)"
        if resume {
            try TrainingState.read(into: trainer, fingerprint: job.fingerprint, path: state)
        }
        job.train(trainer, fold: 0)
        progress.clear()
        var trained = TrainedModel(
            name: name(recipe, output),
            trainer: trainer,
            dataset: job.clips.dataset,
            validation: validation,
            recipe: recipe
        )
        trained.heldOutPlaces = try job.heldOut()
        trained.calibrationPlaces = try job.calibrating()
        // Of an interrupted training the best weights are kept, which need not be the last ones.
        if trainer.stepCount == job.settings.steps {
            trained.heldOut = try job.test(trainer)
            trained.calibration = try job.calibration(of: trainer)
            trained.report = try job.report(
                on: trainer,
                rules: recipe.rules(of: job.clips.dataset),
                calibration: trained.calibration
            )
        }
        if let heldOut = trained.heldOut {
            try StandardOutput.write(ValidationReport.text(of: heldOut))
        }
        let model = try ModelFolderWriter.write(trained, folder: output)
        if trainer.stepCount < job.settings.steps {
            try TrainingState.write(trainer, fingerprint: job.fingerprint, path: state)
            StandardError.write(
                "Interrupted after \(trainer.stepCount) of \(job.settings.steps) steps; the model "
                    + "so far is in '\(output)'. The same command with --resume goes on.\n"
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
