package import Detection

/// Under which familiarity a window is of no known class, fitted to annotated recordings.
///
/// The threshold keeps a given share of the windows in which a known sound is heard; what it is
/// worth shows in the share of the other windows that it rejects.
package struct OpenSetFit: Equatable, Sendable {
    /// How familiarity was measured.
    package let score: FamiliarityScore
    /// Windows less familiar than this are rejected.
    package let threshold: Float
    /// The windows with a known sound, and how many of them are kept.
    package let knownCount: Int
    package let keptCount: Int
    /// The windows without one, and how many of them are rejected.
    package let unknownCount: Int
    package let rejectedCount: Int
    /// The probability that a window with a known sound is more familiar than one without.
    package let rankingAccuracy: Double

    /// The share of the windows with a known sound that are kept.
    package var keptShare: Double { Double(keptCount) / Double(knownCount) }
    /// The share of the windows without a known sound that are rejected.
    package var rejectedShare: Double { Double(rejectedCount) / Double(unknownCount) }

    /// Fits the threshold.
    ///
    /// - Parameters:
    ///   - score: How the familiarity in the hops was measured.
    ///   - recordings: Judged recordings, with what is heard when.
    ///   - classNames: The classes that are known.
    ///   - keeping: The share of the windows with a known sound that are kept, 0...1.
    /// - Returns: The fit; nil where the recordings have no windows of either kind.
    package static func fit(
        _ score: FamiliarityScore,
        to recordings: [ScoredRecording],
        classNames: [String],
        keeping: Double
    ) -> OpenSetFit? {
        var known: [Float] = []
        var unknown: [Float] = []
        for recording in recordings {
            for hop in recording.hops {
                guard let familiarity = hop.familiarity else { continue }
                switch WindowLabels(of: hop, in: recording, classNames: classNames).isKnown {
                case true: known.append(familiarity)
                case false: unknown.append(familiarity)
                default: break
                }
            }
        }
        guard !known.isEmpty, !unknown.isEmpty else { return nil }
        known.sort()
        unknown.sort()
        // A share such as .9 is not exactly what it says in binary.
        let lost = Int(Double(known.count) * (1 - keeping) + 1e-9)
        let threshold = known[min(lost, known.count - 1)]
        return OpenSetFit(
            score: score,
            threshold: threshold,
            knownCount: known.count,
            keptCount: known.count { $0 >= threshold },
            unknownCount: unknown.count,
            rejectedCount: unknown.count { $0 < threshold },
            rankingAccuracy: rankingAccuracy(of: known, over: unknown)
        )
    }

    /// The area under the ROC curve, ties counting half; both are sorted.
    private static func rankingAccuracy(of known: [Float], over unknown: [Float]) -> Double {
        var (below, upTo) = (0, 0)
        var wins = 0.0
        for value in known {
            while below < unknown.count, unknown[below] < value { below += 1 }
            upTo = max(upTo, below)
            while upTo < unknown.count, unknown[upTo] <= value { upTo += 1 }
            wins += Double(below) + Double(upTo - below) / 2
        }
        return wins / Double(known.count) / Double(unknown.count)
    }
}
