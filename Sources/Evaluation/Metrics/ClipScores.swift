/// How often clips of one class were classified as another.
struct ConfusionMatrix: Equatable, Sendable {
    /// The classes, in the order of rows and columns.
    let classNames: [String]
    /// Rows are the true classes, columns the predicted ones; shape `[classCount, classCount]`.
    private(set) var counts: [[Int]]

    /// Creates a matrix of nothing.
    init(classNames: [String]) {
        self.classNames = classNames
        counts = classNames.map { _ in classNames.map { _ in 0 } }
    }

    /// Counts a clip.
    mutating func add(actual: Int, predicted: Int) {
        counts[actual][predicted] += 1
    }

    /// The number of clips.
    var total: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }

    /// The share of clips classified correctly; nil if there are none.
    var accuracy: Double? {
        let right = counts.indices.reduce(0) { $0 + counts[$1][$1] }
        return total > 0 ? Double(right) / Double(total) : nil
    }

    /// The mean of the recalls of the classes that have clips; nil if there are none.
    var balancedAccuracy: Double? {
        counts.indices.compactMap { tally(ofClass: $0).recall }.mean
    }

    /// Precision, recall and F1 of one class.
    func tally(ofClass index: Int) -> DetectionTally {
        DetectionTally(
            referenceCount: counts[index].reduce(0, +),
            detectedCount: counts.reduce(0) { $0 + $1[index] },
            correctCount: counts[index][index]
        )
    }
}

/// Precision and recall at every score that separates clips, from the highest down.
///
/// Average precision agrees with scikit-learn's `average_precision_score`: the sum of precisions
/// weighted by what each threshold adds to the recall, without interpolation.
package struct PrecisionRecallCurve: Equatable, Sendable {
    /// Precision and recall when every clip that scores at least `threshold` is chosen.
    package struct Point: Equatable, Sendable {
        /// The score.
        package let threshold: Double
        /// The share of the chosen clips that are of the class.
        package let precision: Double
        /// The share of the class's clips that are chosen.
        package let recall: Double
    }

    /// The points in order of falling thresholds; empty where nothing is of the class.
    package let points: [Point]

    /// Sorts the clips by their scores.
    ///
    /// - Parameters:
    ///   - scores: A score for each clip.
    ///   - isPositive: Whether each clip is of the class; as many.
    package init(scores: [Double], isPositive: [Bool]) {
        precondition(scores.count == isPositive.count, "Each clip has a score and a truth")
        let positives = isPositive.count { $0 }
        let order = scores.indices.sorted { scores[$0] > scores[$1] }
        var points: [Point] = []
        var found = 0
        for (rank, clip) in order.enumerated() where positives > 0 {
            found += isPositive[clip] ? 1 : 0
            let isLastOfScore =
                rank + 1 == order.count || scores[order[rank + 1]] < scores[clip]
            guard isLastOfScore else { continue }
            points.append(
                Point(
                    threshold: scores[clip],
                    precision: Double(found) / Double(rank + 1),
                    recall: Double(found) / Double(positives)
                )
            )
        }
        self.points = points
    }

    /// The mean of the precisions over the recall; nil where nothing is of the class.
    package var averagePrecision: Double? {
        guard !points.isEmpty else { return nil }
        var sum = 0.0
        var recall = 0.0
        for point in points {
            sum += (point.recall - recall) * point.precision
            recall = point.recall
        }
        return sum
    }
}
