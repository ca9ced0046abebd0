import Detection
import Foundation
import Platform

/// A table of scores being written: `start_s`, then a column a class, a row a hop.
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
    /// - Throws: When the disk does not take it.
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
