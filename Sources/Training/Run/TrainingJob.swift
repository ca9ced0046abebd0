package import Detection
import LogMelFeatures
import SoundDatasets

/// A whole training from a data set to a model folder, with its cross-validation.
package struct TrainingJob {
    /// The clips.
    package let clips: LoadedClips
    /// How to train.
    package let settings: TrainingSettings
    /// The numbers of the folds that are not trained on but tested.
    package var heldOutFolds: Set<Int> = []
    /// The numbers of the folds that are not trained on but used to calibrate the scores.
    package var calibrationFolds: Set<Int> = []
    /// What the paths of teachers are relative to.
    package var teacherFolder = "."
    /// Whether to stop after the present step.
    package var isInterrupted: () -> Bool = { false }
    /// Called after every step with the fold (0 for the whole data set).
    package var onStep: (_ fold: Int, StepReport) -> Void = { _, _ in }
    /// Called after every tested fold with the training that was tested and its figures alone.
    package var onFold: (Trainer, CrossValidation) throws -> Void = { _, _ in }

    /// Creates a job.
    package init(clips: LoadedClips, settings: TrainingSettings) {
        self.clips = clips
        self.settings = settings
    }

    /// Trains on all folds but one and on all negatives, for each; stops early when interrupted.
    ///
    /// - Returns: The figures of the folds that were finished.
    /// - Throws: What cannot be trained, or what ``onFold`` throws.
    package func crossValidate() throws -> CrossValidation {
        let split = FoldSplit(clips.dataset, seed: settings.seed)
        guard split.folds.count >= 2 else {
            throw TrainingError.unusableDataset(
                path: clips.dataset.clips.first?.path ?? "",
                reason: "all recordings are of one fold or source, so that none is left to test"
            )
        }
        let negatives = clips.dataset.clips.indices.filter {
            clips.dataset.isNegative(clips.dataset.clips[$0])
        }
        // A teacher that is missing is better known before hours of training than after.
        let teachers = try split.numbers.map { try self.teachers(withoutFold: $0, isTested: true) }
        var validation = emptyValidation
        for (index, fold) in split.folds.enumerated() {
            let others = split.folds.indices.filter { $0 != index }
            let trainer = try Trainer(
                clips,
                trainedOn: others.flatMap { split.folds[$0] } + negatives,
                settings: settings,
                teachers: teachers[index]
            )
            train(trainer, fold: index + 1)
            if isInterrupted() { break }
            let figures = try tested(trainer, on: fold, fold: split.numbers[index])
            validation.add(figures)
            try onFold(trainer, figures)
        }
        return validation
    }

    var emptyValidation: CrossValidation {
        CrossValidation(
            classCount: clips.dataset.classNames.count,
            unreported: clips.dataset.unreported
        )
    }

    /// Makes a training of all clips but those held out or calibrated on, to be run by
    /// ``train(_:fold:)``.
    package func wholeTrainer() throws(TrainingError) -> Trainer {
        let leftOut = Set(try heldOut() + calibrating())
        return try Trainer(
            clips,
            trainedOn: clips.features.indices.filter { !leftOut.contains($0) },
            settings: settings,
            teachers: try teachers()
        )
    }

    /// The teachers of a training of all clips but those held out.
    ///
    /// - Returns: The teachers in the order of the settings.
    /// - Throws: Which cannot be learned from, and why.
    package func teachers() throws(TrainingError) -> [Teacher] {
        try teachers(
            withoutFold: heldOutFolds.count == 1 && calibrationFolds.isEmpty
                ? heldOutFolds.first : nil,
            isTested: false
        )
    }

    /// The teachers of a training without a fold.
    ///
    /// - Parameters:
    ///   - fold: The number of the only fold that is not trained on.
    ///   - isTested: Whether a teacher for all folds would have met what is tested.
    /// - Returns: The teachers in the order of the settings.
    /// - Throws: Which cannot be learned from, and why.
    private func teachers(
        withoutFold fold: Int?,
        isTested: Bool
    ) throws(TrainingError) -> [Teacher] {
        var teachers: [Teacher] = []
        for pattern in settings.teachers {
            let namesFold = pattern.contains(Teacher.foldMark)
            guard namesFold || !isTested else {
                throw .teacherOfAllFolds(path: pattern)
            }
            guard !namesFold || fold != nil else { throw .teacherWithoutFold(path: pattern) }
            let path = pattern.replacing(Teacher.foldMark, with: fold.map { "\($0)" } ?? "")
            teachers.append(
                try Teacher(
                    path: path.hasPrefix("/") ? path : "\(teacherFolder)/\(path)",
                    classNames: clips.dataset.classNames,
                    settings: settings
                )
            )
        }
        return teachers
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
            "\(settings) \(kinds) \(heldOutFolds.sorted()) \(calibrationFolds.sorted())\n"
                + clips.joined(separator: "\n")
        )
    }
}

