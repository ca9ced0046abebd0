/// Whether a source is loud enough for the network to run.
package enum GateState: String, Sendable, Codable {
    /// Sound is being scored.
    case open
    /// Silence: the network rests.
    case closed
}
