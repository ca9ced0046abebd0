package import Foundation
package import Logging
import Messages
import Platform

/// How long to wait after a failure: twice as long each time, up to a limit, with jitter, so that
/// receivers that come back are not asked by everybody at once.
package struct Backoff: Sendable, Equatable {
    /// The first wait, in seconds.
    package var first: Double = 2
    /// The longest wait, in seconds.
    package var longest: Double = 900

    /// Creates the usual waits.
    package init(first: Double = 2, longest: Double = 900) {
        self.first = first
        self.longest = longest
    }

    /// The wait after some failures in a row, in seconds.
    ///
    /// - Parameters:
    ///   - failures: How many, 1 or more.
    ///   - chance: A random number, 0..<1.
    /// - Returns: The wait.
    package func delay(after failures: Int, chance: Double) -> Double {
        let doubled = first * Double(1 << min(max(failures - 1, 0), 30))
        return min(doubled, longest) * (0.75 + 0.5 * chance)
    }
}

/// Delivers the messages of one channel, one after the other.
///
/// It has a queue of its own, on which it may wait for a slow receiver: no other channel waits with
/// it, nor the audio path.
package actor Courier {
    private let executor = SerialQueueExecutor(label: "earwitness.courier")
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    /// The channel.
    package nonisolated let channel: String
    private let outbox: Outbox
    private let backoff: Backoff
    private let now: @Sendable () -> Date
    private let log: Logger
    private var receiver: Receiver
    private var failures = 0
    private var pausedUntil = Date.distantPast
    private var alarm: Task<Void, Never>?
    /// Ends a delivery that is under way.
    private nonisolated let cancellation = Cancellation()

    /// Creates a courier who does not work yet.
    package init(
        channel: String,
        receiver: Receiver,
        outbox: Outbox,
        backoff: Backoff = Backoff(),
        now: @escaping @Sendable () -> Date = { Date() },
        log: Logger
    ) {
        self.channel = channel
        self.receiver = receiver
        self.outbox = outbox
        self.backoff = backoff
        self.now = now
        self.log = log
    }

    /// Delivers from the next message on to another receiver, and tries at once what waits.
    package func apply(_ receiver: Receiver) {
        self.receiver = receiver
        failures = 0
        pausedUntil = .distantPast
        outbox.signal(channel)
    }

    /// Works until its task is cancelled; a delivery that is under way is finished first.
    package func run() async {
        let arrivals = outbox.arrivals(in: channel)
        outbox.signal(channel)
        for await _ in arrivals {
            deliverAll()
            wakeLater()
        }
        alarm?.cancel()
    }

    /// Ends a delivery that is under way; it counts as failed.
    package nonisolated func interrupt() { cancellation.cancel() }

    private func deliverAll() {
        do {
            while !Task.isCancelled, now() >= pausedUntil,
                let message = try outbox.next(channel: channel, now: now())
            {
                try deliver(message)
            }
        } catch {
            pausedUntil = now() + backoff.delay(after: 1, chance: .random(in: 0..<1))
            log.error("\(error)")
        }
    }

    private func deliver(_ message: OutboxMessage) throws(OutboxError) {
        guard let notice = try? NewsCoding.decoder.decode(Notice.self, from: message.payload) else {
            try outbox.giveUp(message.id, reason: "its content is damaged", now: now())
            return
        }
        guard !receiver.waitsForClip(notice, now: now()) else {
            try outbox.postpone(message.id, until: now() + 2)
            return
        }
        let outcome = receiver.deliver(
            notice,
            key: "\(channel)/\(message.key)",
            cancellation: cancellation
        )
        switch outcome {
        case .delivered:
            try outbox.delivered(message.id, now: now())
            if failures > 0 { log.notice("\(channel): delivers again.") }
            failures = 0
        case .refused(let reason):
            try outbox.giveUp(message.id, reason: reason, now: now())
            log.error("\(channel): the message '\(notice.title)' is given up: \(reason).")
        case .failed(let reason):
            failures += 1
            let wait = backoff.delay(after: failures, chance: .random(in: 0..<1))
            pausedUntil = now() + wait
            let retry = min(pausedUntil, message.expiresAt)
            try outbox.failed(message.id, reason: reason, retryAt: retry, now: now())
            if failures == 1 {
                log.warning("\(channel): a message is tried again, it failed: \(reason).")
            }
        }
    }

    /// Wakes up when the next message is due.
    private func wakeLater() {
        alarm?.cancel()
        let due: Date
        do {
            guard let next = try outbox.nextDate(channel: channel) else { return }
            due = next
        } catch {
            due = .distantFuture
        }
        // A clock that is set back must not keep a message for long.
        let seconds = min(max(max(due, pausedUntil) - now(), 0.01), 60)
        alarm = Task { [outbox, channel] in
            guard (try? await Task.sleep(for: .seconds(seconds))) != nil else { return }
            outbox.signal(channel)
        }
    }
}

/// News as it waits in the outbox.
enum NewsCoding {
    static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(UTCTimestamp.text(date))
        }
        return encoder
    }

    static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let text = try decoder.singleValueContainer().decode(String.self)
            guard let date = UTCTimestamp.moment(text) else {
                throw DecodingError.dataCorrupted(
                    .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' is no time")
                )
            }
            return date
        }
        return decoder
    }
}
