/// Where a window shorter than the transform lies in its buffer.
///
/// Power and magnitude do not depend on it; which samples a frame covers does.
package enum WindowPlacement: String, CaseIterable, Sendable, Codable {
    /// At the start, zeros after it: a frame begins at its first windowed sample.
    case start
    /// In the middle, as librosa and PyTorch: a frame spans the whole transform.
    case centre
}
