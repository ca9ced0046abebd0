import LogMelFeatures
import SoundDatasets

/// A whole training, from the features of recordings to a model with its figures.
///
/// ``trainModel(named:validation:resumingFrom:)`` makes one model: it chooses the clips, makes a
/// ``Trainer``, runs its steps, tests the result on the clips left out and fits the calibration.
/// ``crossValidate()`` does so once per fold.
package struct TrainingJob {
    /// The clips.
    package let clips: LoadedClips
    /// How to train, and what to leave out.
    package var recipe: TrainingRecipe
    /// What the paths of teachers are relative to.
    package var teacherFolder = "."
    /// Whether to stop after the present step.
    package var isInterrupted: () -> Bool = { false }
    /// Called after every step with the number of the fold (0 for the whole data set).
    package var onStep: (_ fold: Int, StepReport) -> Void = { _, _ in }
    /// Called after every tested fold with the training that was tested and its figures alone.
    package var onFold: (Trainer, CrossValidation) throws -> Void = { _, _ in }

    /// Creates a job.
    package init(clips: LoadedClips, recipe: TrainingRecipe) {
        self.clips = clips
        self.recipe = recipe
    }

    /// How to train.
    package var settings: TrainingSettings { recipe.settings }

    /// Trains a model, tests it and calibrates it.
    ///
    /// - Parameters:
    ///   - name: What events call the model.
    ///   - validation: The figures of a cross-validation with the same settings.
    ///   - state: The file of an interrupted training to continue from.
    /// - Returns: The model and its training. An interrupted one has made fewer steps than set; its
    ///   model has no figures of the clips left out.
    /// - Throws: What cannot be trained, or why the state cannot be used.
    package func trainModel(
        named name: String,
        validation: CrossValidation? = nil,
        resumingFrom state: String? = nil
    ) throws(TrainingError) -> (model: TrainedModel, trainer: Trainer) {
        let trainer = try wholeTrainer()
        if let state {
            try TrainingState.read(into: trainer, fingerprint: fingerprint, path: state)
        }
        train(trainer, fold: 0)
        return (try model(named: name, of: trainer, validation: validation), trainer)
    }

    /// Makes a training of all clips but those held out or calibrated on.
    ///
    /// - Throws: What cannot be trained.
    package func wholeTrainer() throws(TrainingError) -> Trainer {
        let leftOut = Set(try heldOut() + calibrating())
        return try Trainer(
            clips,
            trainedOn: clips.features.indices.filter { !leftOut.contains($0) },
            settings: settings,
            teachers: try teachers()
        )
    }

    /// Makes the steps that are left, until the last one or an interruption.
    package func train(_ trainer: Trainer, fold: Int) {
        while trainer.stepCount < settings.steps, !isInterrupted() {
            onStep(fold, trainer.step())
        }
    }

    /// The model of a training, with what its card says of the clips left out.
    private func model(
        named name: String,
        of trainer: Trainer,
        validation: CrossValidation?
    ) throws(TrainingError) -> TrainedModel {
        var model = TrainedModel(
            name: name,
            trainer: trainer,
            dataset: clips.dataset,
            validation: validation,
            recipe: recipe
        )
        model.heldOutPlaces = try heldOut()
        model.calibrationPlaces = try calibrating()
        // An interrupted training saves its best weights, which need not be the present ones.
        guard trainer.stepCount == settings.steps else { return model }
        model.heldOut = try test(trainer)
        model.calibration = try calibration(of: trainer)
        model.report = try report(on: trainer, calibration: model.calibration)
        return model
    }

    /// Trains once per fold, on the other folds and all negatives; stops early when interrupted.
    ///
    /// - Returns: The figures of the folds that were finished.
    /// - Throws: What cannot be trained, or what ``onFold`` throws.
    package func crossValidate() throws -> CrossValidation {
        let split = split
        guard split.folds.count >= 2 else {
            throw TrainingError.unusableDataset(
                path: clips.dataset.clips.first?.path ?? "",
                reason: "all recordings belong to one fold or source, so none is left for testing"
            )
        }
        let negatives = clips.dataset.clips.indices.filter {
            clips.dataset.isNegative(clips.dataset.clips[$0])
        }
        // A missing teacher is reported before hours of training, not after.
        let teachers = try split.numbers.map { try self.teachers(withoutFold: $0, isTested: true) }
        var validation = emptyValidation
        for (index, number) in split.numbers.enumerated() {
            let others = split.folds.indices.filter { $0 != index }
            let trainer = try Trainer(
                clips,
                trainedOn: others.flatMap { split.folds[$0] } + negatives,
                settings: settings,
                teachers: teachers[index]
            )
            train(trainer, fold: number)
            if isInterrupted() { break }
            let figures = try figures(of: trainer, on: split.folds[index], fold: number)
            validation.add(figures)
            try onFold(trainer, figures)
        }
        return validation
    }

    /// The model that a fold of a cross-validation was tested with.
    ///
    /// - Parameters:
    ///   - name: What events call the model.
    ///   - trainer: The training without the fold.
    ///   - figures: What the fold's test gave.
    /// - Returns: The model, with the fold held out.
    package func foldModel(
        named name: String,
        of trainer: Trainer,
        _ figures: CrossValidation
    ) -> TrainedModel {
        var recipe = recipe
        recipe.heldOutFolds = figures.folds.map(\.number)
        recipe.calibrationFolds = []
        var model = TrainedModel(
            name: name,
            trainer: trainer,
            dataset: clips.dataset,
            heldOut: figures,
            recipe: recipe
        )
        // Sounds of no class are trained on in every fold.
        model.heldOutPlaces = places(ofFolds: Set(recipe.heldOutFolds))
            .filter { !clips.dataset.isNegative(clips.dataset.clips[$0]) }
        return model
    }

    // MARK: - Teachers

    /// The teachers for a training on all clips that are not held out.
    ///
    /// - Returns: The teachers in the order of the settings.
    /// - Throws: Which teacher cannot be learned from, and why.
    package func teachers() throws(TrainingError) -> [Teacher] {
        let heldOut = Set(recipe.heldOutFolds)
        return try teachers(
            withoutFold: heldOut.count == 1 && recipe.calibrationFolds.isEmpty
                ? heldOut.first : nil,
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
            guard namesFold || !isTested else { throw .teacherOfAllFolds(path: pattern) }
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

    // MARK: - Clips left out

    private var split: FoldSplit { FoldSplit(clips.dataset, seed: settings.seed) }

    /// The clips of some folds, sounds of no reported class among them.
    private func places(ofFolds folds: Set<Int>) -> [Int] {
        let split = split
        return split.numbers.indices.filter { folds.contains(split.numbers[$0]) }
            .flatMap { split.folds[$0] + split.negatives[$0] }.sorted()
    }

    /// The clips of the folds that are held out, sounds of no reported class among them.
    ///
    /// - Returns: Their indices in the data set.
    /// - Throws: The number that is not a fold.
    package func heldOut() throws(TrainingError) -> [Int] {
        try require(recipe.heldOutFolds, "The fold to hold out", not: [])
        return places(ofFolds: Set(recipe.heldOutFolds))
    }

    /// The clips of the folds that scores are calibrated on.
    ///
    /// - Returns: Their indices in the data set.
    /// - Throws: The number that is not a fold, or one that is held out.
    package func calibrating() throws(TrainingError) -> [Int] {
        try require(recipe.calibrationFolds, "The fold to calibrate on", not: recipe.heldOutFolds)
        return places(ofFolds: Set(recipe.calibrationFolds))
    }

    private func require(
        _ folds: [Int],
        _ name: String,
        not others: [Int]
    ) throws(TrainingError) {
        let allowed = split.numbers.filter { !others.contains($0) }
        for fold in folds.sorted() where !allowed.contains(fold) {
            throw .invalidSetting(
                name: name,
                found: "\(fold)",
                allowed: allowed.map { "\($0)" }.joined(separator: ", ")
                    + (others.isEmpty ? "" : ", which are not held out")
            )
        }
    }

    private var emptyValidation: CrossValidation {
        CrossValidation(
            classCount: clips.dataset.classNames.count,
            unreported: clips.dataset.unreported
        )
    }

    private func scores(
        _ trainer: Trainer,
        _ places: [Int]
    ) throws(TrainingError) -> [ClipScores] {
        try trainer.score(places.map { clips.features[$0] })
    }

    /// The figures of one fold.
    private func figures(
        of trainer: Trainer,
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

    /// Tests a training on the held-out folds; nil without any.
    func test(_ trainer: Trainer) throws(TrainingError) -> CrossValidation? {
        guard !recipe.heldOutFolds.isEmpty else { return nil }
        let split = split
        var validation = emptyValidation
        for (fold, number) in zip(split.folds, split.numbers)
        where recipe.heldOutFolds.contains(number) {
            validation.add(try figures(of: trainer, on: fold, fold: number))
        }
        return validation
    }

    /// Fits a training's calibration to the calibration folds; nil without any.
    private func calibration(of trainer: Trainer) throws(TrainingError) -> FittedCalibration? {
        let places = try calibrating()
        guard !places.isEmpty else { return nil }
        return FittedCalibration(
            try scores(trainer, places),
            of: places.map { clips.dataset.clips[$0] },
            classNames: clips.dataset.classNames,
            gateDBFS: settings.gateDBFS,
            heardShare: settings.calibrationShare
        )
    }

    /// Judges the clips that were held out by the recipe's rules; nil if none was.
    private func report(
        on trainer: Trainer,
        calibration: FittedCalibration?
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
            rules: recipe.rules(of: clips.dataset),
            gateDBFS: settings.gateDBFS
        )
        report.calibrationError = calibration?.errors(
            scores,
            of: tested,
            gateDBFS: settings.gateDBFS
        )
        return report
    }

    // MARK: - Identity

    /// A digest of ``identity``, which a training's state is known by.
    package var fingerprint: String { Fingerprint.digest(identity) }

    /// The data and every setting but the number of threads, one fact a line.
    var identity: String {
        func numbers(_ values: [Int]) -> String {
            values.map { "\($0)" }.joined(separator: ",")
        }
        var lines = ["version=\(Fingerprint.version)", settings.identity]
        lines.append("hold_out_folds=\(numbers(Set(recipe.heldOutFolds).sorted()))")
        lines.append("calibrate_folds=\(numbers(Set(recipe.calibrationFolds).sorted()))")
        lines += clips.dataset.clips.map { clip in
            let end = clip.endSeconds.map { "\($0)" } ?? ""
            let fold = clip.fold.map { "\($0)" } ?? ""
            return "clip=\(clip.path) classes=\(numbers(clip.classes)) start=\(clip.startSeconds) "
                + "end=\(end) fold=\(fold) kind=\(clip.kind)"
        }
        return lines.joined(separator: "\n")
    }
}
