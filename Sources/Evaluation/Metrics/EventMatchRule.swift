package import SoundDatasets

/// When a detected event counts as an annotated one: event-based evaluation with collars.
package struct EventMatchRule: Equatable, Sendable {
    /// Which edges of an event must be right.
    package enum Edges: String, Sendable { case onset, offset, both }

    /// The edges that are looked at.
    package var edges = Edges.both
    /// How far an edge may be off, in seconds.
    package var collarSeconds: Double = 0.2
    /// How far the offset may be off, as a share of the annotated length, if that is more.
    package var offsetLengthShare: Double = 0.5

    /// Creates DCASE's usual rule: 200 ms, and for the offset half of the length.
    package init() {}

    /// Whether the times fit, whatever the classes.
    package func accepts(_ detected: LabelledSound, for reference: LabelledSound) -> Bool {
        let onset = abs(reference.onsetSeconds - detected.onsetSeconds) <= collarSeconds
        let tolerance = max(collarSeconds, offsetLengthShare * reference.durationSeconds)
        let offset = abs(reference.offsetSeconds - detected.offsetSeconds) <= tolerance
        return switch edges {
        case .onset: onset
        case .offset: offset
        case .both: onset && offset
        }
    }
}
