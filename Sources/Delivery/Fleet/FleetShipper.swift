import Foundation
package import Logging
import Messages
import Platform

/// Brings the history into the fleet's database: the history itself is the queue.
///
/// How far it has come lasts in the outbox. A crash between the server's commit and that ships the
/// same again, which changes nothing there. It has a queue of its own, on which it may wait for
/// disk and server.
package actor FleetShipper {
    /// The name of the channel, and of the reader.
    package static let channel = "fleet"
    /// The most rows of a statement.
    private static let batch = 500

    private let executor = SerialQueueExecutor(label: "earwitness.fleet")
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    private let access: FleetAccess
    private let environment: [String: String]
    private let history: FleetHistory
    private let outbox: Outbox
    private let log: Logger
    /// Ends a wait for the server.
    private nonisolated let cancellation = Cancellation()
    private var connection: FleetDatabase?
    /// How many events wait, as far as is known; only written here.
    private(set) var waiting = 0

    /// Prepares to ship; nothing is read or connected yet.
    ///
    /// - Parameters:
    ///   - access: How the database is reached.
    ///   - environment: The process's environment, for credentials.
    ///   - history: What is shipped.
    ///   - outbox: Where progress and counts last.
    ///   - log: Where events are named that the server does not take.
    package init(
        access: FleetAccess,
        environment: [String: String],
        history: FleetHistory,
        outbox: Outbox,
        log: Logger
    ) {
        self.access = access
        self.environment = environment
        self.history = history
        self.outbox = outbox
        self.log = log
    }

    /// Ships everything that is new.
    ///
    /// - Parameter coverage: Whether what was listened to and labels are shipped too, or events only.
    /// - Returns: What was shipped.
    /// - Throws: ``FleetFault``, or why history or outbox can't be read.
    package func ship(coverage: Bool) throws -> FleetShipment {
        var shipment = FleetShipment()
        do {
            var progress = try savedProgress()
            waiting = try history.count(progress.last)
            try shipEnds(&progress, &shipment)
            try shipNew(&progress, &shipment)
            if coverage {
                try shipLabels(&progress, &shipment)
                try shipCoverage(&progress, &shipment)
            }
            return shipment
        } catch let fault as FleetFault {
            connection = nil
            guard !cancellation.isCancelled else { throw CancellationError() }
            try outbox.record(.init(channel: Self.channel, error: fault.description))
            throw fault
        }
    }

    /// Gives the connection back, which others may need more.
    package func disconnect() { connection = nil }

    /// Ends a wait for the server, for good.
    package nonisolated func interrupt() { cancellation.cancel() }

    /// How far shipping has come; from the beginning if the history was begun anew.
    private func savedProgress() throws -> FleetProgress {
        guard let saved = try outbox.progress(of: Self.channel),
            let progress = try? JSONDecoder().decode(FleetProgress.self, from: saved.state)
        else { return FleetProgress() }
        guard progress.last <= (try history.lastEventID()) else { return FleetProgress() }
        let present = try history.numbered([progress.last]).first
        let isSame = present.map { $0.start.milliseconds == progress.lastStart } ?? true
        return isSame ? progress : FleetProgress()
    }

    // MARK: - What is shipped

    /// Ships the ends of events that were shipped while they went on.
    private func shipEnds(
        _ progress: inout FleetProgress,
        _ shipment: inout FleetShipment
    ) throws {
        guard !progress.open.isEmpty else { return }
        let found = try history.numbered(progress.open.sorted())
        let ended = found.filter { $0.end != nil }
        let open = Set(found.map(\.id)).subtracting(ended.map(\.id))
        guard open != progress.open else { return }
        try write(ended, &progress, &shipment) { $0.open = open }
    }

    private func shipNew(
        _ progress: inout FleetProgress,
        _ shipment: inout FleetShipment
    ) throws {
        while !cancellation.isCancelled {
            let events = try history.events(progress.last, Self.batch)
            guard !events.isEmpty else {
                waiting = 0
                return
            }
            try write(events, countsEvents: true, &progress, &shipment) { $0.add(events) }
            waiting = max(0, waiting - events.count)
        }
    }

    /// Ships what users said of events that were shipped before.
    private func shipLabels(
        _ progress: inout FleetProgress,
        _ shipment: inout FleetShipment
    ) throws {
        let events = try history.labelled(Date(milliseconds: progress.labelled))
        for start in stride(from: 0, to: events.count, by: Self.batch) {
            let part = Array(events[start..<min(start + Self.batch, events.count)])
            let newest = part.compactMap { $0.userLabel?.labelledAt?.milliseconds }.max()
            try write(part, &progress, &shipment) { $0.labelled = newest ?? $0.labelled }
        }
    }

    /// Ships what was listened to since the last time.
    private func shipCoverage(
        _ progress: inout FleetProgress,
        _ shipment: inout FleetShipment
    ) throws {
        let shipped = Dictionary(progress.growing.map { ($0.id, $0.end) }) { $1 }
        let grown = try history.stretchesNumbered(progress.growing.map(\.id))
            .filter { $0.end.milliseconds != shipped[$0.id] }
        if !grown.isEmpty { try write(grown, &progress, &shipment) { $0.add(grown) } }
        while !cancellation.isCancelled {
            let new = try history.stretches(progress.stretch, Self.batch)
            guard !new.isEmpty else { return }
            try write(new, &progress, &shipment) { $0.add(new) }
        }
    }

    // MARK: - Writing

    /// Writes rows and, once the server has them, how far that is.
    ///
    /// - Parameters:
    ///   - rows: The rows, at most one batch.
    ///   - countsEvents: Whether they are events that were never sent before.
    ///   - progress: How far shipping has come.
    ///   - shipment: What was shipped.
    ///   - advance: Changes the progress to that after these rows.
    /// - Throws: ``FleetFault``, or why that can't be saved.
    private func write<Row: FleetRow>(
        _ rows: [Row],
        countsEvents: Bool = false,
        _ progress: inout FleetProgress,
        _ shipment: inout FleetShipment,
        _ advance: (inout FleetProgress) -> Void
    ) throws {
        let refused = rows.isEmpty ? [] : try send(rows)
        if let first = refused.first, refused.count == rows.count, rows.count > 1 {
            throw FleetFault(
                .configuration,
                "The fleet's database refuses everything (\(first.reason)). Check its tables "
                    + "against fleet.sql."
            )
        }
        advance(&progress)
        let sent = rows.count - refused.count
        var work = ChannelWork(channel: Self.channel)
        work.delivered = countsEvents ? sent : 0
        work.givenUp = countsEvents ? refused.count : 0
        work.error = refused.last.map { "\($0.name) is refused: \($0.reason)" }
        try outbox.record(
            work,
            progress: .init(
                reader: Self.channel,
                lastEvent: progress.last,
                state: try JSONEncoder().encode(progress)
            )
        )
        shipment.events += work.delivered
        shipment.rows += sent
        shipment.refused += refused.count
        for row in refused {
            log.error("fleet: \(row.name) is left out, the server refuses it: \(row.reason).")
        }
    }

    /// Sends rows in one statement; where a value is refused, in halves, until the bad row is found.
    ///
    /// - Returns: The rows that the server does not take, and why.
    private func send<Row: FleetRow>(
        _ rows: [Row]
    ) throws(FleetFault) -> [(name: String, reason: String)] {
        do throws(FleetFault) {
            let list = JSONValue.array(rows.map(\.row))
            try connected().run(Row.statement, list.text)
            return []
        } catch {
            guard error.kind == .value else { throw error }
            guard rows.count > 1 else { return [(rows[0].name, error.description)] }
            let middle = rows.count / 2
            return try send(Array(rows[..<middle])) + send(Array(rows[middle...]))
        }
    }

    private func connected() throws(FleetFault) -> FleetDatabase {
        if let connection { return connection }
        let new = try FleetDatabase(
            access,
            environment: environment,
            cancellation: cancellation
        )
        connection = new
        return new
    }
}

/// What was shipped.
package struct FleetShipment: Sendable, Equatable {
    /// How many events were new.
    package var events = 0
    /// How many rows were sent: events, ends, labels and stretches of time.
    package var rows = 0
    /// How many rows the server refused, which are left out.
    package var refused = 0
}
