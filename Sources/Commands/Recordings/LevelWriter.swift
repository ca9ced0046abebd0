import Detection
import Foundation
import Monitor
import Platform
import Settings
import SoundDatasets

/// Writes each recording's sound levels into a folder: `NAME-levels.csv` beside one another.
struct LevelWriter {
    private let folder: String
    private let names: OutputNames
    private let calibration: SoundCalibration?
    private let isDurable: Bool

    /// Makes the folder and a file name for each recording.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - recordings: All recordings, so that two of one name are told apart.
    ///   - calibration: What makes sound pressure levels of them.
    ///   - isDurable: Whether a finished file survives a loss of power.
    /// - Throws: When the folder can't be made.
    init(
        folder: String,
        recordings: [FileSearch.Found],
        calibration: SoundCalibration?,
        isDurable: Bool
    ) throws {
        try OutputFolder.create(folder, for: "the sound levels")
        self.folder = folder
        names = OutputNames(of: recordings, longestSuffix: "-levels.csv")
        self.calibration = calibration
        self.isDurable = isDurable
    }

    /// Writes the minutes of a recording that was analysed.
    ///
    /// - Throws: When the file can't be written.
    func write(_ minutes: [SoundMinute], of analysis: RecordingAnalysis) throws {
        guard let name = names[analysis.path] else { return }
        let file = PathText.join(folder, "\(name)-levels.csv")
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
        try OutputFile.write(header + lines.joined(), to: file, isDurable: isDurable)
    }
}
