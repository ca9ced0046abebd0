import SoundDatasets

/// The polyphonic sound detection score: the area under what is found over how often it is wrong.
///
/// Agrees with psds_eval's `psds()`, with the hour as the unit of time. With a single class,
/// where psds_eval has no value, there are no cross-triggers.
package struct PSDScore: Equatable, Sendable {
    /// A corner of the curve, which keeps its height up to the next.
    package struct Corner: Equatable, Sendable {
        /// Effective false positives per hour.
        package let ratePerHour: Double
        /// Effective true positive ratio: mean of the classes less their weighted deviation.
        package let truePositiveRatio: Double
    }

    /// The score, 0...1.
    package let value: Double
    /// The curve under which it is the area.
    package let curve: [Corner]

    /// Evaluates a detector at several thresholds.
    ///
    /// - Parameters:
    ///   - operatingPoints: For each setting of the thresholds, the same recordings with what was
    ///     detected. Sounds of one class that overlap are joined first.
    ///   - classNames: The classes to evaluate; those of which the reference has no sound are
    ///     left out, as detections of other classes are.
    ///   - settings: The scenario.
    /// - Returns: The score, or nil where the reference has no sound of any class.
    package static func evaluate(
        operatingPoints: [[ComparedRecording]],
        classNames: [String],
        settings: PSDSettings
    ) -> PSDScore? {
        let present = Set((operatingPoints.first ?? []).flatMap { $0.reference.map(\.label) })
        let names = classNames.filter(present.contains).sorted()
        guard !names.isEmpty else { return nil }
        let points = operatingPoints.map { recordings in
            PSDOperatingPoint(
                recordings.map(joiningOverlaps),
                classNames: names,
                settings: settings
            )
        }
        return PSDScore(points, classCount: names.count, settings: settings)
    }

    private init(_ points: [PSDOperatingPoint], classCount: Int, settings: PSDSettings) {
        let corners = (0..<classCount).map { index in
            Self.staircase(
                points.map {
                    (
                        $0.effectiveRate(
                            ofClass: index,
                            crossTriggerWeight: settings.crossTriggerWeight
                        ),
                        $0.truePositiveRatios[index]
                    )
                }
            )
        }
        let rates = Set(corners.flatMap { $0.map(\.rate) }).sorted()
        var positions = [Int](repeating: 0, count: classCount)
        curve = rates.map { rate in
            let heights = corners.indices.map { index in
                while positions[index] + 1 < corners[index].count,
                    corners[index][positions[index] + 1].rate <= rate
                {
                    positions[index] += 1
                }
                return corners[index][positions[index]].height
            }
            let mean = heights.reduce(0, +) / Double(classCount)
            let variance =
                heights.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(classCount)
            let height = max(0, mean - settings.instabilityWeight * variance.squareRoot())
            return Corner(ratePerHour: rate, truePositiveRatio: height)
        }
        value = Self.area(under: curve, upTo: settings.maximumRatePerHour)
    }

    /// One class's highest ratio at each rate and all lower ones, beginning at rate 0.
    private static func staircase(
        _ points: [(rate: Double, height: Double)]
    ) -> [(rate: Double, height: Double)] {
        var corners: [(rate: Double, height: Double)] = [(0, 0)]
        for point in points.sorted(by: { ($0.rate, $0.height) < ($1.rate, $1.height) }) {
            let height = max(point.height, corners[corners.count - 1].height)
            if point.rate == corners[corners.count - 1].rate {
                corners[corners.count - 1].height = height
            } else {
                corners.append((point.rate, height))
            }
        }
        return corners
    }

    private static func area(under curve: [Corner], upTo limit: Double) -> Double {
        var sum = 0.0
        for (index, corner) in curve.enumerated() where corner.ratePerHour < limit {
            let end = index + 1 < curve.count ? curve[index + 1].ratePerHour : limit
            sum += (min(end, limit) - corner.ratePerHour) * corner.truePositiveRatio
        }
        return sum / limit
    }

    private static func joiningOverlaps(_ recording: ComparedRecording) -> ComparedRecording {
        var joined = recording
        joined.reference = recording.reference.joiningOverlaps()
        joined.detected = recording.detected.joiningOverlaps()
        return joined
    }
}

