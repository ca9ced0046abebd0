/// What is remembered of a hop beside its scores.
struct RecentHop: Equatable, Sendable {
    let window: Range<SampleTime>
    let hop: Range<SampleTime>

    init(_ scored: ScoredHop) {
        window = scored.window
        hop = scored.hop
    }

    /// The window's length in samples.
    var windowLength: Int64 {
        window.upperBound - window.lowerBound
    }

    /// The hop's length in samples.
    var hopLength: Int64 {
        hop.upperBound - hop.lowerBound
    }
}
