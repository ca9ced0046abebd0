import Detection
import Evaluation
import SoundDatasets

/// What a finished model detects in clips that it was not trained on, by its rules.
///
/// A clip counts as detected if the class's smoothed score reaches its threshold in any window;
/// windows at or below the gate count as 0, as in the monitor.
struct HeldOutReport: Equatable, Sendable {
    /// One reported class.
    struct ClassRow: Equatable, Sendable {
        /// The class.
        let name: String
        /// Whether the model switches it on by default.
        let isEnabled: Bool
        /// The clips of the class.
        let clipCount: Int
        /// How many of them were detected as it.
        let hitCount: Int
        /// How many of all clips were detected as it.
        let detectedCount: Int
        /// How many of the clips of no reported class were detected as it.
        let falseCount: Int
        /// The area under precision by recall; nil without clips of the class.
        let averagePrecision: Double?
        /// Its 95 % interval over the clips' sources (bootstrap).
        let averagePrecisionInterval: ClosedRange<Double>?
    }

    /// The clips of no reported class of one kind.
    struct NegativeRow: Equatable, Sendable {
        /// The kind of material.
        let kind: String
        /// How many they are.
        let clipCount: Int
        /// How long they last together.
        let seconds: Double
        /// How many were detected as an enabled class.
        let detectedCount: Int
    }

    /// The reported classes, in the order of the scores.
    let classes: [ClassRow]
    /// The clips of no reported class, by kind.
    let negatives: [NegativeRow]
    /// The expected calibration error of the scores as they are and calibrated, if they are.
    var calibrationError: CalibrationChange?

    /// The expected calibration error, the mean over the classes.
    struct CalibrationChange: Equatable, Sendable {
        /// Of the network's own scores.
        let before: Double
        /// Of the calibrated scores.
        let after: Double
    }

    /// The mean of the classes' average precisions; nil without clips of any.
    var meanAveragePrecision: Double? {
        let values = classes.compactMap(\.averagePrecision)
        return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }

    /// Judges clips.
    ///
    /// - Parameters:
    ///   - scores: The network's scores of the clips.
    ///   - clips: The clips, as many.
    ///   - seconds: How long each of them lasts.
    ///   - dataset: What their classes are.
    ///   - rules: The rule of each class, thresholds for the network's own scores.
    ///   - gateDBFS: Windows at or below this level count as silence.
    init(
        _ scores: [ClipScores],
        of clips: [LabelledClip],
        seconds: [Double],
        in dataset: SoundDataset,
        rules: [ClassRule],
        gateDBFS: Float
    ) {
        let peaks = scores.map { Self.peaks($0, rules, gateDBFS) }
        let isNegative = clips.map(dataset.isNegative)
        let reported = dataset.classNames.indices.filter { !dataset.unreported.contains($0) }
        func detects(_ index: Int, _ clip: Int) -> Bool { peaks[clip][index] >= rules[index].on }
        classes = reported.map { index in
            let own = clips.map { $0.classes.contains(index) }
            let detected = clips.indices.filter { detects(index, $0) }
            let curve = SourceBootstrap(
                scores: peaks.map { Double($0[index]) },
                isPositive: own,
                groups: clips.map(\.group)
            )
            return ClassRow(
                name: dataset.classNames[index],
                isEnabled: rules[index].isEnabled,
                clipCount: own.count { $0 },
                hitCount: detected.count { own[$0] },
                detectedCount: detected.count,
                falseCount: detected.count { isNegative[$0] },
                averagePrecision: curve.averagePrecision,
                averagePrecisionInterval: curve.interval
            )
        }
        let kinds = clips.map(dataset.kind)
        let names = Set(clips.indices.filter { isNegative[$0] }.map { kinds[$0] })
        negatives = names.sorted().map { kind in
            let own = clips.indices.filter { isNegative[$0] && kinds[$0] == kind }
            return NegativeRow(
                kind: kind,
                clipCount: own.count,
                seconds: own.reduce(0) { $0 + seconds[$1] },
                detectedCount: own.count { clip in
                    reported.contains { rules[$0].isEnabled && detects($0, clip) }
                }
            )
        }
    }

    /// Each class's highest smoothed score in a clip.
    private static func peaks(
        _ score: ClipScores,
        _ rules: [ClassRule],
        _ gateDBFS: Float
    ) -> [Float] {
        rules.enumerated().map { index, rule in
            var smoother = ScoreSmoother(rule.smoothing, over: rule.smoothingWindows)
            var peak: Float = 0
            for (row, level) in zip(score.windows, score.levels) {
                peak = max(peak, smoother.update(level > gateDBFS ? row[index] : 0))
            }
            return peak
        }
    }
}

/// The average precision of clips, and how far it could be otherwise with other sources.
struct SourceBootstrap {
    /// Of all clips; nil if none is positive.
    let averagePrecision: Double?
    /// The 95 % interval (percentiles of resampled sources, Efron 1979); nil if none is positive.
    let interval: ClosedRange<Double>?

    /// How often sources are drawn anew.
    private static let rounds = 400

    /// - Parameters:
    ///   - scores: A score for each clip.
    ///   - isPositive: Whether each clip is of the class.
    ///   - groups: The source of each clip; clips of one are drawn together.
    init(scores: [Double], isPositive: [Bool], groups: [String]) {
        averagePrecision =
            PrecisionRecallCurve(scores: scores, isPositive: isPositive).averagePrecision
        var clipsOfGroup: [String: [Int]] = [:]
        for (clip, group) in groups.enumerated() { clipsOfGroup[group, default: []].append(clip) }
        // Sources with and without the class are drawn apart, so that some of it is always there.
        let sources = clipsOfGroup.keys.sorted().compactMap { clipsOfGroup[$0] }
        let strata = [true, false].map { wanted in
            sources.filter { $0.contains { isPositive[$0] } == wanted }
        }
        guard averagePrecision != nil else {
            interval = nil
            return
        }
        var generator = SeededGenerator(seed: 1)
        var values: [Double] = []
        for _ in 0..<Self.rounds {
            var drawn: [Int] = []
            for stratum in strata {
                for _ in stratum.indices {
                    drawn += stratum[generator.index(below: stratum.count)]
                }
            }
            let curve = PrecisionRecallCurve(
                scores: drawn.map { scores[$0] },
                isPositive: drawn.map { isPositive[$0] }
            )
            if let value = curve.averagePrecision { values.append(value) }
        }
        let low = OverlapTally.quantile(0.025, of: values) ?? 0
        interval = low...max(low, OverlapTally.quantile(0.975, of: values) ?? 1)
    }
}
