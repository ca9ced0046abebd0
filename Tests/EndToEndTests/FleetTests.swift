import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// The service and its commands at a real PostgreSQL server.
    @Suite(.enabled(if: PostgresServer.isInstalled, Comment(rawValue: PostgresServer.whyLeftOut)))
    struct FleetTests {
        private let home: TestHome
        private let server: PostgresServer
        private let program: BuiltProgram

        init() async throws {
            home = try TestHome()
            server = try await PostgresServer()
            let password = try home.write("porch\n", to: "fleet-password")
            try home.write(
                """
                web: {listen: off}
                fleet: {database: '\(server.connectionString())', password_file: \(password)}

                """,
                to: "earwitness.yaml"
            )
            program = try home.program()
        }

        /// The events of the fleet, in their order.
        private func fleet() async throws -> String {
            try await server.query(
                """
                SELECT box, event_id, source, class, round(extract(epoch FROM start_utc) * 1000),
                    round(extract(epoch FROM end_utc) * 1000), round(peak_score::numeric, 6)
                FROM fleet.event ORDER BY event_id
                """
            )
        }

        /// The events of the box's own history, in the same form.
        private func history() throws -> String {
            try home.query(
                """
                SELECT 'porch', event.id, source.name, class.name, start_utc_ms, end_utc_ms,
                    printf('%.6f', peak_score)
                FROM event JOIN class ON class.id = class_id JOIN source ON source.id = source_id
                ORDER BY event.id
                """
            )
        }

        @Test func whatTheServiceHearsIsInTheFleetsHistory() async throws {
            let check = try program.run("fleet", "check")
            #expect(check.status == 0, "\(check.errors)")
            #expect(check.lines.contains("box        porch"))
            #expect(check.errors.contains("The connection is not encrypted."))

            let service = try program.startAnswering("run", "--source", "demo", "--pace", "4")
            var attempts = 0
            while attempts < 600, try await fleet().split(separator: "\n").count < 2 {
                attempts += 1
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(try await fleet().split(separator: "\n").count >= 2)
            try await server.stop()
            let known = try history().split(separator: "\n").count
            try Wait.until("events wait", seconds: 60) {
                try history().split(separator: "\n").count > known + 1
            }
            try Wait.until("the status says why", seconds: 60) {
                let warnings = try program.status()["warnings"] as? [String] ?? []
                return warnings.contains { $0.contains("The fleet's database can't be reached") }
            }
            let refused = try program.run("fleet", "send")
            #expect(refused.status == 74)
            #expect(refused.errors.contains("Connection refused). Check that the server runs"))
            try await server.start()
            let count = try await fleet().split(separator: "\n").count
            #expect(service.terminate().status == 0)
            #expect(try await fleet() == history())
            #expect(try await fleet().split(separator: "\n").count > count)
            #expect(
                try await server.query("SELECT DISTINCT source FROM fleet.coverage") == "demo"
            )
            #expect(!service.errors.contains("password="))

            let sent = try program.run("fleet", "send")
            #expect(sent.status == 0, "\(sent.errors)")
            #expect(sent.output == "Sent 0 new event(s), 0 row(s) in all.\n")
            let shown = try program.run("config", "show").output
            #expect(shown.contains("fleet.database"))
        }

        @Test func aBoxWithoutAFleetIsToldHowToJoinOne() throws {
            try home.write("web: {listen: off}\n", to: "earwitness.yaml")
            for command in ["check", "send"] {
                let outcome = try program.run("fleet", command)
                #expect(outcome.status == 78)
                #expect(outcome.errors.contains("Set 'fleet.database'; docs/fleet.md says how."))
            }
        }
    }
}
