import Logging
package import Messages
import Synchronization

/// Hands what a source produces to whoever follows it, and never waits for one.
///
/// A follower that falls behind loses the oldest of what waits for it.
package final class LiveOutlet<Element: Sendable>: Sendable {
    private struct State {
        var followers: [Int: AsyncStream<Element>.Continuation] = [:]
        var nextNumber = 0
        var isFinished = false
        /// When something was last published, or somebody began to follow.
        var lastChange = ContinuousClock.now
    }

    private let state = Mutex(State())
    private let count = Atomic(0)
    private let capacity: Int

    /// Creates an outlet without followers.
    ///
    /// - Parameter capacity: How much waits for a follower at most.
    package init(capacity: Int) {
        precondition(capacity > 0, "a follower needs room")
        self.capacity = capacity
    }

    /// How many follow; asked before anything is produced, without a lock.
    package var followerCount: Int { count.load(ordering: .relaxed) }

    /// Begins to follow: what is published from now on, until it is finished.
    package func follow() -> AsyncStream<Element> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Element.self,
            bufferingPolicy: .bufferingNewest(capacity)
        )
        let number: Int? = state.withLock { state in
            guard !state.isFinished else { return nil }
            state.lastChange = .now
            state.nextNumber += 1
            state.followers[state.nextNumber] = continuation
            count.store(state.followers.count, ordering: .relaxed)
            return state.nextNumber
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in self?.remove(number) }
        return stream
    }

    /// Gives something to all followers.
    package func publish(_ element: Element) {
        let followers = state.withLock { state in
            state.lastChange = .now
            return Array(state.followers.values)
        }
        for follower in followers { follower.yield(element) }
    }

    /// Ends the streams of those who follow now; others may begin.
    package func dismiss() {
        for follower in removeAll(isFinal: false) { follower.finish() }
    }

    /// Ends the streams on which nothing has come for a while.
    ///
    /// A follower that has gone shows only when something is sent to it; without this it would be
    /// counted for as long as a device is away.
    package func dismiss(silentFor longest: Duration) {
        guard followerCount > 0 else { return }
        let silence = state.withLock { $0.lastChange.duration(to: .now) }
        if silence >= longest { dismiss() }
    }

    /// Ends the streams of all followers, now and later.
    package func finish() {
        for follower in removeAll(isFinal: true) { follower.finish() }
    }

    private func removeAll(isFinal: Bool) -> [AsyncStream<Element>.Continuation] {
        state.withLock { state in
            defer {
                state.followers = [:]
                state.isFinished = state.isFinished || isFinal
                count.store(0, ordering: .relaxed)
            }
            return Array(state.followers.values)
        }
    }

    private func remove(_ number: Int) {
        state.withLock { state in
            state.followers[number] = nil
            count.store(state.followers.count, ordering: .relaxed)
        }
    }
}

/// A source's sound from now on.
package struct LiveListening: Sendable {
    /// The name of the source.
    package let source: String
    /// The rate of the samples in Hz.
    package let sampleRateHz: Int
    /// The samples as they come, mono; whoever is slow loses some.
    package let pieces: AsyncStream<[Int16]>

    /// Joins the parts.
    package init(source: String, sampleRateHz: Int, pieces: AsyncStream<[Int16]>) {
        self.source = source
        self.sampleRateHz = sampleRateHz
        self.pieces = pieces
    }
}

extension SoundMonitor {
    /// Lets somebody listen to a source, if the configuration allows it.
    ///
    /// - Parameter name: The source; nil where there is one.
    /// - Returns: Its sound.
    /// - Throws: ``ControlError`` when live listening is off, too many listen already, or there is no such
    ///   source.
    package func listen(toSource name: String?) throws(ControlError) -> LiveListening {
        let source = try liveSource(named: name)
        let sources = liveSources
        // Counted and added under one lock, so that no two take the last place.
        let pieces: AsyncStream<[Int16]>? = listenerLimit.withLock { limit in
            let listeners = sources.reduce(0) { $0 + $1.live.sound.followerCount }
            return listeners < limit ? source.live.sound.follow() : nil
        }
        guard let pieces else {
            let limit = listenerLimit.withLock { $0 }
            throw limit == 0 ? .listeningOff : .tooManyListeners(limit: limit)
        }
        log.notice("Somebody listens live.", metadata: ["source": "\(source.name)"])
        return LiveListening(
            source: source.name,
            sampleRateHz: source.live.soundRateHz,
            pieces: pieces
        )
    }

    /// Changes how many may listen live at once; 0 disconnects all listeners.
    package func apply(listenerLimit limit: Int) {
        listenerLimit.withLock { $0 = limit }
        guard limit == 0 else { return }
        for source in liveSources { source.live.sound.dismiss() }
    }
}
