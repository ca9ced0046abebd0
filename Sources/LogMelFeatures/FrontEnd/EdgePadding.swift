/// What lies beyond the recording's ends for frames that reach over them.
package enum EdgePadding: String, CaseIterable, Sendable, Codable {
    /// Zeros.
    case zeros
    /// Mirrored about the end sample, which is not repeated: d c b | a b c d.
    case reflect
    /// Mirrored with the end sample repeated, as Kaldi: c b a | a b c d.
    case symmetric
    /// The end sample over and over.
    case edge
}

extension EdgePadding {
    /// Samples that must be known before `count` samples of padding can be written.
    func samplesNeeded(forPadding count: Int) -> Int {
        switch self {
        case .zeros: 0
        case .reflect: count + 1
        case .symmetric: count
        case .edge: 1
        }
    }

    /// Index of the sample that stands at a position outside the recording, or nil for zero.
    ///
    /// A recording shorter than its padding is mirrored over and over, as NumPy's `pad`.
    /// - Parameters:
    ///   - position: Any position, negative before the recording.
    ///   - count: Samples in the recording, at least 1.
    /// - Returns: An index in `0..<count`, or nil.
    func index(at position: Int, count: Int) -> Int? {
        switch self {
        case .zeros:
            return nil
        case .edge:
            return min(max(position, 0), count - 1)
        case .reflect:
            let period = max(2 * (count - 1), 1)
            let phase = positiveRemainder(position, period)
            return min(phase, period - phase) % count
        case .symmetric:
            let period = 2 * count
            let phase = positiveRemainder(position, period)
            return min(phase, period - 1 - phase)
        }
    }

    private func positiveRemainder(_ value: Int, _ modulus: Int) -> Int {
        let remainder = value % modulus
        return remainder < 0 ? remainder + modulus : remainder
    }
}
