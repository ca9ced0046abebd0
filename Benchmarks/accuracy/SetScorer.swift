import Commands
import Detection
import Evaluation
import Foundation
import ModelLibrary
import Monitor
import Settings
import SoundDatasets

/// Scores the folders of an accuracy set with the gate open, once for all variants.
struct SetScorer {
    let model: SoundModel
    let jobs: Int

    /// Scores recordings with and without sounds.
    ///
    /// - Parameters:
    ///   - clips: A folder.
    ///   - scenes: A folder.
    ///   - backgrounds: Folders with what they are made of: `NAME=FOLDER`.
    /// - Returns: The recordings with the network's own scores at every hop.
    /// - Throws: What of the folders, labels or recordings cannot be read.
    func score(
        clips: String,
        scenes: String,
        backgrounds: [String]
    ) async throws -> AccuracySet {
        var kinds: [(name: String, recordings: [ScoredRecording])] = []
        for entry in backgrounds {
            let parts = entry.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw AccuracyError.notAPair(entry) }
            kinds.append((parts[0], try await score(parts[1])))
        }
        return AccuracySet(
            clips: try await score(clips),
            scenes: try await score(scenes),
            backgrounds: kinds
        )
    }

    /// Scores the recordings in a folder's folders.
    private func score(_ folder: String) async throws -> [ScoredRecording] {
        guard let parts = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw AccuracyError.missing(folder)
        }
        var recordings: [AnnotatedRecording] = []
        for part in parts.sorted() {
            let path = "\(folder)/\(part)"
            guard case .recordings(let found) = try DataSetReader.read(path: path) else {
                throw AccuracyError.clips(path)
            }
            recordings += found
        }
        let network = model.withScoresOfTheNetwork
        var settings = try MonitorConfiguration().analysisSettings(for: network)
        settings.gate.openDBFS = -120
        settings.gate.closeDBFS = -120
        let analyzer = RecordingAnalyzer(model: network, settings: settings)
        FileHandle.standardError.write(Data("Scoring \(folder)\n".utf8))
        return try await RecordingScorer(analyzer: analyzer, jobs: jobs).score(recordings)
    }
}
