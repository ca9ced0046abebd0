import Foundation
package import Messages

/// Publishes live messages to all followers and never waits for one.
///
/// A follower that falls behind by more than the capacity loses scores and levels; if an event, a
/// clip or a status does not fit either, its stream ends, so that it never misses one unknowingly.
package final class LiveFeed: @unchecked Sendable {
    // `followers`, `nextNumber` and `isFinished` are only touched while `lock` is held.
    private let lock = NSLock()
    private var followers: [Int: AsyncStream<LiveMessage>.Continuation] = [:]
    private var nextNumber = 0
    private var isFinished = false
    private let capacity: Int

    /// Creates a feed without followers.
    ///
    /// - Parameter capacity: The number of messages that wait for a follower at most.
    package init(capacity: Int = 256) {
        precondition(capacity > 0, "a follower needs room for a message")
        self.capacity = capacity
    }

    /// The number of followers.
    package var followerCount: Int {
        lock.withLock { followers.count }
    }

    /// Gives a message to all followers.
    package func publish(_ message: LiveMessage) {
        let current = lock.withLock { followers }
        for (number, follower) in current {
            guard case .dropped = follower.yield(message) else {
                continue
            }
            switch message.kind {
            case .event, .clip, .status:
                follower.finish()
                remove(number)
            case .scores, .level:
                break
            }
        }
    }

    /// Begins to follow: everything that is published from now on, until the feed is finished.
    package func follow() -> AsyncStream<LiveMessage> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: LiveMessage.self,
            bufferingPolicy: .bufferingOldest(capacity)
        )
        let number: Int? = lock.withLock {
            guard !isFinished else {
                return nil
            }
            nextNumber += 1
            followers[nextNumber] = continuation
            return nextNumber
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            self?.remove(number)
        }
        return stream
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

    private func remove(_ number: Int) {
        lock.withLock { followers[number] = nil }
    }
}
