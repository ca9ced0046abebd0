package import SoundDatasets

/// Trains on all folds but one, tests on that one, for each fold.
package struct CrossValidation: Sendable {
    /// What one fold gave.
    package struct Fold: Equatable, Sendable {
        /// The number of the fold, from 1.
        package var number: Int
        /// The share of clips that the mean of the windows above the gate names rightly.
        package var clipAccuracy: Double
        /// The same with all windows.
        package var clipAccuracyOfAllWindows: Double
        /// The share of windows above the gate that are named rightly.
        package var windowAccuracy: Double
        /// The number of clips.
        package var clipCount: Int
    }

    /// The folds in their order.
    package private(set) var folds: [Fold] = []
    /// How often clips of a class (row) were given a class (column).
    package private(set) var confusion: [[Int]]

    /// The classes that clips are not tested for.
    private let unreported: Set<Int>

    /// Begins with no fold.
    package init(classCount: Int, unreported: Set<Int> = []) {
        self.unreported = unreported
        confusion = [[Int]](repeating: [Int](repeating: 0, count: classCount), count: classCount)
    }

    /// Takes the scores of a fold's clips.
    package mutating func add(
        fold number: Int,
        scores: [ClipScores],
        clips: [LabelledClip],
        gateDBFS: Float
    ) {
        var rights = (gated: 0, all: 0, windows: 0)
        var windowCount = 0
        for (score, clip) in zip(scores, clips) {
            guard let label = clip.classes.first(where: { !unreported.contains($0) }) else {
                continue
            }
            let vote = score.vote(aboveDBFS: gateDBFS, without: unreported)
            confusion[label][vote] += 1
            if clip.classes.contains(vote) { rights.gated += 1 }
            if clip.classes.contains(score.vote(aboveDBFS: -.infinity, without: unreported)) {
                rights.all += 1
            }
            for (row, level) in zip(score.windows, score.levels) where level > gateDBFS {
                windowCount += 1
                if clip.classes.contains(Scores.best(row, without: unreported)) {
                    rights.windows += 1
                }
            }
        }
        let count = Double(max(clips.count, 1))
        folds.append(
            Fold(
                number: number,
                clipAccuracy: Double(rights.gated) / count,
                clipAccuracyOfAllWindows: Double(rights.all) / count,
                windowAccuracy: Double(rights.windows) / Double(max(windowCount, 1)),
                clipCount: clips.count
            )
        )
    }

    /// Takes the figures of other folds.
    package mutating func add(_ others: CrossValidation) {
        folds += others.folds
        for (row, counts) in others.confusion.enumerated() {
            for (column, count) in counts.enumerated() { confusion[row][column] += count }
        }
    }

    /// The mean and the standard deviation (of the population) of a figure over the folds.
    package func summary(_ figure: (Fold) -> Double) -> (mean: Double, deviation: Double) {
        let values = folds.map(figure)
        let mean = values.reduce(0, +) / Double(max(values.count, 1))
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (mean, (squares / Double(max(values.count, 1))).squareRoot())
    }
}
