/// Axis on which the sides of the mel triangles are straight.
package enum TriangleAxis: String, CaseIterable, Sendable, Codable {
    /// Straight over hertz, as librosa and torchaudio.
    case hertz
    /// Straight over mel, as HTK, Kaldi and TensorFlow.
    case mel
}
