/// What became of a stretch of a source's time.
package enum CoverageState: String, Sendable, CaseIterable, Codable {
    /// Sound was captured and scored.
    case listening
    /// Sound was captured; it was silence, so the network rested.
    case gated
    /// Samples are missing, or were not looked at for lack of processor time.
    case lost
    /// The device was not there or did not deliver.
    case absent
    /// The service was not running.
    case stopped
}