/// The parameters of the polyphonic sound detection score.
package struct PSDSettings: Equatable, Sendable {
    /// Detection tolerance: the share of a detection that must lie in annotated sound.
    package var detectionTolerance: Double
    /// Ground truth intersection: the share of an annotated sound that must be covered.
    package var referenceIntersection: Double
    /// Cross-trigger tolerance: the share of a false detection in sound of another class.
    package var crossTriggerTolerance: Double
    /// The weight of detections in sound of another class.
    package var crossTriggerWeight: Double
    /// The weight of the deviation between classes.
    package var instabilityWeight: Double
    /// The effective false positives an hour up to which the curve counts.
    package var maximumRatePerHour: Double

    /// DCASE's first scenario: quick reaction, times that are right.
    package static let scenario1 = PSDSettings(
        detectionTolerance: 0.7,
        referenceIntersection: 0.7,
        crossTriggerTolerance: 0.3,
        crossTriggerWeight: 0,
        instabilityWeight: 1,
        maximumRatePerHour: 100
    )

    /// DCASE's second scenario: the right class, whatever the times.
    package static let scenario2 = PSDSettings(
        detectionTolerance: 0.1,
        referenceIntersection: 0.1,
        crossTriggerTolerance: 0.3,
        crossTriggerWeight: 0.5,
        instabilityWeight: 1,
        maximumRatePerHour: 100
    )
}

/// How one setting of the thresholds does by the criteria of the polyphonic detection score.
///
/// Bilen and others, "A Framework for the Robust Evaluation of Sound Event Detection" (ICASSP
/// 2020), counted as psds_eval counts.
private struct PSDOperatingPoint: Equatable, Sendable {
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

/// The criteria of the polyphonic detection score, applied to one recording.
private struct PSDTrial {
    /// A detection of which too little lies in sound of its class.
    struct FalseDetection {
        /// The class that was detected.
        let label: String
        /// Whether any of it lies within the recording's length.
        let isInsideRecording: Bool
        /// The classes in whose sound much of it lies.
        let crossTriggeredLabels: [String]
    }

    /// The class of each annotated sound that was found.
    private(set) var foundLabels: [String] = []
    /// The detections that are wrong.
    private(set) var falseDetections: [FalseDetection] = []

    init(_ recording: ComparedRecording, settings: PSDSettings) {
        let reference = recording.reference.filter { $0.durationSeconds > 0 }
        let detected = recording.detected.filter { $0.durationSeconds > 0 }
        var accepted: [LabelledSound] = []
        for detection in detected {
            let share = Self.shareByLabel(of: detection, in: reference)
            if let own = share[detection.label], own >= settings.detectionTolerance {
                accepted.append(detection)
                continue
            }
            let others = share.filter {
                $0.key != detection.label && $0.value >= settings.crossTriggerTolerance
            }
            falseDetections.append(
                FalseDetection(
                    label: detection.label,
                    isInsideRecording: detection.onsetSeconds < recording.durationSeconds
                        && detection.offsetSeconds > 0,
                    crossTriggeredLabels: others.keys.sorted()
                )
            )
        }
        for sound in reference {
            let covers = accepted.filter { $0.label == sound.label }
                .map { sound.overlapSeconds(with: $0) / sound.durationSeconds }
                .filter { $0 > 0 }
            if !covers.isEmpty, covers.reduce(0, +) >= settings.referenceIntersection {
                foundLabels.append(sound.label)
            }
        }
    }

    /// The share of a detection that lies in sound of each class it meets.
    private static func shareByLabel(
        of detection: LabelledSound,
        in reference: [LabelledSound]
    ) -> [String: Double] {
        var share: [String: Double] = [:]
        for sound in reference {
            let overlap = detection.overlapSeconds(with: sound)
            guard overlap > 0 else { continue }
            share[sound.label, default: 0] += overlap / detection.durationSeconds
        }
        return share
    }
}
