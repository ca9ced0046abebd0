import Foundation
package import Messages

/// Publishes live messages to all followers and never waits for one.
///
/// A follower that falls behind by more than the capacity loses scores, levels and near misses; if
/// an event, a clip or a status does not fit either, its stream ends, so that it never misses one
/// unknowingly. The last events, clips and near misses are held, so that a follower that comes back
/// gets those that it missed.
package final class LiveFeed: @unchecked Sendable {
    private struct Follower {
        /// Gives it a message; false if it has no room.
        let send: (PlacedMessage) -> Bool
        let finish: () -> Void
    }

    // `followers`, `nextNumber`, `isFinished`, `last` and `held` are only touched while `lock` is
    // held.
    private let lock = NSLock()
    private var followers: [Int: Follower] = [:]
    private var nextNumber = 0
    private var isFinished = false
    private var last: StreamPosition
    /// The last messages that nobody should miss, the oldest first.
    private var held: [PlacedMessage] = []
    /// The place of the newest message that is no longer held.
    private var forgotten: Int64 = 0
    private let capacity: Int
    private let heldCapacity: Int

    /// Creates a feed without followers.
    ///
    /// - Parameters:
    ///   - capacity: The number of messages that wait for a follower at most.
    ///   - heldCapacity: The number of messages that are held for followers that come back.
    package init(capacity: Int = 256, heldCapacity: Int = 1_024) {
        precondition(capacity > 0, "a follower needs room for a message")
        self.capacity = capacity
        self.heldCapacity = heldCapacity
        last = StreamPosition(at: Date())
        last.run = String(UInt32.random(in: .min ... .max), radix: 36)
    }

    /// The number of followers.
    package var followerCount: Int {
        lock.withLock { followers.count }
    }

    /// Gives a message to all followers.
    package func publish(_ message: LiveMessage) {
        // Sent under the lock, so that every follower gets the messages in the order of their
        // places; ended after it, because a stream that ends removes its follower.
        let late = lock.withLock {
            let milliseconds = StreamPosition(at: Date()).milliseconds
            last.milliseconds = max(last.milliseconds, milliseconds)
            last.number += 1
            let placed = PlacedMessage(position: last, message: message)
            if message.isHeld { hold(placed) }
            let late = followers.filter { !$1.send(placed) && message.mustArrive }
            for number in late.keys { followers[number] = nil }
            return late
        }
        for follower in late.values { follower.finish() }
    }

    /// Begins to follow: everything that is published from now on, until the feed is finished.
    package func follow() -> AsyncStream<LiveMessage> {
        lock.withLock { add { $0.message } }
    }

    /// Begins to follow where a follower left off.
    ///
    /// - Parameter position: The place of the last message that it got; nil: it is new.
    /// - Returns: What it missed, and everything from now on.
    package func follow(after position: StreamPosition?) -> LiveFollowing {
        lock.withLock {
            LiveFollowing(
                position: last,
                missed: position.map { messages(after: $0) } ?? [],
                messages: add { $0 }
            )
        }
    }

    /// Ends the streams of all followers, now and later.
    package func finish() {
        let current = lock.withLock {
            isFinished = true
            defer { followers = [:] }
            return followers
        }
        for follower in current.values {
            follower.finish()
        }
    }

    /// Adds a follower that gets of each message what `element` makes of it.
    private func add<Element: Sendable>(
        _ element: @escaping (PlacedMessage) -> Element
    ) -> AsyncStream<Element> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Element.self,
            bufferingPolicy: .bufferingOldest(capacity)
        )
        guard !isFinished else {
            continuation.finish()
            return stream
        }
        nextNumber += 1
        let number = nextNumber
        followers[number] = Follower(
            send: {
                if case .dropped = continuation.yield(element($0)) { false } else { true }
            },
            finish: { continuation.finish() }
        )
        continuation.onTermination = { [weak self] _ in
            self?.remove(number)
        }
        return stream
    }

    private func hold(_ placed: PlacedMessage) {
        held.append(placed)
        // Taken off in one go now and then, so that none is moved for each.
        guard held.count >= 2 * heldCapacity else { return }
        let excess = held.count - heldCapacity
        forgotten = held[excess - 1].position.number
        held.removeFirst(excess)
    }

    /// The messages held after a place; nil if some are no longer held, or it is of another run.
    private func messages(after position: StreamPosition) -> [PlacedMessage]? {
        guard position.run == last.run, forgotten...last.number ~= position.number else {
            return nil
        }
        return held.filter { $0.position.number > position.number }
    }

    private func remove(_ number: Int) {
        lock.withLock { followers[number] = nil }
    }
}

/// What a follower gets that may have been here before.
package struct LiveFollowing: Sendable {
    /// The place after which `messages` begin.
    package let position: StreamPosition
    /// What it missed; nil if that is no longer in memory.
    package let missed: [PlacedMessage]?
    /// Everything from now on.
    package let messages: AsyncStream<PlacedMessage>
}

extension LiveMessage {
    /// Whether a follower that has no room for it must know that it missed something.
    fileprivate var mustArrive: Bool {
        switch self {
        case .event, .clip, .status: true
        case .scores, .level, .near: false
        }
    }

    /// Whether a follower that comes back gets it.
    fileprivate var isHeld: Bool {
        switch self {
        case .event, .clip, .near: true
        case .scores, .level, .status: false
        }
    }
}
