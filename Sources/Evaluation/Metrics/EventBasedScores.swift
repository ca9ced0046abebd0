import SoundDatasets

/// Event-based precision, recall, F1 and error rate: whole events are right or wrong.
///
/// Agrees with sed_eval's `EventBasedMetrics` with optimal matching.
package enum EventBasedScores {
    /// Compares the events of all recordings.
    ///
    /// - Parameters:
    ///   - recordings: Each is matched for itself.
    ///   - classNames: The classes that get a tally; others count in the overall one only.
    ///   - rule: When an event is right.
    /// - Returns: The sums over the recordings.
    package static func evaluate(
        _ recordings: [ComparedRecording],
        classNames: [String],
        rule: EventMatchRule
    ) -> DetectionScores {
        var scores = DetectionScores(classNames: classNames)
        for recording in recordings {
            scores.overall += overall(recording, rule)
            let reference = Dictionary(grouping: recording.reference, by: \.label)
            let detected = Dictionary(grouping: recording.detected, by: \.label)
            for name in scores.byClass.keys {
                scores.byClass[name, default: DetectionTally()] += single(
                    reference[name] ?? [],
                    detected[name] ?? [],
                    rule
                )
            }
        }
        return scores
    }

    private static func single(
        _ reference: [LabelledSound],
        _ detected: [LabelledSound],
        _ rule: EventMatchRule
    ) -> DetectionTally {
        let matching = MaximumMatching(
            referenceCount: reference.count,
            detectedCount: detected.count
        ) { rule.accepts(detected[$1], for: reference[$0]) }
        return DetectionTally(
            referenceCount: reference.count,
            detectedCount: detected.count,
            correctCount: matching.count
        )
    }

    private static func overall(
        _ recording: ComparedRecording,
        _ rule: EventMatchRule
    ) -> DetectionTally {
        let (reference, detected) = (recording.reference, recording.detected)
        let matching = MaximumMatching(
            referenceCount: reference.count,
            detectedCount: detected.count
        ) {
            reference[$0].label == detected[$1].label
                && rule.accepts(detected[$1], for: reference[$0])
        }
        var isLeft = [Bool](repeating: true, count: detected.count)
        for detection in matching.detectionOfReference.compactMap({ $0 }) {
            isLeft[detection] = false
        }
        var tally = DetectionTally(
            referenceCount: reference.count,
            detectedCount: detected.count,
            correctCount: matching.count
        )
        for (index, sound) in reference.enumerated()
        where matching.detectionOfReference[index] == nil {
            let substitute = detected.indices.first {
                isLeft[$0] && rule.accepts(detected[$0], for: sound)
            }
            guard let substitute else { continue }
            isLeft[substitute] = false
            tally.substitutionCount += 1
        }
        tally.deletionCount -= tally.substitutionCount
        tally.insertionCount -= tally.substitutionCount
        return tally
    }
}
