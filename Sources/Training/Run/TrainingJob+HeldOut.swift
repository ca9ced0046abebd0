package import Detection
import LogMelFeatures
import SoundDatasets

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
