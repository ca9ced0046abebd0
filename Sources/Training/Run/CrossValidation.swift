import Foundation
package import SoundDatasets

/// Trains on all folds but one, tests on that one, for each fold.
package struct CrossValidation: Sendable {
    /// What one fold gave.
    package struct Fold: Equatable, Sendable {
        /// The number of the fold, from 1.
        package var number: Int
        /// The share of clips that the mean of the windows above the gate classifies correctly.
        package var clipAccuracy: Double
        /// The same with all windows.
        package var clipAccuracyOfAllWindows: Double
        /// The share of windows above the gate that are classified correctly.
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

    /// Adds the scores of a fold's clips.
    package mutating func add(
        fold number: Int,
        scores: [ClipScores],
        clips: [LabelledClip],
        gateDBFS: Float
    ) {
        var correct = (gated: 0, all: 0, windows: 0)
        var windowCount = 0
        for (score, clip) in zip(scores, clips) {
            guard let label = clip.classes.first(where: { !unreported.contains($0) }) else {
                continue
            }
            let vote = score.vote(aboveDBFS: gateDBFS, without: unreported)
            confusion[label][vote] += 1
            if clip.classes.contains(vote) { correct.gated += 1 }
            if clip.classes.contains(score.vote(aboveDBFS: -.infinity, without: unreported)) {
                correct.all += 1
            }
            for (row, level) in zip(score.windows, score.levels) where level > gateDBFS {
                windowCount += 1
                if clip.classes.contains(Scores.best(row[...], without: unreported)) {
                    correct.windows += 1
                }
            }
        }
        let count = Double(max(clips.count, 1))
        folds.append(
            Fold(
                number: number,
                clipAccuracy: Double(correct.gated) / count,
                clipAccuracyOfAllWindows: Double(correct.all) / count,
                windowAccuracy: Double(correct.windows) / Double(max(windowCount, 1)),
                clipCount: clips.count
            )
        )
    }

    /// Adds the figures of other folds.
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

/// The probabilities of a clip's windows.
package struct ClipScores: Equatable, Sendable {
    /// A row of probabilities a window.
    package var windows: [[Float]]
    /// Each window's level in dBFS.
    package var levels: [Float]

    /// The class that the windows above a gate, or all if none is, choose by their mean; never one
    /// of `classes`.
    package func vote(aboveDBFS gate: Float, without classes: Set<Int> = []) -> Int {
        let audible = windows.indices.filter { levels[$0] > gate }
        let voters = audible.isEmpty ? Array(windows.indices) : audible
        guard let classCount = windows.first?.count else { return 0 }
        var sums = [Float](repeating: 0, count: classCount)
        for voter in voters {
            for index in 0..<classCount { sums[index] += windows[voter][index] }
        }
        return Scores.best(sums[...], without: classes)
    }
}

/// Probabilities of classes.
enum Scores {
    /// The index of the largest number that is not one of `others`, the first one of equals; 0 if
    /// there is none.
    static func best(_ row: ArraySlice<Float>, without others: Set<Int> = []) -> Int {
        var best: Int?
        for index in row.indices where !others.contains(index - row.startIndex) {
            if best.map({ row[index] > row[$0] }) ?? true { best = index }
        }
        return best.map { $0 - row.startIndex } ?? 0
    }

    static func softmax(_ logits: [Float]) -> [Float] {
        let largest = logits.reduce(-Float.infinity, max)
        let powers = logits.map { exp($0 - largest) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }

    static func sigmoid(_ logits: [Float]) -> [Float] {
        logits.map { 1 / (1 + exp(-$0)) }
    }
}
