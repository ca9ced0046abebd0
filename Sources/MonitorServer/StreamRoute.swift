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

    /// The most past events that a stream begins with, if they are asked for by number.
    private static let maxRecentEvents = 100
    /// The most past events that a client gets that was away for long.
    private static let maxMissedEvents = 1_000
    /// How long an event may have lasted of which such a client still gets the end, in seconds.
    private static let longestEventSeconds = 86_400.0
    /// A stream on which nothing is sent for longer gets a comment, so that the client knows it is
    /// alive.
    private static let pingInterval = Duration.seconds(15)

    /// Prepares to answer up to so many streams at a time.
    init(history: HistoryReader, controls: MonitorControls, maxStreams: Int) {
        self.history = history
        self.controls = controls
        slots = StreamSlots(limit: maxStreams)
    }

    /// Messages from now on, after the past ones that the request asks for.
    func stream(_ request: Request) async throws -> Response {
        let query = try QueryReader(
            request.uri.query,
            known: ["types", "class", "source", "model", "recent", "last_id"]
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
        let last = try LastSeen(
            header: request.headers[.lastEventID],
            query: try query.one("last_id")
        )
        let slot = try slots.require()
        // Follow first, then look back, so that nothing falls between.
        let live = controls.follow(last?.position)
        let past = try await pastMessages(since: last, live, recentCount: recentCount, choice)
        let alreadySent = Set(past.compactMap(\.endedEventID))
        let body = ResponseBody { writer in
            // The slot is free again when this closure is released.
            _ = slot
            // A client that goes before the first message comes back to here.
            let opening = ": earwitness\nretry: 2000\nid: \(live.position)\n\n"
            let missed = past.map { ServerSentEvent($0).text }.joined()
            try await writer.write(ByteBuffer(string: opening + missed))
            var lastWrite = ContinuousClock.now
            for await placed in live.messages.cancelOnGracefulShutdown() {
                if let id = placed.eventID, alreadySent.contains(id) { continue }
                if choice.includes(placed.message) {
                    try await writer.write(ByteBuffer(string: ServerSentEvent(placed).text))
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

    /// What the stream begins with: what a client missed, or the past events that it asks for.
    private func pastMessages(
        since last: LastSeen?,
        _ live: LiveFollowing,
        recentCount: Int,
        _ choice: StreamChoice
    ) async throws -> [PlacedMessage] {
        switch last {
        case .message(let position):
            if let missed = live.missed { return missed.filter { choice.includes($0.message) } }
            let date = position.date
            let events = try await pastEvents(
                count: Self.maxMissedEvents,
                since: date - Self.longestEventSeconds,
                choice
            )
            return events.filter { $0.start >= date || $0.end.map { $0 >= date } ?? false }
                .map(Self.placed)
        case .event(let id):
            return try await pastEvents(count: Self.maxRecentEvents, choice)
                .filter { $0.id > id }.map(Self.placed)
        case nil:
            return try await pastEvents(count: recentCount, choice).map(Self.placed)
        }
    }

    /// An event of the history as a message; whoever breaks off after it gets later ones.
    private static func placed(_ event: StoredEvent) -> PlacedMessage {
        PlacedMessage(position: StreamPosition(at: event.start), message: .event(event.message))
    }

    /// The last past events, the oldest first.
    private func pastEvents(
        count: Int,
        since: Date? = nil,
        _ choice: StreamChoice
    ) async throws -> [StoredEvent] {
        guard count > 0, choice.kinds.contains(.event) else {
            return []
        }
        var filter = EventFilter()
        filter.since = since
        filter.classes = choice.classes.sorted()
        filter.source = choice.source
        filter.model = choice.model
        filter.limit = count
        filter.order = .newestFirst
        filter.includesOngoing = true
        let chosen = filter
        return try await history.read { store in try store.events(matching: chosen) }.reversed()
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
        case .near(let near):
            return (classes.isEmpty || classes.contains(near.className))
                && isWanted(near.source) && (model == nil || model == near.model)
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

/// What a client that comes back got last.
private enum LastSeen {
    /// A message of the stream.
    case message(StreamPosition)
    /// An event, by its number.
    case event(Int64)

    /// Reads what the client says; nil if it says nothing.
    ///
    /// - Parameters:
    ///   - header: As browsers say it; anything that is no place is passed over, as it may come
    ///     from another server at the same address.
    ///   - query: As other programs may say it.
    /// - Throws: `APIError` if the query names no place.
    init?(header: String?, query: String?) throws(APIError) {
        if let header, let seen = LastSeen(header) {
            self = seen
            return
        }
        guard let query else { return nil }
        guard let seen = LastSeen(query) else {
            throw .invalidValue("last_id: '\(query)' is not the id of a message of this stream.")
        }
        self = seen
    }

    private init?(_ text: String) {
        if let position = StreamPosition(text) {
            self = .message(position)
        } else if let id = Int64(text), id >= 0 {
            self = .event(id)
        } else {
            return nil
        }
    }

    /// The place in the stream; nil if it is not known.
    var position: StreamPosition? {
        if case .message(let position) = self { position } else { nil }
    }
}

extension PlacedMessage {
    /// The number of the event that the message is about; nil if it is another one.
    fileprivate var eventID: Int64? {
        if case .event(let event) = message { event.id } else { nil }
    }

    /// The number of the event that is over by the message.
    fileprivate var endedEventID: Int64? {
        if case .event(let event) = message, event.end != nil { event.id } else { nil }
    }
}
