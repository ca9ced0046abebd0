/// A whole training from a data set to a model folder, with its cross-validation.
package struct TrainingJob {
    /// The clips.
    package let clips: LoadedClips
    /// How to train.
    package let settings: TrainingSettings
    /// Whether to stop after the present step.
    package var isInterrupted: () -> Bool = { false }
    /// Called after every step with the fold (0 for the whole data set).
    package var onStep: (_ fold: Int, StepReport) -> Void = { _, _ in }
    /// Called after every tested fold.
    package var onFold: (CrossValidation.Fold) -> Void = { _ in }

    /// Creates a job.
    package init(clips: LoadedClips, settings: TrainingSettings) {
        self.clips = clips
        self.settings = settings
    }

    /// Trains on all folds but one and on all negatives, for each; stops early when interrupted.
    ///
    /// - Returns: The figures of the folds that were finished.
    /// - Throws: What cannot be trained.
    package func crossValidate() throws(TrainingError) -> CrossValidation {
        let split = FoldSplit(clips.dataset, seed: settings.seed)
        guard split.folds.count >= 2 else {
            throw .unusableDataset(
                path: clips.dataset.clips.first?.path ?? "",
                reason: "all recordings are of one fold or source, so that none is left to test"
            )
        }
        let negatives = clips.dataset.clips.indices.filter {
            clips.dataset.clips[$0].classes.isEmpty
        }
        var validation = CrossValidation(classCount: clips.dataset.classNames.count)
        for (index, tested) in split.folds.enumerated() {
            let others = split.folds.indices.filter { $0 != index }
            let trainer = try Trainer(
                clips,
                trainedOn: others.flatMap { split.folds[$0] } + negatives,
                settings: settings
            )
            train(trainer, fold: index + 1)
            if isInterrupted() { break }
            let scores = try trainer.score(tested.map { clips.features[$0] })
            validation.add(
                fold: index + 1,
                scores: scores,
                clips: tested.map { clips.dataset.clips[$0] },
                gateDBFS: settings.gateDBFS
            )
            if let fold = validation.folds.last { onFold(fold) }
        }
        return validation
    }

    /// Makes a training of all clips, to be run by ``train(_:fold:)``.
    package func wholeTrainer() throws(TrainingError) -> Trainer {
        try Trainer(clips, trainedOn: Array(clips.features.indices), settings: settings)
    }

    /// Makes the steps that are left, until the last one or an interruption.
    package func train(_ trainer: Trainer, fold: Int) {
        while trainer.stepCount < settings.steps, !isInterrupted() {
            onStep(fold, trainer.step())
        }
    }

    /// What tells this training from others: the data and every setting but the threads.
    package var fingerprint: String {
        var settings = settings
        settings.threads = 1
        let clips = clips.dataset.clips.map { "\($0.path) \($0.classes) \($0.startSeconds)" }
        return FingerprintText.digest("\(settings)\n\(clips.joined(separator: "\n"))")
    }
}
