import SoundDatasets

/// How one setting of the thresholds does by the criteria of the polyphonic detection score.
///
/// Bilen and others, "A Framework for the Robust Evaluation of Sound Event Detection" (ICASSP
/// 2020), counted as psds_eval counts.
struct PSDOperatingPoint: Equatable, Sendable {
    /// The share of each class's annotated sounds that were found, shape `[classCount]`.
    private(set) var truePositiveRatios: [Double]
    /// False positives of each class per hour of recordings, shape `[classCount]`.
    private(set) var falsePositivesPerHour: [Double]
    /// For each class, the mean over the others of false detections per hour of their sound.
    private(set) var crossTriggersPerHour: [Double]

    /// Counts the detections in all recordings.
    ///
    /// - Parameters:
    ///   - recordings: At least one, with a length, their sounds of one class not overlapping.
    ///   - classNames: The classes, of each of which the reference has at least one sound.
    ///   - settings: The tolerances.
    init(_ recordings: [ComparedRecording], classNames: [String], settings: PSDSettings) {
        let indices = Dictionary(
            uniqueKeysWithValues: classNames.enumerated().map { ($1, $0) }
        )
        var found = [Int](repeating: 0, count: classNames.count)
        var total = found
        var referenceSeconds = [Double](repeating: 0, count: classNames.count)
        var falsePositives = found
        var crossTriggers = [[Int]](repeating: found, count: classNames.count)
        for recording in recordings {
            for sound in recording.reference {
                guard let index = indices[sound.label] else { continue }
                total[index] += 1
                referenceSeconds[index] += sound.durationSeconds
            }
            let trial = PSDTrial(recording, settings: settings)
            for label in trial.foundLabels {
                if let index = indices[label] { found[index] += 1 }
            }
            for miss in trial.falseDetections {
                guard let index = indices[miss.label] else { continue }
                falsePositives[index] += miss.isInsideRecording ? 1 : 0
                for other in miss.crossTriggeredLabels {
                    if let column = indices[other] { crossTriggers[index][column] += 1 }
                }
            }
        }
        let hours = recordings.reduce(0) { $0 + $1.durationSeconds } / 3_600
        truePositiveRatios = zip(found, total).map { Double($0) / Double($1) }
        falsePositivesPerHour = falsePositives.map { Double($0) / hours }
        let others = max(1, classNames.count - 1)
        crossTriggersPerHour = crossTriggers.enumerated().map { row, counts in
            let rates = counts.indices.filter { $0 != row }.map { column in
                Double(counts[column]) * 3_600 / referenceSeconds[column]
            }
            return rates.reduce(0, +) / Double(others)
        }
    }

    /// False positives an hour of a class with its cross-triggers, weighted.
    func effectiveRate(ofClass index: Int, crossTriggerWeight: Double) -> Double {
        falsePositivesPerHour[index] + crossTriggerWeight * crossTriggersPerHour[index]
    }
}
