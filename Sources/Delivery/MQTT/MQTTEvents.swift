import Dispatch
package import Foundation
package import Messages

/// The events of the history on their way into the outbox, and from there to the broker.
///
/// An event is put there once it is over. How far the history was read lasts with the outbox, so that a
/// start goes on where a crash ended.
package final class MQTTEvents: @unchecked Sendable {
    /// The name of the channel in the outbox, and of the reader.
    package static let channel = PublishRequest.channel
    /// The most events that are read at once.
    private static let chunk: Int64 = 500

    private let outbox: Outbox
    private let topic: String
    private let secondsToLive: TimeInterval
    private let lastEventID: @Sendable () throws -> Int64
    private let events: @Sendable (ClosedRange<Int64>) throws -> [EventMessage]
    /// When the service began, by the clock.
    private let begun = Date()
    private let queue = DispatchQueue(label: "mqtt.outbox")
    /// The events in the outbox that are behind one that goes on; only touched on `queue`.
    private var known: Set<Int64> = []

    /// Connects outbox and history.
    ///
    /// - Parameters:
    ///   - outbox: Where events wait.
    ///   - topic: Where they are published.
    ///   - secondsToLive: How long they wait at most.
    ///   - lastEventID: The number of the last event of the history, 0 without one.
    ///   - events: The events of some numbers, those that go on too, in their order.
    package init(
        outbox: Outbox,
        topic: String,
        secondsToLive: TimeInterval,
        lastEventID: @escaping @Sendable () throws -> Int64,
        events: @escaping @Sendable (ClosedRange<Int64>) throws -> [EventMessage]
    ) {
        self.outbox = outbox
        self.topic = topic
        self.secondsToLive = secondsToLive
        self.lastEventID = lastEventID
        self.events = events
    }

    /// Something else than events put a message into the channel.
    var arrivals: AsyncStream<Void> { outbox.arrivals(in: Self.channel) }

    /// Puts what is new in the history into the outbox.
    func readNew() async throws {
        try await blocking { try $0.read() }
    }

    /// The next message to be published; nil if there is none.
    func next() async throws -> OutboxMessage? {
        try await blocking {
            try $0.outbox.next(channel: Self.channel, now: Date(), inOrder: true)
        }
    }

    /// Records that the broker has a message.
    func delivered(_ message: OutboxMessage) async throws {
        try await blocking { try $0.outbox.delivered(message.id) }
    }

    /// Records that a message can't be published at all.
    func giveUp(_ message: OutboxMessage, reason: String) async throws {
        try await blocking { try $0.outbox.giveUp(message.id, reason: reason) }
    }

    /// What became of the messages; nil before the first one.
    package func counts() async throws -> ChannelCounts? {
        try await blocking { events in
            try events.outbox.counts().first { $0.channel == Self.channel }
        }
    }

    /// Reads on from where reading ended; the first time, from what was over when the service began.
    private func read() throws {
        let last = try lastEventID()
        var read = try outbox.progress(of: Self.channel)?.lastEvent ?? firstProgress(before: last)
        // The history was begun anew.
        if read > last { read = 0 }
        // An event that goes on holds up how far was read, but no event after it.
        var progress: Int64?
        while read < last {
            let end = min(last, read + Self.chunk)
            let found = try events(read + 1...end)
            progress = progress ?? found.first { $0.end == nil }.map { $0.id - 1 }
            let done = found.filter { $0.end != nil && !known.contains($0.id) }
            try outbox.append(
                done.map(message),
                progress: .init(reader: Self.channel, lastEvent: progress ?? end)
            )
            known.formUnion(done.map(\.id))
            read = end
        }
        known = known.filter { $0 > progress ?? read }
    }

    /// The number of the last event that was over when the service began.
    private func firstProgress(before last: Int64) throws -> Int64 {
        let recent = last > 0 ? try events(max(1, last - Self.chunk)...last) : []
        let new = recent.first { ($0.end ?? .distantFuture) >= begun }
        let progress = new.map { $0.id - 1 } ?? last
        try outbox.append([], progress: .init(reader: Self.channel, lastEvent: progress))
        return progress
    }

    private func message(of event: EventMessage) -> NewMessage {
        let end = event.end ?? event.start
        return NewMessage(
            channel: Self.channel,
            // The onset too: a history that was begun anew has the same numbers again.
            key: "\(event.id)/\(Int64((event.start.timeIntervalSince1970 * 1_000).rounded()))",
            payload: PublishRequest(topic: topic, payload: event.json.text).encoded,
            createdAt: end,
            expiresAt: max(end, Date()) + secondsToLive
        )
    }

    /// Runs what waits for the disk away from Swift's own threads.
    private func blocking<Value: Sendable>(
        _ body: @escaping @Sendable (MQTTEvents) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body(self) }) }
        }
    }
}
