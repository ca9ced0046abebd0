/// What is taken of the complex spectrum.
package enum SpectrumKind: String, CaseIterable, Sendable, Codable {
    /// |X|², unscaled.
    case power
    /// |X|, unscaled.
    case magnitude
}