/// What is told of clips that a training leaves out.
extension TrainingJob {
    /// The clips of some folds, sounds of no reported class among them.
    private func places(ofFolds folds: Set<Int>) -> [Int] {
        let split = FoldSplit(clips.dataset, seed: settings.seed)
        return split.numbers.indices.filter { folds.contains(split.numbers[$0]) }
            .flatMap { split.folds[$0] + split.negatives[$0] }.sorted()
    }

    /// The clips of some folds that are of a reported class.
    ///
    /// - Returns: Their places in the data set.
    package func labelledClips(ofFolds folds: Set<Int>) -> [Int] {
        places(ofFolds: folds).filter { !clips.dataset.isNegative(clips.dataset.clips[$0]) }
    }

    /// The clips of the folds that are held out, sounds of no reported class among them.
    ///
    /// - Returns: Their places in the data set.
    /// - Throws: The number that is no fold.
    package func heldOut() throws(TrainingError) -> [Int] {
        try require(heldOutFolds, "The fold to hold out", not: [])
        return places(ofFolds: heldOutFolds)
    }

    /// The clips of the folds that scores are calibrated on.
    ///
    /// - Returns: Their places in the data set.
    /// - Throws: The number that is no fold, or one that is held out.
    package func calibrating() throws(TrainingError) -> [Int] {
        try require(calibrationFolds, "The fold to calibrate on", not: heldOutFolds)
        return places(ofFolds: calibrationFolds)
    }

    private func require(
        _ folds: Set<Int>,
        _ name: String,
        not others: Set<Int>
    ) throws(TrainingError) {
        let allowed = FoldSplit(clips.dataset, seed: settings.seed).numbers
            .filter { !others.contains($0) }
        for fold in folds.sorted() where !allowed.contains(fold) {
            throw .invalidSetting(
                name: name,
                found: "\(fold)",
                allowed: allowed.map { "\($0)" }.joined(separator: ", ")
                    + (others.isEmpty ? "" : ", which are not held out")
            )
        }
    }

    /// The figures of one fold.
    func tested(
        _ trainer: Trainer,
        on places: [Int],
        fold: Int
    ) throws(TrainingError) -> CrossValidation {
        var figures = emptyValidation
        figures.add(
            fold: fold,
            scores: try scores(trainer, places),
            clips: places.map { clips.dataset.clips[$0] },
            gateDBFS: settings.gateDBFS
        )
        return figures
    }

    /// Tests a training on the folds that were held out; nil if none was.
    package func test(_ trainer: Trainer) throws(TrainingError) -> CrossValidation? {
        guard !heldOutFolds.isEmpty else { return nil }
        let split = FoldSplit(clips.dataset, seed: settings.seed)
        var validation = emptyValidation
        for (fold, number) in zip(split.folds, split.numbers) where heldOutFolds.contains(number) {
            validation.add(try tested(trainer, on: fold, fold: number))
        }
        return validation
    }

    /// Fits a training's calibration to the folds that are kept for it; nil if none is.
    package func calibration(of trainer: Trainer) throws(TrainingError) -> FittedCalibration? {
        let places = try calibrating()
        guard !places.isEmpty else { return nil }
        return FittedCalibration(
            try scores(trainer, places),
            of: places.map { clips.dataset.clips[$0] },
            classCount: clips.dataset.classNames.count,
            gateDBFS: settings.gateDBFS
        )
    }

    /// Judges the clips that were held out by rules; nil if none was.
    ///
    /// - Parameters:
    ///   - trainer: The training.
    ///   - rules: The rule of each class, thresholds for the network's own scores.
    ///   - calibration: What the scores will be calibrated by.
    /// - Returns: The figures.
    /// - Throws: What cannot be scored.
    package func report(
        on trainer: Trainer,
        rules: [ClassRule],
        calibration: FittedCalibration? = nil
    ) throws(TrainingError) -> HeldOutReport? {
        let places = try heldOut()
        guard !places.isEmpty else { return nil }
        let scores = try scores(trainer, places)
        let tested = places.map { clips.dataset.clips[$0] }
        let frontEnd = trainer.frontEnd
        let secondsPerFrame = Double(frontEnd.hopLength) / Double(frontEnd.sampleRateHz)
        var report = HeldOutReport(
            scores,
            of: tested,
            seconds: places.map { Double(clips.features[$0].frameCount) * secondsPerFrame },
            in: clips.dataset,
            rules: rules,
            gateDBFS: settings.gateDBFS
        )
        if let calibration,
            let errors = calibration.errors(scores, of: tested, gateDBFS: settings.gateDBFS)
        {
            report.calibrationError = HeldOutReport.Change(
                before: errors.before,
                after: errors.after
            )
        }
        return report
    }

    private func scores(
        _ trainer: Trainer,
        _ places: [Int]
    ) throws(TrainingError) -> [ClipScores] {
        try trainer.score(places.map { clips.features[$0] })
    }
}
