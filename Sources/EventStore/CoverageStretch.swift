package import Foundation

/// A stretch of a source's time and what became of it, before it has a row.
package struct CoverageStretch: Sendable, Equatable, Codable {
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
    /// Whether it counts only where nothing else is known; nil as false, for spools of earlier versions.
    private var yields: Bool?

    /// Creates the stretch from its parts.
    package init(
        state: CoverageState,
        start: Date,
        end: Date,
        lostSamples: Int64 = 0,
        reason: String? = nil,
        isOnlyWhereUnknown: Bool = false
    ) {
        precondition(end >= start, "a stretch does not end before it begins")
        precondition(lostSamples >= 0, "a number of samples is not negative")
        self.state = state
        self.start = start
        self.end = end
        self.lostSamples = lostSamples
        self.reason = reason
        yields = isOnlyWhereUnknown ? true : nil
    }

    /// Whether it counts only where nothing else is known: a clock that was set forward skipped it.
    package var isOnlyWhereUnknown: Bool { yields ?? false }

    /// The stretch as a row of a source.
    func span(ofSource sourceID: Int64) -> CoverageSpan {
        CoverageSpan(
            sourceID: sourceID,
            state: state,
            start: start,
            end: max(start, end),
            lostSamples: max(0, lostSamples),
            reason: reason
        )
    }
}
