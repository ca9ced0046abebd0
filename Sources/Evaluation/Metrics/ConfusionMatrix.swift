/// How often clips of one class were taken for another.
package struct ConfusionMatrix: Equatable, Sendable {
    /// The classes, in the order of rows and columns.
    package let classNames: [String]
    /// Rows are the true classes, columns the predicted ones; shape `[classCount, classCount]`.
    package private(set) var counts: [[Int]]

    /// Creates a matrix of nothing.
    package init(classNames: [String]) {
        self.classNames = classNames
        counts = classNames.map { _ in classNames.map { _ in 0 } }
    }

    /// Counts a clip.
    package mutating func add(actual: Int, predicted: Int) {
        counts[actual][predicted] += 1
    }

    /// The number of clips.
    package var total: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }

    /// The share of clips that were named rightly; nil if there are none.
    package var accuracy: Double? {
        let right = counts.indices.reduce(0) { $0 + counts[$1][$1] }
        return total > 0 ? Double(right) / Double(total) : nil
    }

    /// The mean of the recalls of the classes that have clips; nil if there are none.
    package var balancedAccuracy: Double? {
        let recalls = counts.indices.compactMap { tally(ofClass: $0).recall }
        return recalls.isEmpty ? nil : recalls.reduce(0, +) / Double(recalls.count)
    }

    /// Precision, recall and F1 of one class.
    package func tally(ofClass index: Int) -> DetectionTally {
        DetectionTally(
            referenceCount: counts[index].reduce(0, +),
            detectedCount: counts.reduce(0) { $0 + $1[index] },
            correctCount: counts[index][index]
        )
    }
}
