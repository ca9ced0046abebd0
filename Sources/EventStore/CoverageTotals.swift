/// How much of an asked time was spent in which state.
package struct CoverageTotals: Sendable, Equatable {
    /// The time asked for, in seconds; over all sources, their sum.
    package var askedSeconds: Double = 0
    /// The time in each state, in seconds; a state that did not occur is missing.
    package var seconds: [CoverageState: Double] = [:]
    /// The number of samples that were lost.
    package var lostSamples: Int64 = 0

    /// Creates totals of nothing.
    package init() {}

    /// The time that was really listened to, silence included, in seconds.
    package var listenedSeconds: Double {
        (seconds[.listening] ?? 0) + (seconds[.gated] ?? 0)
    }

    /// The part of the asked time that was really listened to, 0...1; nil if none was asked for.
    package var listenedFraction: Double? {
        askedSeconds > 0 ? min(1, listenedSeconds / askedSeconds) : nil
    }

    /// The time that nothing is known of, in seconds.
    package var unknownSeconds: Double {
        max(0, askedSeconds - seconds.values.reduce(0, +))
    }

    /// The totals of both, one after the other.
    package static func + (left: CoverageTotals, right: CoverageTotals) -> CoverageTotals {
        var sum = left
        sum.askedSeconds += right.askedSeconds
        sum.seconds.merge(right.seconds, uniquingKeysWith: +)
        sum.lostSamples += right.lostSamples
        return sum
    }
}
