import AudioFiles
import EventStore
import Foundation
import Learning
import NeuralNetwork
import Settings

/// The clips that this box has kept, as embeddings.
struct PastSounds {
    /// A clip that is kept.
    struct Clip {
        let eventID: Int64
        let start: Date
        let className: String
        /// The class that a person gave it; nil: none did.
        let labelledClass: String?
        /// Whether a person called it a false alarm.
        let isFalseAlarm: Bool
        /// A row for each window.
        let rows: EmbeddingRows
    }

    /// The newest clips, in order of time.
    private(set) var clips: [Clip] = []
    /// The days from the first of them to now.
    private(set) var days = 0.0

    /// More take too long to wait for.
    private static let most = 200
    private static let stepSeconds = 0.48
    private static let longestSeconds = 30

    /// Reads them; a history that is not there has none, and what can't be read is left out.
    ///
    /// - Parameters:
    ///   - service: Where the history is.
    ///   - embedder: The network.
    ///   - without: Events that are examples themselves.
    init(service: ServiceOptions, embedder: WindowEmbedder, without: [Int64]) {
        guard
            let store = try? EventStore.openForQueries(path: service.location.databasePath)
        else { return }
        defer { try? store.close() }
        let kept = ((try? store.clips()) ?? []).filter { !without.contains($0.eventID) }
        for clip in kept.suffix(Self.most) {
            let path = "\(service.location.clipsDirectory)/\(clip.path)"
            guard let rows = try? Self.rows(of: path, embedder), rows.count > 0 else { continue }
            let label = (try? store.event(clip.eventID))?.userLabel
            clips.append(
                Clip(
                    eventID: clip.eventID,
                    start: clip.start,
                    className: clip.className,
                    labelledClass: label?.className,
                    isFalseAlarm: label != nil && label?.className == nil,
                    rows: rows
                )
            )
        }
        days = (clips.first.map { Date().timeIntervalSince($0.start) } ?? 0) / 86_400
    }

    private static func rows(of path: String, _ embedder: WindowEmbedder) throws -> EmbeddingRows {
        let reader = try RecordingReader(path: path)
        var samples: [Float] = []
        let most = longestSeconds * reader.sampleRateHz
        while samples.count < most, try reader.readMono(into: &samples, upTo: 1 << 15) > 0 {}
        return embedder.embeddings(
            of: try embedder.samples(samples, fromHz: reader.sampleRateHz),
            everySeconds: stepSeconds
        )
    }

    /// The best score that a calibrated head gives to a window of each clip, by event.
    func scored(by head: LinearHead) -> [Int64: Float] {
        var scores: [Int64: Float] = [:]
        for clip in clips {
            let best = head.values(of: clip.rows).max() ?? -.infinity
            scores[clip.eventID] = 1 / (1 + exp(-best))
        }
        return scores
    }
}
