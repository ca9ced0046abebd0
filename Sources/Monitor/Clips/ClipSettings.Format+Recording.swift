package import AudioFiles
package import Settings

extension ClipSettings.Format {
    /// The format of the file.
    package var recordingFormat: RecordingFormat {
        switch self {
        case .flac: .flac16
        case .flac24: .flac24
        case .wav: .wav16
        case .wav24: .wav24
        }
    }
}
