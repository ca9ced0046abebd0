import AudioFiles
import Detection
import Evaluation
import Foundation
import LogMelFeatures
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

/// Draws each recording's spectrogram with its events into a folder: `NAME.png` beside one another.
struct SpectrogramWriter {
    private let outputs: RecordingOutputs
    private let models: [SoundModel]
    private let frontEnd: FrontEnd
    private let channel: RecordingChannel

    private static let namedFrequenciesHz: [Double] = [
        100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000,
    ]

    /// Makes the folder.
    init(
        folder: String,
        recordings: [FileSearch.Found],
        models: [SoundModel],
        channel: RecordingChannel,
        isDurable: Bool
    ) throws {
        outputs = try RecordingOutputs(
            folder: folder,
            for: "the spectrograms",
            recordings: recordings,
            longestSuffix: ".png",
            isDurable: isDurable
        )
        self.models = models
        self.channel = channel
        // One picture for all models: as the one sees it that hears the highest tones.
        let widest = models.max {
            $0.frontEnd.frequencyRangeHz.upperBound < $1.frontEnd.frequencyRangeHz.upperBound
        }
        frontEnd = Self.drawable(widest?.frontEnd ?? FrontEnd())
    }

    /// Draws a recording that was analysed.
    ///
    /// - Throws: When it can't be read again, or the picture can't be written.
    func write(_ analysis: RecordingAnalysis) throws {
        guard let path = outputs.path(of: analysis.path, suffix: ".png") else { return }
        var levels = SpectrogramLevels(
            bandCount: frontEnd.bandCount,
            secondsPerFrame: Double(frontEnd.hopLength) / Double(frontEnd.sampleRateHz)
        )
        _ = try RecordingFeatures(frontEnd: frontEnd, channel: channel)
            .forEachPiece(of: analysis.path) { levels.append($0) }
        if levels.columnCount == 0 {
            // Shorter than one frame: an empty picture rather than none.
            levels.append([Float](repeating: 0, count: frontEnd.bandCount).span)
        }
        let picture = SpectrogramPicture(
            levels: levels,
            marks: analysis.rows(models: models).map(SpectrogramMark.init),
            frequencyTicks: ticks
        )
        try OutputFile.write(picture.png(), to: path, isDurable: outputs.isDurable)
    }

    /// The names of some frequencies beside the bands that hold them.
    private var ticks: [SpectrogramPicture.Tick] {
        let scale = frontEnd.melScale
        let range = frontEnd.frequencyRangeHz
        let lowest = scale.mel(fromHertz: range.lowerBound)
        let step =
            (scale.mel(fromHertz: range.upperBound) - lowest) / Double(frontEnd.bandCount + 1)
        return Self.namedFrequenciesHz.filter(range.contains).map { hertz in
            let place = ((scale.mel(fromHertz: hertz) - lowest) / step).rounded() - 1
            let band = min(max(0, Int(place)), frontEnd.bandCount - 1)
            return (band, "\(Int(hertz))")
        }
    }

    /// The model's own front end where it gives a picture, else mel bands up to its own limit.
    private static func drawable(_ frontEnd: FrontEnd) -> FrontEnd {
        if frontEnd.representation == .melBands, frontEnd.compression != .none { return frontEnd }
        var bands = FrontEnd()
        bands.maximumFrequencyHz = min(8_000, Double(frontEnd.sampleRateHz) / 2)
        bands.compression = .logFloor(1e-6)
        return bands
    }
}
