/// Counts of what was found and missed, and the rates made of them.
///
/// Definitions follow Mesaros, Heittola and Virtanen, "Metrics for Polyphonic Sound Event
/// Detection" (Applied Sciences 6(6), 2016). What is counted is events or segments.
package struct DetectionTally: Equatable, Sendable {
    /// How many there are in the reference.
    package var referenceCount = 0
    /// How many were detected.
    package var detectedCount = 0
    /// How many of the detected are in the reference.
    package var correctCount = 0
    /// Detections at the right time of the wrong class; 0 for a single class.
    package var substitutionCount = 0
    /// What is in the reference and was not detected, substitutions left out.
    package var deletionCount = 0
    /// What was detected and is not in the reference, substitutions left out.
    package var insertionCount = 0

    /// Creates a tally of nothing.
    package init() {}

    /// Creates the tally of a single class.
    package init(referenceCount: Int, detectedCount: Int, correctCount: Int) {
        self.referenceCount = referenceCount
        self.detectedCount = detectedCount
        self.correctCount = correctCount
        deletionCount = referenceCount - correctCount
        insertionCount = detectedCount - correctCount
    }

    /// The share of the detected that is right; nil if nothing was detected.
    package var precision: Double? { Self.share(correctCount, of: detectedCount) }

    /// The share of the reference that was detected; nil if the reference is empty.
    package var recall: Double? { Self.share(correctCount, of: referenceCount) }

    /// The harmonic mean of precision and recall; nil if the reference is empty.
    ///
    /// It is 0 where nothing was detected, so that a silent class lowers an average.
    package var f1: Double? {
        guard referenceCount > 0 else { return nil }
        return 2 * Double(correctCount) / Double(referenceCount + detectedCount)
    }

    /// Substitutions, deletions and insertions by the size of the reference; may exceed 1.
    ///
    /// Nil if the reference is empty.
    package var errorRate: Double? {
        Self.share(substitutionCount + deletionCount + insertionCount, of: referenceCount)
    }

    /// Adds the counts of another tally.
    package static func += (left: inout DetectionTally, right: DetectionTally) {
        left.referenceCount += right.referenceCount
        left.detectedCount += right.detectedCount
        left.correctCount += right.correctCount
        left.substitutionCount += right.substitutionCount
        left.deletionCount += right.deletionCount
        left.insertionCount += right.insertionCount
    }

    private static func share(_ count: Int, of total: Int) -> Double? {
        total > 0 ? Double(count) / Double(total) : nil
    }
}
