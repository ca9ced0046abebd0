import Delivery
import EventStore
import Foundation
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
