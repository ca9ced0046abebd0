import Detection
import Foundation
import ModelLibrary
import Monitor
import Platform
import Settings
import SoundDatasets

/// Writes every hop's scores of each recording into a folder: `NAME.csv` beside one another, or,
/// with several models, `NAME.MODEL.csv`, because each has windows of its own.
struct ScoreWriter {
    private let outputs: RecordingOutputs
    private let models: [SoundModel]

    /// Makes the folder.
    init(
        folder: String,
        recordings: [FileSearch.Found],
        models: [SoundModel],
        isDurable: Bool
    ) throws {
        self.models = models
        outputs = try RecordingOutputs(
            folder: folder,
            for: "the scores",
            recordings: recordings,
            longestSuffix: models.map { Self.suffix(of: $0, among: models) }
                .max { $0.utf8.count < $1.utf8.count } ?? "",
            isDurable: isDurable
        )
    }

    /// Begins the tables of one of the recordings, one per model.
    func open(recording: String) throws -> [ScoreTable] {
        try models.compactMap { model in
            let suffix = Self.suffix(of: model, among: models)
            return try outputs.path(of: recording, suffix: suffix).map { path in
                try ScoreTable(
                    path: path,
                    classNames: model.classes.map(\.name),
                    isDurable: outputs.isDurable
                )
            }
        }
    }

    private static func suffix(of model: SoundModel, among models: [SoundModel]) -> String {
        models.count == 1 ? ".csv" : ".\(OutputFolder.fileName(for: model.name)).csv"
    }
}

/// A table of scores being written: `start_s`, then a column per class, a row per hop.
///
/// A hop at which the gate was closed, or the scores were invalid, has empty fields. A table that is
/// not brought to its end is not there.
final class ScoreTable {
    private let file: OutputFile
    private let classCount: Int

    /// Begins the file with its header.
    ///
    /// - Throws: When the file can't be created.
    init(path: String, classNames: [String], isDurable: Bool) throws(FileWriteError) {
        file = try OutputFile(path: path, isDurable: isDurable)
        classCount = classNames.count
        try file.write((["start_s"] + classNames).joined(separator: ",") + "\n")
    }

    /// Writes a hop's row.
    ///
    /// - Parameters:
    ///   - hop: The hop.
    ///   - sampleRateHz: The rate of its sample times.
    /// - Throws: When it cannot be written.
    func write(_ hop: ScoredHop, sampleRateHz: Int) throws(FileWriteError) {
        let start = hop.window.lowerBound.seconds(atRate: sampleRateHz)
        let scores =
            hop.scores.isEmpty
            ? Array(repeating: "", count: classCount)
            : hop.scores.map { String(format: "%.6f", $0) }
        try file.write(
            ([String(format: "%.3f", start)] + scores).joined(separator: ",") + "\n"
        )
    }

    /// Ends the file.
    ///
    /// - Throws: When not everything could be written.
    func close() throws(FileWriteError) {
        try file.finish()
    }
}

/// Writes each recording's sound levels into a folder: `NAME-levels.csv` beside one another.
struct LevelWriter {
    private let outputs: RecordingOutputs
    private let calibration: SoundCalibration?

    /// Makes the folder; with a calibration the levels are sound pressure levels.
    init(
        folder: String,
        recordings: [FileSearch.Found],
        calibration: SoundCalibration?,
        isDurable: Bool
    ) throws {
        self.calibration = calibration
        outputs = try RecordingOutputs(
            folder: folder,
            for: "the sound levels",
            recordings: recordings,
            longestSuffix: "-levels.csv",
            isDurable: isDurable
        )
    }

    /// Writes the minutes of a recording that was analysed.
    ///
    /// - Throws: When the file can't be written.
    func write(_ minutes: [SoundMinute], of analysis: RecordingAnalysis) throws {
        guard let file = outputs.path(of: analysis.path, suffix: "-levels.csv") else { return }
        guard analysis.sampleRateHz >= SoundLevelMeter.leastSampleRateHz else {
            StandardError.writeMessage(
                "'\(analysis.path)' has a rate of \(analysis.sampleRateHz) Hz; sound "
                    + "levels need \(SoundLevelMeter.leastSampleRateHz) Hz or more."
            )
            return
        }
        let header = CSVLine.text(["start_s", "end_s"] + LevelTable.columns)
        let lines = minutes.map { minute in
            let interval = minute.statistics.interval
            let message = minute.message(source: "", calibrationDB: calibration?.fullScaleDB)
            let isDated = analysis.startTime != nil
            return CSVLine.text(
                [interval.lowerBound, interval.upperBound].map {
                    String(format: "%.3f", $0.seconds(atRate: analysis.sampleRateHz))
                } + LevelTable.cells(of: message, isDated: isDated)
            )
        }
        try OutputFile.write(header + lines.joined(), to: file, isDurable: outputs.isDurable)
    }
}
