/// What a source is doing, in `status`.
package enum SourceState: String, Sendable, Codable, CaseIterable {
    /// The device is being opened for the first time.
    case opening
    /// Sound is captured and scored.
    case listening
    /// Sound is captured and is silence, so the network rests.
    case gated
    /// The device is not there, or does not deliver; it is being looked for.
    case absent
    /// Sound is delivered, but something is wrong with it; the reason says what.
    case fault
    /// The source has come to its end: a file that was played.
    case ended
}
