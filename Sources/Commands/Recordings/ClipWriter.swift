import AudioFiles
import Detection
import Foundation
import ModelLibrary
import Monitor
import Platform
import Settings

/// Writes the sound of each event of recordings into a folder: `NAME_SECONDS_CLASS.flac`, or, with
/// several models, `NAME_SECONDS_CLASS.MODEL.flac`.
struct ClipWriter {
    /// What is cut out, and how.
    let settings: ClipSettings
    private let outputs: RecordingOutputs
    private let modelNames: [String]

    /// Makes the folder.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - recordings: All recordings.
    ///   - models: The models that find the events.
    ///   - settings: Pre-roll, post-roll, length and format as configured. Private classes get
    ///     clips too, since the recording is there anyway; classes configured without do not.
    /// - Throws: When the folder can't be made.
    init(
        folder: String,
        recordings: [FileSearch.Found],
        models: [SoundModel],
        settings: ClipSettings
    ) throws {
        modelNames = models.map { OutputFolder.fileName(for: $0.name) }
        let longestModel = models.count > 1 ? modelNames.map(\.utf8.count).max() ?? 0 : 0
        let longestClass = models.flatMap(\.about.eventClasses).map(\.name.utf8.count).max() ?? 0
        outputs = try RecordingOutputs(
            folder: folder,
            for: "the clips",
            recordings: recordings,
            longestSuffix: "_000000000.000_..flac"
                + String(repeating: "x", count: longestModel + longestClass),
            isDurable: false
        )
        var settings = settings
        settings.keep = .all
        self.settings = settings
    }

    /// Writes the sound of an event.
    ///
    /// - Parameters:
    ///   - cut: The sound.
    ///   - recording: The path of the recording.
    ///   - isDated: Whether it is known when the recording began.
    /// - Throws: Why the file can't be written.
    func write(_ cut: ClipCut, of recording: String, isDated: Bool) throws(CommandFailure) {
        let seconds = cut.event.start.seconds(atRate: cut.sampleRateHz)
        let format = settings.format.recordingFormat
        // Two models may hear the same class at the same time.
        let model = modelNames.count > 1 ? ".\(modelNames[cut.model.rawValue])" : ""
        let name = OutputFolder.fileName(for: cut.soundClass.name)
        let suffix =
            String(format: "_%09.3f_", seconds) + "\(name)\(model).\(format.fileExtension)"
        guard let path = outputs.path(of: recording, suffix: suffix) else { return }
        do throws(RecordingError) {
            let writer = try RecordingWriter(
                path: path,
                format: format,
                sampleRateHz: cut.sampleRateHz,
                tags: cut.tags(
                    file: PathText.shown(PathText.lastPart(of: recording)),
                    hasDate: isDated
                )
            )
            try cut.write(to: writer)
            try writer.finish()
        } catch {
            // What can't be written is not the fault of the recording that was read.
            throw CommandFailure(
                ExitStatus(rawValue: error.exitCode) ?? .inputOutput,
                error.description
            )
        }
    }
}
