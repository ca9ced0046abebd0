/// The file formats that recordings are written in.
package enum RecordingFormat: String, CaseIterable, Sendable {
    /// FLAC with 16 bits a sample.
    case flac16
    /// FLAC with 24 bits a sample.
    case flac24
    /// WAV with 16-bit integers.
    case wav16
    /// WAV with 24-bit integers.
    case wav24
    /// WAV with 32-bit floats, which keeps samples exactly.
    case wavFloat

    /// The extension of a file's name in this format, without the dot.
    package var fileExtension: String {
        switch self {
        case .flac16, .flac24: "flac"
        case .wav16, .wav24, .wavFloat: "wav"
        }
    }
}
