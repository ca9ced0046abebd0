/// Height of the mel triangles.
package enum MelNormalisation: String, CaseIterable, Sendable, Codable {
    /// Every triangle has height 1.
    case peak
    /// Every triangle has area 1 over hertz: height 2 / (upper − lower edge), librosa's `slaney`.
    case area
}
