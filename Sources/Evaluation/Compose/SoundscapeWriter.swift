import AudioFiles
import FileFailures
import Foundation
import SoundDatasets

/// Writes soundscapes as FLAC with Audacity labels of the same name.
package struct SoundscapeWriter: Sendable {
    private let folder: String

    /// Makes the folder if it is not there.
    package init(folder: String) throws(ComposeError) {
        self.folder = folder
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true
            )
        } catch {
            throw .cannotCreate(path: folder, reason: FileFailure.reason(error))
        }
    }

    /// Writes one soundscape.
    ///
    /// - Parameters:
    ///   - soundscape: The sound and its labels.
    ///   - number: Which one, from 0; the first file is `soundscape-0001.flac`.
    /// - Returns: The path of the recording.
    /// - Throws: `RecordingError` or ``ComposeError``.
    package func write(_ soundscape: Soundscape, number: Int) throws -> String {
        let name = "\(folder)/soundscape-\(String(format: "%04d", number + 1))"
        let writer = try RecordingWriter(
            path: "\(name).flac",
            format: .flac16,
            sampleRateHz: soundscape.sampleRateHz,
            channelCount: 1
        )
        try writer.write(soundscape.samples.span)
        try writer.finish()
        let labels = soundscape.sounds.map { sound in
            String(
                format: "%.6f\t%.6f\t",
                sound.onsetSeconds,
                sound.offsetSeconds
            ) + sound.label
                + "\n"
        }
        do {
            try Data(labels.joined().utf8).write(
                to: URL(fileURLWithPath: "\(name).txt"),
                options: .atomic
            )
        } catch {
            throw ComposeError.cannotCreate(
                path: "\(name).txt",
                reason: FileFailure.reason(error)
            )
        }
        return "\(name).flac"
    }
}
