import Foundation
package import Logging
package import Messages
import ServiceLifecycle
import Synchronization

/// Ships the history to the fleet's database, as long as the service runs.
///
/// Events are shipped within about a second, what was listened to once a minute. While the database
/// does not take them they stay where they are, in the history.
package final class FleetService: Service {
    private struct State {
        var waiting = 0
        var fault: FleetFault?
        /// How often in a row something else failed: history or outbox.
        var troubles = 0
    }

    private let shipper: FleetShipper
    private let backoff: Backoff
    private let follow: @Sendable () -> AsyncStream<LiveMessage>
    private let log: Logger
    private let state = Mutex(State())
    private let coverageIsDue = Atomic<Bool>(true)
    private let work: AsyncStream<Void>
    private let trigger: AsyncStream<Void>.Continuation

    /// How often what was listened to is shipped.
    private static let interval = Duration.seconds(60)
    /// How long events are gathered.
    private static let pause: Double = 1
    /// How long an idle connection is kept.
    private static let idleTime = Duration.seconds(10)
    /// How long the last events may take when the service ends.
    private static let farewell = Duration.seconds(2)

    /// Prepares the service.
    ///
    /// - Parameters:
    ///   - shipper: Who ships.
    ///   - backoff: How long to wait after a failure.
    ///   - follow: Begins to follow what the monitor publishes.
    ///   - log: The service's log.
    package init(
        _ shipper: FleetShipper,
        backoff: Backoff = Backoff(first: 2, longest: 60),
        follow: @escaping @Sendable () -> AsyncStream<LiveMessage>,
        log: Logger
    ) {
        self.shipper = shipper
        self.backoff = backoff
        self.follow = follow
        self.log = log
        (work, trigger) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1)
        )
    }

    /// How many events wait, and why they do; nil if nothing is wrong.
    package var condition: (waiting: Int, fault: String?) {
        state.withLock { ($0.waiting, $0.fault?.description) }
    }

    package func run() async throws {
        trigger.yield()
        let delivery = Task { await deliver() }
        let clock = Task {
            while true {
                try await Task.sleep(for: Self.interval)
                coverageIsDue.store(true, ordering: .relaxed)
                trigger.yield()
            }
        }
        await followMonitor()
        // The monitor has ended. The services end one by one, and one that is early is an error.
        try? await gracefulShutdown()
        clock.cancel()
        await end(delivery)
    }

    /// Wakes the shipper whenever an event begins or ends, until the monitor has ended.
    private func followMonitor() async {
        while !Task.isCancelled {
            var wasEmpty = true
            for await message in follow() {
                wasEmpty = false
                if case .event = message { trigger.yield() }
            }
            // A stream that ends at once is that of a monitor that has ended; one that was too slow
            // begins anew.
            if wasEmpty { return }
            trigger.yield()
        }
    }

    private func deliver() async {
        var failures = 0
        var idle: Task<Void, Never>?
        for await _ in work {
            idle?.cancel()
            let succeeded = await attempt()
            failures = succeeded ? 0 : failures + 1
            let wait =
                succeeded
                ? Self.pause : backoff.delay(after: failures, chance: .random(in: 0..<1))
            guard (try? await Task.sleep(for: .seconds(wait))) != nil else { break }
            if !succeeded { trigger.yield() }
            idle = Task { [shipper] in
                guard (try? await Task.sleep(for: Self.idleTime)) != nil else { return }
                await shipper.disconnect()
            }
        }
        idle?.cancel()
    }

    /// Ships what is new.
    ///
    /// - Returns: Whether all of it was.
    private func attempt() async -> Bool {
        let hasCoverage = coverageIsDue.exchange(false, ordering: .relaxed)
        var fault: FleetFault?
        var trouble: (any Error)?
        do {
            _ = try await shipper.ship(coverage: hasCoverage)
        } catch let found as FleetFault {
            fault = found
        } catch {
            trouble = error
        }
        let waiting = await shipper.waiting
        if fault != nil || trouble != nil { coverageIsDue.store(true, ordering: .relaxed) }
        let (before, troubles) = state.withLock { state in
            defer {
                state.waiting = waiting
                if trouble == nil { state.fault = fault }
                state.troubles = trouble == nil ? 0 : state.troubles + 1
            }
            return (state.fault, state.troubles)
        }
        report(fault, before: before, waiting: waiting)
        // At the start the history is not open yet; what lasts is worth a line.
        if let trouble, troubles == 3 { log.warning("The fleet gets no events: \(trouble)") }
        return fault == nil && trouble == nil
    }

    private func report(_ fault: FleetFault?, before: FleetFault?, waiting: Int) {
        if let fault, fault != before {
            log.warning("\(fault) \(waiting) event(s) wait in the history.")
        } else if fault == nil, before != nil {
            log.notice("The fleet's database takes events again.")
        }
    }

    /// Ships what came last, if the server takes it soon.
    private func end(_ delivery: Task<Void, Never>) async {
        trigger.finish()
        delivery.cancel()
        coverageIsDue.store(true, ordering: .relaxed)
        let (end, finish) = AsyncStream.makeStream(of: Void.self)
        let last = Task {
            await delivery.value
            _ = await attempt()
            await shipper.disconnect()
            finish.finish()
        }
        let alarm = Task {
            try await Task.sleep(for: Self.farewell)
            shipper.interrupt()
            // A name that nobody resolves can take longer; it is left to itself then.
            try await Task.sleep(for: .seconds(1))
            finish.finish()
        }
        for await _ in end {}
        last.cancel()
        alarm.cancel()
    }
}
