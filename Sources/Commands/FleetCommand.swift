import ArgumentParser
import Delivery
import EventStore
import Foundation
import Logging
import Settings

/// `earwitness fleet`: one history of many boxes.
struct FleetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fleet",
        abstract: "Checks and feeds the database that holds the history of many boxes.",
        discussion: """
            It is a PostgreSQL database, named in the section 'fleet' of the configuration. The \
            service sends to it by itself; see docs/fleet.md.
            """,
        subcommands: [Check.self, Send.self]
    )

    /// `earwitness fleet check`.
    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Connects to the fleet's database, checks its tables and this box's rights.",
            discussion: """
                Nothing is written. Exit code 74 if the server can't be reached, 77 if it refuses this \
                box, 78 if the configuration or the tables are wrong.
                """
        )

        @OptionGroup var service: ServiceOptions

        func run() async throws {
            let access = try service.fleetAccess(of: service.loadConfiguration())
            let check = try FleetCheck(
                access,
                environment: ProcessInfo.processInfo.environment
            )
            try StandardOutput.write(
                """
                server     \(check.server)
                box        \(check.box)
                tables     version \(check.version)

                """
            )
            for remark in check.remarks { StandardError.writeMessage(remark) }
        }
    }

    /// `earwitness fleet send`.
    struct Send: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sends what the fleet's database does not have yet, once.",
            discussion: """
                For a box whose service does not run, and for the first time. Beside a running service it \
                does no harm: what is sent twice changes nothing. Exit codes as of 'fleet check'.
                """
        )

        @OptionGroup var service: ServiceOptions

        func run() async throws {
            let configuration = try service.loadConfiguration()
            _ = try service.fleetAccess(of: configuration)
            let location = service.location
            let store = try EventStore.openForQueries(path: location.databasePath)
            defer { try? store.close() }
            let (outbox, remark) = Outbox.open(inFolder: location.stateDirectory)
            defer { outbox.close() }
            if let remark { StandardError.writeMessage(remark) }
            giveToOwner(of: location.databasePath, outbox.path)
            let shipper = FleetShipper(
                configuration.fleet,
                store: store,
                outbox: outbox,
                log: Logger(label: "earwitness") { _ in LogLine(threshold: LogThreshold(.error)) }
            )
            guard let shipment = try await shipper?.ship(coverage: true) else { return }
            let refused = shipment.refused > 0 ? "; \(shipment.refused) row(s) were refused" : ""
            try StandardOutput.writeLine(
                "Sent \(shipment.events) new event(s), \(shipment.rows) row(s) in all\(refused)."
            )
        }

        /// Lets the service go on with an outbox that root has made.
        private func giveToOwner(of history: String, _ outbox: String?) {
            var owner = stat()
            guard geteuid() == 0, let outbox, stat(history, &owner) == 0 else { return }
            for suffix in ["", "-wal", "-shm"] {
                _ = chown(outbox + suffix, owner.st_uid, owner.st_gid)
            }
        }
    }
}

extension ServiceOptions {
    /// How the fleet's database is reached.
    ///
    /// - Throws: That the configuration names none.
    fileprivate func fleetAccess(of configuration: MonitorConfiguration) throws -> FleetAccess {
        guard let access = FleetAccess(configuration.fleet) else {
            throw CommandFailure(
                .configuration,
                "There is no fleet in '\(location.configuration.path)'. Set 'fleet.database'; "
                    + "docs/fleet.md says how."
            )
        }
        return access
    }
}
