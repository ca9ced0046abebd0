package import Foundation

/// A stretch of one source's time and what became of it.
package struct CoverageSpan: Sendable, Equatable {
    /// The row of the source.
    package var sourceID: Int64
    /// What became of the time.
    package var state: CoverageState
    /// The beginning.
    package var start: Date
    /// The end; not before `start`.
    package var end: Date
    /// The number of samples that are missing.
    package var lostSamples: Int64
    /// Why, in a few words for people; nil if the state says it all.
    package var reason: String?

    /// Creates the span from its parts.
    package init(
        sourceID: Int64,
        state: CoverageState,
        start: Date,
        end: Date,
        lostSamples: Int64 = 0,
        reason: String? = nil
    ) {
        precondition(end >= start, "a span does not end before it begins")
        precondition(lostSamples >= 0, "a number of samples is not negative")
        self.sourceID = sourceID
        self.state = state
        self.start = start
        self.end = end
        self.lostSamples = lostSamples
        self.reason = reason
    }
}
