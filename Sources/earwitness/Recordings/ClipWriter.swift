import AudioFiles
import Detection
import Foundation
import ModelLibrary
import MonitorConfiguration
import MonitorPipeline

/// Writes the sound of each event of recordings into a folder: `NAME_SECONDS_CLASS.flac`.
struct ClipWriter {
    /// What is cut out, and how.
    let settings: ClipSettings
    private let folder: String
    private let stems: [String: String]

    /// Makes the folder.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - recordings: All recordings, so that two of one name are told apart.
    ///   - settings: Pre-roll, post-roll, length and format as configured. Whoever asks for clips
    ///     of recordings gets them of private classes too, unless a class is named as left out.
    /// - Throws: When the folder can't be made.
    init(folder: String, recordings: [String], settings: ClipSettings) throws {
        try OutputFolder.create(folder, for: "the clips")
        self.folder = folder
        stems = OutputFolder.stems(of: recordings)
        var settings = settings
        settings.keep = .all
        self.settings = settings
    }

    /// Writes the sound of an event.
    ///
    /// - Parameters:
    ///   - cut: The sound.
    ///   - recording: The path of the recording.
    /// - Throws: Why the file can't be written.
    func write(_ cut: ClipCut, of recording: String) throws(CommandFailure) {
        let seconds = cut.event.start.seconds(atRate: cut.sampleRateHz)
        let format = settings.format.recordingFormat
        let name = [
            stems[recording] ?? "recording", String(format: "%09.3f", seconds),
            OutputFolder.fileName(for: cut.soundClass.name),
        ].joined(separator: "_")
        do throws(RecordingError) {
            let writer = try RecordingWriter(
                path: "\(folder)/\(name).\(format.fileExtension)",
                format: format,
                sampleRateHz: cut.sampleRateHz,
                tags: cut.tags(
                    file: (recording as NSString).lastPathComponent,
                    hasDate: RecordingName(recording).startTime(localTimeZone: .current) != nil
                )
            )
            try cut.write(to: writer)
            try writer.finish()
        } catch {
            // What can't be written is no fault of the recording that was read.
            throw CommandFailure(
                ExitStatus(rawValue: error.exitCode) ?? .inputOutput,
                error.description
            )
        }
    }
}
