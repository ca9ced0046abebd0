import EventStore
import Foundation
import HTTPTypes
import Hummingbird
import Messages
import Monitor
import NIOCore
import ServiceLifecycle

/// Answers with a stream of live messages.
struct StreamRoute: Sendable {
    private let history: HistoryReader
    private let controls: MonitorControls
    private let slots: StreamSlots

    /// The most past events that a stream begins with.
    private static let maxRecentEvents = 100
    /// A stream on which nothing is sent for longer gets a comment, so that the client knows it is
    /// alive.
    private static let pingInterval = Duration.seconds(15)

    /// Prepares to answer up to so many streams at a time.
    init(history: HistoryReader, controls: MonitorControls, maxStreams: Int) {
        self.history = history
        self.controls = controls
        slots = StreamSlots(limit: maxStreams)
    }

    /// Messages from now on, after the past events that the request asks for.
    func stream(_ request: Request) async throws -> Response {
        let query = try QueryReader(
            request.uri.query,
            known: ["types", "class", "source", "model", "recent"]
        )
        let choice = StreamChoice(
            kinds: try Self.kinds(try query.one("types")),
            classes: Set(query.all("class")),
            source: try query.one("source"),
            model: try query.one("model")
        )
        try await history.checkNames(
            classes: Array(choice.classes).sorted(),
            source: choice.source,
            model: choice.model
        )
        let recentCount = try query.integer("recent", in: 0...Self.maxRecentEvents) ?? 0
        let slot = try slots.require()
        // Follow first, then look back, so that nothing falls between.
        let live = controls.follow()
        let lastSeen = request.headers[.lastEventID].flatMap { Int64($0) }
        let recent = try await recentEvents(
            count: lastSeen == nil ? recentCount : Self.maxRecentEvents,
            after: lastSeen,
            choice
        )
        let alreadySent = Set(recent.filter { $0.end != nil }.map(\.id))
        let body = ResponseBody { writer in
            // The slot is free again when this closure is released.
            _ = slot
            let opening = ": earwitness\nretry: 2000\n\n"
            let past = recent.map { ServerSentEvent(.event($0)).text }.joined()
            try await writer.write(ByteBuffer(string: opening + past))
            var lastWrite = ContinuousClock.now
            for await message in live.cancelOnGracefulShutdown() {
                if case .event(let event) = message, alreadySent.contains(event.id) {
                    continue
                }
                if choice.includes(message) {
                    try await writer.write(ByteBuffer(string: ServerSentEvent(message).text))
                } else if lastWrite.duration(to: .now) > Self.pingInterval {
                    try await writer.write(ByteBuffer(string: ": ping\n\n"))
                } else {
                    continue
                }
                lastWrite = .now
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/event-stream; charset=utf-8",
                // A proxy passes on each message at once: it neither packs nor gathers them.
                .cacheControl: "no-cache, no-store, no-transform", .accelBuffering: "no",
            ],
            body: body
        )
    }

    private func recentEvents(
        count: Int,
        after lastSeen: Int64?,
        _ choice: StreamChoice
    ) async throws -> [EventMessage] {
        guard count > 0, choice.kinds.contains(.event) else {
            return []
        }
        var filter = EventFilter()
        filter.classes = choice.classes.sorted()
        filter.source = choice.source
        filter.model = choice.model
        filter.limit = count
        filter.order = .newestFirst
        filter.includesOngoing = true
        let chosen = filter
        let events = try await history.read { store in try store.events(matching: chosen) }
        return events.reversed().filter { $0.id > lastSeen ?? 0 }.map(\.message)
    }

    private static func kinds(_ text: String?) throws(APIError) -> Set<LiveMessage.Kind> {
        guard let text else {
            return Set(LiveMessage.Kind.allCases)
        }
        var kinds: Set<LiveMessage.Kind> = []
        for name in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let kind = LiveMessage.Kind(rawValue: String(name)) else {
                let known = LiveMessage.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                throw .invalidValue("types: '\(name)' is not one of \(known).")
            }
            kinds.insert(kind)
        }
        return kinds
    }
}

/// What a client of the stream wants to know.
private struct StreamChoice: Sendable {
    var kinds: Set<LiveMessage.Kind>
    /// The classes whose events are wanted; empty: all.
    var classes: Set<String>
    /// The source that is wanted; nil: all.
    var source: String?
    /// The model that is wanted; nil: all.
    var model: String?

    func includes(_ message: LiveMessage) -> Bool {
        guard kinds.contains(message.kind) else {
            return false
        }
        switch message {
        case .event(let event):
            return (classes.isEmpty || classes.contains(event.className))
                && isWanted(event.source) && (model == nil || model == event.model)
        case .clip: return true
        case .scores(let scores):
            return isWanted(scores.source) && (model == nil || model == scores.model)
        case .level(let level): return isWanted(level.source)
        case .status: return true
        }
    }

    private func isWanted(_ name: String) -> Bool {
        source == nil || source == name
    }
}

extension HTTPField.Name {
    /// Sent by a browser that connects again: the last event that it has seen.
    fileprivate static var lastEventID: HTTPField.Name {
        guard let name = HTTPField.Name("Last-Event-ID") else {
            preconditionFailure("a valid name")
        }
        return name
    }
}
