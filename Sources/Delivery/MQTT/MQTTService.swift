import Foundation
package import Logging
package import Messages
import ServiceLifecycle
package import Settings
import Synchronization

/// Publishes events, states and levels through an MQTT broker, as long as the service runs.
///
/// Events wait in the outbox until the broker has confirmed them (QoS 1); all else is the present
/// value, published again with each connection.
package final class MQTTService: Service {
    private let connection: MQTTConnection
    private let bridge: MQTTBridge
    private let events: MQTTEvents
    private let monitor: MQTTMonitor
    private let topics: MQTTTopics
    private let broker: String
    private let log: Logger
    private let counts = Mutex<ChannelCounts?>(nil)
    private let work: AsyncStream<Void>
    private let trigger: AsyncStream<Void>.Continuation

    /// How long the last events may take when the service ends.
    private static let farewell = Duration.seconds(2)
    /// How long events may fail to be read before the log says so.
    private static let patience = Duration.seconds(30)

    /// Prepares the service; nil if no broker is configured.
    ///
    /// - Parameters:
    ///   - settings: The section `mqtt`.
    ///   - host: The name of this machine.
    ///   - outbox: Where events wait.
    ///   - lastEventID: The number of the last event of the history, 0 without one.
    ///   - storedEvents: The events of some numbers, those that go on too, in their order.
    ///   - monitor: What is published, and what obeys.
    ///   - environment: The process's environment, for credentials.
    ///   - firstDelaySeconds: How long to wait after the first failure to connect.
    ///   - log: The service's log.
    package init?(
        _ settings: MQTTSettings,
        host: String,
        outbox: Outbox,
        lastEventID: @escaping @Sendable () throws -> Int64,
        storedEvents: @escaping @Sendable (ClosedRange<Int64>) throws -> [EventMessage],
        monitor: MQTTMonitor,
        environment: [String: String],
        firstDelaySeconds: Double = 1,
        log: Logger
    ) {
        let topics = MQTTTopics(
            prefix: settings.topic ?? "earwitness/\(MQTTTopics.identifier(host))"
        )
        guard let access = BrokerAccess(settings, topics: topics) else { return nil }
        let lastFault = LastFault()
        let broker = access.broker
        let connection = MQTTConnection(
            access,
            will: (topics.availability, "offline"),
            environment: environment,
            firstDelaySeconds: firstDelaySeconds,
            report: { condition in
                guard lastFault.isNews(condition) else { return }
                if let fault = condition.fault {
                    log.warning("\(fault) Events wait on disk.")
                } else {
                    log.notice("Connected to the MQTT broker \(broker) as \(topics.prefix).")
                }
            }
        )
        self.connection = connection
        bridge = MQTTBridge(
            options: MQTTBridge.Options(
                topics: topics,
                classes: settings.classes,
                levelSeconds: settings.levelSeconds,
                homeAssistantPrefix: settings.homeAssistant ? settings.homeAssistantPrefix : nil,
                hasControl: settings.control
            ),
            connection: connection,
            monitor: monitor,
            log: log
        )
        events = MQTTEvents(
            outbox: outbox,
            topic: topics.event,
            secondsToLive: Double(settings.maxDays) * 86_400,
            lastEventID: lastEventID,
            events: storedEvents
        )
        self.monitor = monitor
        self.topics = topics
        self.broker = broker
        self.log = log
        (work, trigger) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1)
        )
    }

    /// How it is.
    package var status: MQTTStatusMessage {
        let condition = connection.condition
        let counts = counts.withLock { $0 }
        return MQTTStatusMessage(
            broker: broker,
            isConnected: condition.isConnected,
            since: condition.since,
            fault: condition.fault,
            waiting: counts?.waiting ?? 0,
            delivered: counts?.delivered ?? 0,
            givenUp: counts?.givenUp ?? 0
        )
    }

    package func run() async throws {
        connection.start()
        trigger.yield()
        let delivery = Task { await deliver() }
        await withTaskGroup { group in
            group.addTask { await self.answer() }
            group.addTask {
                for await _ in self.events.arrivals { self.trigger.yield() }
            }
            await follow()
            // The monitor has ended. The services end one by one, and one that is early is an error.
            try? await gracefulShutdown()
            await end(delivery)
            group.cancelAll()
        }
    }

    /// Follows the monitor until it has ended.
    private func follow() async {
        while true {
            // First, so that nothing is missed between the two.
            let messages = monitor.follow()
            await bridge.publishPresent(waiting: waiting)
            var wasEmpty = true
            for await message in messages {
                wasEmpty = false
                await bridge.publish(message, waiting: waiting)
                switch message {
                case .event(let event) where event.end != nil: trigger.yield()
                case .status: trigger.yield()
                default: break
                }
            }
            // A stream that ends at once is that of a monitor that has ended; one that was too slow
            // begins anew.
            if wasEmpty || Task.isCancelled { return }
        }
    }

    private var waiting: Int { counts.withLock { $0?.waiting ?? 0 } }

    /// Handles what comes from the broker.
    private func answer() async {
        for await signal in connection.signals {
            switch signal {
            case .connected:
                await bridge.begin()
                trigger.yield()
            case .received(let topic, let payload, let isRetained):
                await bridge.receive(topic, payload, isRetained: isRetained)
            }
        }
    }

    /// Publishes what waits in the outbox, one event after the other, whenever there may be something.
    private func deliver() async {
        var (lastFault, since, isLogged) = ("", ContinuousClock.now, false)
        for await _ in work {
            do {
                try await events.readNew()
                try await publishWaiting()
                (lastFault, isLogged) = ("", false)
            } catch {
                if lastFault != "\(error)" {
                    (lastFault, since, isLogged) = ("\(error)", .now, false)
                }
                // At the start the history is checked before it opens; what lasts is worth a line.
                if !isLogged, ContinuousClock.now - since >= Self.patience {
                    log.warning("MQTT events are not sent: \(error)")
                    isLogged = true
                }
            }
        }
    }

    private func publishWaiting() async throws {
        try await count()
        while connection.condition.isConnected, let message = try await events.next() {
            guard
                let content = try? JSONDecoder()
                    .decode(PublishRequest.self, from: message.payload)
            else {
                try await events.giveUp(message, reason: "it is damaged")
                continue
            }
            // What is not confirmed stays, and is published again in the next connection.
            guard await connection.publishConfirmed(content.topic, Data(content.payload.utf8))
            else { break }
            try await events.delivered(message)
            try await count()
        }
    }

    private func count() async throws {
        let present = try await events.counts()
        counts.withLock { $0 = present }
    }

    /// Sends the last events, says that the box is offline, and ends the connection.
    private func end(_ delivery: Task<Void, Never>) async {
        trigger.yield()
        trigger.finish()
        await withTaskGroup { group in
            group.addTask { await delivery.value }
            group.addTask { try? await Task.sleep(for: Self.farewell) }
            await group.next()
            group.cancelAll()
            let offline = Data("offline".utf8)
            connection.publish(topics.availability, offline, qos: 0, isRetained: true)
            // Whoever still waits for the broker is told that it has not answered.
            await connection.stop()
        }
    }
}

/// What was wrong last, so that each fault is logged once.
private final class LastFault: Sendable {
    private let text = Mutex<String?>(nil)

    /// Whether a condition is other than the last one.
    func isNews(_ condition: MQTTConnection.Condition) -> Bool {
        text.withLock { last in
            defer { last = condition.fault }
            return condition.fault == nil || last != condition.fault
        }
    }
}
