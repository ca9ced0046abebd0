import Delivery
import EventStore
import Foundation
@preconcurrency import Glibc
import Logging
import Messages
import Monitor
import MonitorServer
import Settings

extension FleetShipper {
    /// Who ships a history as the configuration says; nil if it names no database.
    init?(_ settings: FleetSettings, store: EventStore, outbox: Outbox, log: Logger) {
        guard let access = FleetAccess(settings) else { return nil }
        self.init(
            access: access,
            environment: ProcessInfo.processInfo.environment,
            history: FleetHistory(store),
            outbox: outbox,
            log: log
        )
    }
}

extension FleetHistory {
    /// Reads from the event history.
    init(_ store: EventStore) {
        self.init(
            lastEventID: { try store.lastEventID() },
            events: { try store.events(after: $0, limit: $1).map(\.message) },
            numbered: { try store.events(numbered: $0).map(\.message) },
            count: { try store.eventCount(after: $0) },
            labelled: { try store.events(labelledAfter: $0).map(\.message) },
            stretches: { try store.coverage(after: $0, limit: $1).map(FleetStretch.init) },
            stretchesNumbered: { try store.coverage(numbered: $0).map(FleetStretch.init) }
        )
    }
}

extension FleetStretch {
    fileprivate init(_ row: NumberedCoverage) {
        self.init(
            id: row.id,
            source: row.source,
            start: row.stretch.start,
            end: row.stretch.end,
            state: row.stretch.state.rawValue,
            lostSamples: row.stretch.lostSamples,
            reason: row.stretch.reason
        )
    }
}

extension MonitorControls {
    /// Adds to the status how many events wait for the fleet's database, and to its warnings why.
    mutating func show(_ fleet: FleetService) {
        status = { [status] in
            var status = await status()
            let (waiting, fault) = fleet.condition
            let channel = FleetShipper.channel
            if let index = status.deliveries.firstIndex(where: { $0.channel == channel }) {
                status.deliveries[index].waiting = waiting
            } else {
                status.deliveries.append(DeliveryMessage(channel: channel, waiting: waiting))
            }
            if let fault {
                status.warnings.append(
                    waiting == 0 ? fault : "\(fault) \(waiting) event(s) wait in the history."
                )
            }
            return status
        }
    }
}

extension MQTTService {
    /// The service that the configuration asks for; nil if it names no broker.
    ///
    /// - Parameters:
    ///   - settings: The section `mqtt`.
    ///   - outbox: Where events wait for the broker.
    ///   - store: The history that they are read from.
    ///   - monitor: What is followed.
    ///   - controls: What commands change.
    ///   - log: The service's log.
    /// - Returns: The service.
    static func configured(
        _ settings: MQTTSettings,
        outbox: Outbox,
        store: EventStore,
        monitor: SoundMonitor,
        controls: MonitorControls,
        log: Logger
    ) -> MQTTService? {
        guard settings.broker != nil else { return nil }
        return MQTTService(
            settings,
            host: hostName,
            outbox: outbox,
            lastEventID: { try store.lastEventID() },
            storedEvents: { try store.events(numbered: $0).map(\.message) },
            monitor: MQTTMonitor(
                status: controls.status,
                thresholds: controls.thresholds,
                setThreshold: controls.setThreshold,
                follow: { monitor.feed.follow() }
            ),
            environment: ProcessInfo.processInfo.environment,
            log: log
        )
    }
}

/// The name of this machine, without its domain; "box" if it has none.
private var hostName: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "box" }
    let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    let text = String(decoding: bytes, as: UTF8.self)
    return text.split(separator: ".").first.map(String.init) ?? "box"
}

extension MonitorControls {
    /// Adds the connection to the broker to the status, and to its warnings what is wrong with it.
    mutating func show(_ mqtt: MQTTService) {
        status = { [status] in
            var status = await status()
            let present = mqtt.status
            status.mqtt = present
            if let fault = present.fault {
                let waiting = present.waiting
                status.warnings.append(
                    waiting == 0 ? fault : "\(fault) \(waiting) event(s) wait on disk."
                )
            }
            return status
        }
    }
}

extension MQTTStatusMessage {
    /// The line that `status` shows of the connection; what is wrong is among the warnings.
    func line(now: Date, duration: (Double) -> String) -> String {
        let age = since.map { " for \(duration(max(0, now.timeIntervalSince($0))))" } ?? ""
        var line = "\(isConnected ? "connected to" : "not connected to") \(broker)\(age)"
        if waiting > 0 { line += "; \(waiting) event(s) wait" }
        if givenUp > 0 { line += "; \(givenUp) event(s) waited too long and were given up" }
        return line
    }
}
