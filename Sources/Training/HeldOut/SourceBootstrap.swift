import Evaluation
import SoundDatasets

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
