import Foundation
package import SoundDatasets

/// Counts of detections and misses, and the rates computed from them.
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

    /// Makes substitutions of pairs of a deletion and an insertion.
    mutating func substitute(_ count: Int) {
        substitutionCount += count
        deletionCount -= count
        insertionCount -= count
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

/// Tallies over all classes and of each class.
package struct DetectionScores: Equatable, Sendable {
    /// Over all classes, where a detection of the wrong class can be a substitution.
    package var overall = DetectionTally()
    /// Of each class for itself, by its name.
    package var byClass: [String: DetectionTally]

    /// Creates scores of nothing.
    package init(classNames: [String]) {
        byClass = Dictionary(
            classNames.map { ($0, DetectionTally()) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The mean of the classes' F1, over the classes of which the reference has any.
    package var macroF1: Double? { byClass.values.compactMap(\.f1).mean }

    /// The mean of the classes' error rates, over the classes of which the reference has any.
    package var macroErrorRate: Double? { byClass.values.compactMap(\.errorRate).mean }
}

/// What is in a recording, and what was found in it.
package struct ComparedRecording: Equatable, Sendable {
    /// The file.
    package var name: String
    /// The length in seconds.
    package var durationSeconds: Double
    /// The annotated sounds.
    package var reference: [LabelledSound]
    /// The detected sounds.
    package var detected: [LabelledSound]

    /// The recording without sounds of other labels.
    package func keeping(labels: Set<String>) -> ComparedRecording {
        var kept = self
        kept.reference.removeAll { !labels.contains($0.label) }
        kept.detected.removeAll { !labels.contains($0.label) }
        return kept
    }
}

/// Segment-based precision, recall, F1 and error rate: which classes are on in each segment.
///
/// Agrees with sed_eval's `SegmentBasedMetrics`, the evaluated length being the recording's.
enum SegmentBasedScores {
    /// Compares all recordings.
    ///
    /// - Parameters:
    ///   - recordings: Each is cut into segments from its beginning.
    ///   - classNames: The classes; sounds of others are left out.
    ///   - segmentSeconds: The length of a segment, above 0.
    /// - Returns: The sums over the segments.
    static func evaluate(
        _ recordings: [ComparedRecording],
        classNames: [String],
        segmentSeconds: Double
    ) -> DetectionScores {
        precondition(segmentSeconds > 0, "A segment has a length")
        var scores = DetectionScores(classNames: classNames)
        for recording in recordings {
            let count = Int((recording.durationSeconds / segmentSeconds).rounded(.up))
            var segments = [DetectionTally](repeating: DetectionTally(), count: count)
            for name in scores.byClass.keys {
                let truth = activity(of: name, recording.reference, count, segmentSeconds)
                let found = activity(of: name, recording.detected, count, segmentSeconds)
                for segment in 0..<count where truth[segment] || found[segment] {
                    let tally = DetectionTally(
                        referenceCount: truth[segment] ? 1 : 0,
                        detectedCount: found[segment] ? 1 : 0,
                        correctCount: truth[segment] && found[segment] ? 1 : 0
                    )
                    segments[segment] += tally
                    scores.byClass[name, default: DetectionTally()] += tally
                }
            }
            for var segment in segments {
                // Within a segment, wrong classes stand for missed ones as far as both last.
                segment.substitute(min(segment.deletionCount, segment.insertionCount))
                scores.overall += segment
            }
        }
        return scores
    }

    private static func activity(
        of label: String,
        _ sounds: [LabelledSound],
        _ count: Int,
        _ segmentSeconds: Double
    ) -> [Bool] {
        var isOn = [Bool](repeating: false, count: count)
        for sound in sounds where sound.label == label {
            let first = max(0, Int((sound.onsetSeconds / segmentSeconds).rounded(.down)))
            let end = min(count, Int((sound.offsetSeconds / segmentSeconds).rounded(.up)))
            for segment in first..<max(first, end) { isOn[segment] = true }
        }
        return isOn
    }
}
