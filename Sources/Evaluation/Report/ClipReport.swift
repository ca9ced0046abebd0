package import SoundDatasets

/// How well a model names clips of one sound each.
package struct ClipReport: Sendable {
    /// One class.
    package struct ClassRow: Sendable {
        /// The class.
        package let name: String
        /// Clips of the class, named so, and both.
        package let tally: DetectionTally
        /// Precision and recall by the mean score.
        package let curve: PrecisionRecallCurve
    }

    /// The clips of one fold.
    package struct Fold: Sendable {
        /// Its number.
        package let number: Int
        /// The number of its clips that are of a class of the model.
        package let clipCount: Int
        /// The share that was named rightly.
        package let accuracy: Double
    }

    /// The model's name.
    package let modelName: String
    /// The data set's path.
    package let dataSetPath: String
    /// Rows are the clips' classes; the last column is for clips that never opened the gate.
    package let matrix: ConfusionMatrix
    /// The classes that are reported, in the model's order.
    package let classes: [ClassRow]
    /// The folds, if names tell them.
    package let folds: [Fold]
    /// The number of clips of no class of the model.
    package let unknownClipCount: Int
    /// How many of them became an event of some class.
    package let unknownClipsWithEvents: Int

    /// What the answer is called for a clip that never opened the gate.
    package static let noAnswer = "(none)"

    /// Evaluates scored clips.
    ///
    /// A clip is named after the class with the highest mean score over the windows in which the
    /// gate was open.
    ///
    /// - Parameters:
    ///   - modelName: The model's name.
    ///   - dataSetPath: The data set's path.
    ///   - clips: The clips with the labels in the model's words.
    ///   - scored: Their scores, in the same order.
    ///   - replay: The rules in force.
    package init(
        modelName: String,
        dataSetPath: String,
        clips: [EvaluationClip],
        scored: [ScoredRecording],
        replay: EventReplay
    ) {
        let names = replay.reportedClassNames
        let columns = names.map { replay.classNames.firstIndex(of: $0) ?? 0 }
        var matrix = ConfusionMatrix(classNames: names + [Self.noAnswer])
        var scores: [[Double]] = []
        var labels: [Int] = []
        var correctOfFold: [Int: (correct: Int, total: Int)] = [:]
        var unknown = (count: 0, withEvents: 0)
        for (clip, recording) in zip(clips, scored) {
            guard let actual = names.firstIndex(of: clip.label) else {
                unknown.count += 1
                unknown.withEvents += replay.events(in: recording).isEmpty ? 0 : 1
                continue
            }
            let means = recording.meanScores
            let reported = columns.map { means?[$0] ?? 0 }
            let best = reported.indices.max { reported[$0] < reported[$1] }
            let answer = means == nil ? names.count : best ?? names.count
            matrix.add(actual: actual, predicted: answer)
            scores.append(reported)
            labels.append(actual)
            if let fold = clip.fold {
                correctOfFold[fold, default: (0, 0)].total += 1
                correctOfFold[fold, default: (0, 0)].correct += answer == actual ? 1 : 0
            }
        }
        self.modelName = modelName
        self.dataSetPath = dataSetPath
        self.matrix = matrix
        classes = names.indices.map { index in
            ClassRow(
                name: names[index],
                tally: matrix.tally(ofClass: index),
                curve: PrecisionRecallCurve(
                    scores: scores.map { $0[index] },
                    isPositive: labels.map { $0 == index }
                )
            )
        }
        folds = correctOfFold.sorted { $0.key < $1.key }.map { number, counts in
            Fold(
                number: number,
                clipCount: counts.total,
                accuracy: Double(counts.correct) / Double(counts.total)
            )
        }
        unknownClipCount = unknown.count
        unknownClipsWithEvents = unknown.withEvents
    }

    /// The mean of the classes' average precisions; nil if no class has clips.
    package var meanAveragePrecision: Double? {
        let values = classes.compactMap(\.curve.averagePrecision)
        return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }

    /// The mean and the standard deviation of the folds' accuracies; nil without two folds.
    package var accuracyOverFolds: (mean: Double, deviation: Double)? {
        guard folds.count > 1 else { return nil }
        let mean = folds.reduce(0) { $0 + $1.accuracy } / Double(folds.count)
        let squares = folds.reduce(0) { $0 + ($1.accuracy - mean) * ($1.accuracy - mean) }
        return (mean, (squares / Double(folds.count)).squareRoot())
    }
}
