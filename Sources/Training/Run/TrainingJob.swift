import SoundDatasets

/// A whole training from a data set to a model folder, with its cross-validation.
package struct TrainingJob {
    /// The clips.
    package let clips: LoadedClips
    /// How to train.
    package let settings: TrainingSettings
    /// The numbers of the folds that are not trained on but tested.
    package var heldOutFolds: Set<Int> = []
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
            clips.dataset.isNegative(clips.dataset.clips[$0])
        }
        var validation = emptyValidation
        for (index, tested) in split.folds.enumerated() {
            let others = split.folds.indices.filter { $0 != index }
            let trainer = try Trainer(
                clips,
                trainedOn: others.flatMap { split.folds[$0] } + negatives,
                settings: settings
            )
            train(trainer, fold: index + 1)
            if isInterrupted() { break }
            try test(trainer, on: tested, fold: split.numbers[index], into: &validation)
            if let fold = validation.folds.last { onFold(fold) }
        }
        return validation
    }

    private var emptyValidation: CrossValidation {
        CrossValidation(
            classCount: clips.dataset.classNames.count,
            unreported: clips.dataset.unreported
        )
    }

    private func test(
        _ trainer: Trainer,
        on places: [Int],
        fold: Int,
        into validation: inout CrossValidation
    ) throws(TrainingError) {
        validation.add(
            fold: fold,
            scores: try trainer.score(places.map { clips.features[$0] }),
            clips: places.map { clips.dataset.clips[$0] },
            gateDBFS: settings.gateDBFS
        )
    }

    /// The clips of the folds that are held out, sounds of no reported class among them.
    ///
    /// - Throws: The number that is no fold.
    package func heldOut() throws(TrainingError) -> [Int] {
        let split = FoldSplit(clips.dataset, seed: settings.seed)
        for fold in heldOutFolds.sorted() where !split.numbers.contains(fold) {
            throw .invalidSetting(
                name: "The fold to hold out",
                found: "\(fold)",
                allowed: split.numbers.map { "\($0)" }.joined(separator: ", ")
            )
        }
        return split.numbers.indices.filter { heldOutFolds.contains(split.numbers[$0]) }
            .flatMap { split.folds[$0] + split.negatives[$0] }.sorted()
    }

    /// Makes a training of all clips but those held out, to be run by ``train(_:fold:)``.
    package func wholeTrainer() throws(TrainingError) -> Trainer {
        let heldOut = Set(try heldOut())
        return try Trainer(
            clips,
            trainedOn: clips.features.indices.filter { !heldOut.contains($0) },
            settings: settings
        )
    }

    /// Tests a training on the folds that were held out; nil if none was.
    package func test(_ trainer: Trainer) throws(TrainingError) -> CrossValidation? {
        guard !heldOutFolds.isEmpty else { return nil }
        let split = FoldSplit(clips.dataset, seed: settings.seed)
        var validation = emptyValidation
        for (fold, number) in zip(split.folds, split.numbers) where heldOutFolds.contains(number) {
            try test(trainer, on: fold, fold: number, into: &validation)
        }
        return validation
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
        // A dictionary's order is another one in each process.
        let kinds = settings.kinds.sorted { $0.key < $1.key }
        settings.kinds = [:]
        let clips = clips.dataset.clips.map { "\($0.path) \($0.classes) \($0.startSeconds)" }
        return FingerprintText.digest(
            "\(settings) \(kinds) \(heldOutFolds.sorted())\n\(clips.joined(separator: "\n"))"
        )
    }
}
