import Foundation
import SoundDatasets

/// Segment-based precision, recall, F1 and error rate: which classes are on in each segment.
///
/// Agrees with sed_eval's `SegmentBasedMetrics`, the evaluated length being the recording's.
package enum SegmentBasedScores {
    /// Compares all recordings.
    ///
    /// - Parameters:
    ///   - recordings: Each is cut into segments from its beginning.
    ///   - classNames: The classes; sounds of others are left out.
    ///   - segmentSeconds: The length of a segment, above 0.
    /// - Returns: The sums over the segments.
    package static func evaluate(
        _ recordings: [ComparedRecording],
        classNames: [String],
        segmentSeconds: Double
    ) -> DetectionScores {
        precondition(segmentSeconds > 0, "A segment has a length")
        var scores = DetectionScores(classNames: classNames)
        for recording in recordings {
            let count = Int((recording.durationSeconds / segmentSeconds).rounded(.up))
            var reference = [Int](repeating: 0, count: count)
            var detected = reference
            var correct = reference
            for name in scores.byClass.keys {
                let truth = activity(of: name, recording.reference, count, segmentSeconds)
                let found = activity(of: name, recording.detected, count, segmentSeconds)
                var tally = (reference: 0, detected: 0, correct: 0)
                for segment in 0..<count {
                    reference[segment] += truth[segment] ? 1 : 0
                    detected[segment] += found[segment] ? 1 : 0
                    correct[segment] += truth[segment] && found[segment] ? 1 : 0
                    tally.reference += truth[segment] ? 1 : 0
                    tally.detected += found[segment] ? 1 : 0
                    tally.correct += truth[segment] && found[segment] ? 1 : 0
                }
                scores.byClass[name, default: DetectionTally()] += DetectionTally(
                    referenceCount: tally.reference,
                    detectedCount: tally.detected,
                    correctCount: tally.correct
                )
            }
            for segment in 0..<count {
                scores.overall += overall(
                    reference[segment],
                    detected[segment],
                    correct[segment]
                )
            }
        }
        return scores
    }

    /// Within a segment, wrong classes stand for missed ones as far as both last.
    private static func overall(
        _ reference: Int,
        _ detected: Int,
        _ correct: Int
    ) -> DetectionTally {
        var tally = DetectionTally()
        tally.referenceCount = reference
        tally.detectedCount = detected
        tally.correctCount = correct
        tally.substitutionCount = min(reference, detected) - correct
        tally.deletionCount = max(0, reference - detected)
        tally.insertionCount = max(0, detected - reference)
        return tally
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
