import AudioFiles
import Foundation
package import Platform
import SoundDatasets

/// Writes soundscapes as FLAC with Audacity labels of the same name.
package struct SoundscapeWriter: Sendable {
    private let folder: String

    /// Makes the folder if it is not there.
    ///
    /// - Throws: Why it can't be made.
    package init(folder: String) throws(FileWriteError) {
        self.folder = folder
        try OutputFile.createFolder(folder)
    }

    /// Writes one soundscape.
    ///
    /// - Parameters:
    ///   - soundscape: The sound and its labels.
    ///   - number: Which one, from 0; the first file is `soundscape-0001.flac`.
    /// - Returns: The path of the recording.
    /// - Throws: `RecordingError` or `FileWriteError`; no recording is left without labels then.
    package func write(_ soundscape: Soundscape, number: Int) throws -> String {
        let name = "\(folder)/soundscape-\(String(format: "%04d", number + 1))"
        let labels = try OutputFile(path: "\(name).txt")
        for sound in soundscape.sounds {
            let times = String(format: "%.6f\t%.6f\t", sound.onsetSeconds, sound.offsetSeconds)
            try labels.write("\(times)\(sound.label)\n")
        }
        try labels.flush()
        let writer = try RecordingWriter(
            path: "\(name).flac",
            format: .flac16,
            sampleRateHz: soundscape.sampleRateHz,
            channelCount: 1
        )
        try writer.write(soundscape.samples.span)
        try writer.finish()
        try labels.finish()
        return "\(name).flac"
    }
}
