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
        ComparedRecording(
            name: recording.name,
            durationSeconds: recording.durationSeconds,
            reference: recording.reference.joiningOverlaps(),
            detected: recording.detected.joiningOverlaps()
        )
    }
}
