import Detection
import Foundation
@preconcurrency import Glibc

/// A table of scores being written: `start_s`, then a column a class, a row a hop.
///
/// A hop at which the gate was closed has empty fields, because nobody asked the network.
final class ScoreTable {
    private let path: String
    private let file: UnsafeMutablePointer<FILE>
    private let classCount: Int
    private var isOpen = true

    /// Creates the file and writes the header.
    ///
    /// - Throws: When the file can't be created.
    init(path: String, classNames: [String]) throws {
        guard let file = fopen(path, "w") else {
            throw CommandFailure(
                .cannotCreate,
                "Cannot create '\(path)' for the scores (\(String(cString: strerror(errno))))."
            )
        }
        self.path = path
        self.file = file
        classCount = classNames.count
        fputs((["start_s"] + classNames).joined(separator: ",") + "\n", file)
    }

    deinit {
        // What was not brought to its end must not pass for a whole table.
        guard isOpen else { return }
        fclose(file)
        unlink(path)
    }

    /// Writes a hop's row.
    ///
    /// - Parameters:
    ///   - hop: The hop.
    ///   - sampleRateHz: The rate of its sample times.
    func write(_ hop: ScoredHop, sampleRateHz: Int) {
        let start = hop.window.lowerBound.seconds(atRate: sampleRateHz)
        let scores =
            hop.scores.isEmpty
            ? Array(repeating: "", count: classCount)
            : hop.scores.map { String(format: "%.6f", $0) }
        fputs(([String(format: "%.3f", start)] + scores).joined(separator: ",") + "\n", file)
    }

    /// Ends the file.
    ///
    /// - Throws: When not everything could be written.
    func close() throws {
        isOpen = false
        let failed = ferror(file) != 0
        guard fclose(file) == 0, !failed else {
            throw CommandFailure(
                .inputOutput,
                "Cannot write '\(path)' (\(String(cString: strerror(errno))))."
            )
        }
    }
}
