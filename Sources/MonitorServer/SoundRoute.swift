import EventStore
import Foundation
import Hummingbird
import Messages
import Monitor

/// Answers with the classes that can be heard, their rules, and how they did in the last days.
struct SoundRoute: Sendable {
    let history: HistoryReader
    let controls: MonitorControls

    private static let secondsPerDay: TimeInterval = 86_400
    private static let defaultDays = 7
    private static let maxDays = 366

    func sounds(_ request: Request) async throws -> Response {
        let now = Date()
        let query = try QueryReader(request.uri.query, known: ["days"])
        let days = try query.integer("days", in: 1...Self.maxDays) ?? Self.defaultDays
        let asked = now - Double(days) * Self.secondsPerDay
        var sounds = try await controls.sounds()
        let (birth, summaries) = try await history.read { store in
            (try store.birth(), try store.classSummaries(from: asked, to: now))
        }
        // A history of two days has nothing to say of five more.
        let from = min(now, max(asked, birth ?? asked))
        let lastingDays = max(1, now.timeIntervalSince(from) / Self.secondsPerDay)
        let found = Dictionary(summaries.map { (Key($0.model, $0.className), $0) }) { $1 }
        for index in sounds.indices {
            let key = Key(sounds[index].modelName, sounds[index].className)
            guard let summary = found[key] else { continue }
            sounds[index].events = summary.events
            sounds[index].eventsPerDay = Double(summary.events) / lastingDays
            sounds[index].right = summary.rightLabels
            sounds[index].wrong = summary.wrongLabels
        }
        return JSONResponse.response(SoundListMessage(from: from, to: now, sounds: sounds))
    }

    private struct Key: Hashable {
        let model: String
        let className: String

        init(_ model: String, _ className: String) {
            self.model = model
            self.className = className
        }
    }
}
