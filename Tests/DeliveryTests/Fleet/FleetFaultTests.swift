import Foundation
import Messages
import TestSupport
import Testing

@testable import Delivery

/// What a box can't do, and what it says of a server that does not take its events.
@Suite(
    .serialized,
    .enabled(if: PostgresServer.isInstalled, Comment(rawValue: PostgresServer.whyLeftOut))
)
struct FleetFaultTests {
    private let start = Date(timeIntervalSince1970: 1_795_737_600)

    private func world(
        _ server: PostgresServer,
        box: String = "porch",
        password: String? = nil,
        configure: (inout FleetAccess) -> Void = { _ in }
    ) throws -> FleetWorld {
        let world = try FleetWorld(server, box: box, password: password, configure: configure)
        world.history.put(event(1, at: start))
        return world
    }

    @Test func aBoxNeitherSeesNorChangesTheRowsOfAnother() async throws {
        let server = try await PostgresServer(boxes: ["porch", "thief"])
        let (porch, thief) = (try world(server), try world(server, box: "thief"))
        _ = try await porch.shipper.ship(coverage: true)
        _ = try await thief.shipper.ship(coverage: true)
        #expect(
            try await server.query("SELECT box, event_id FROM fleet.event ORDER BY box")
                == "porch|1\nthief|1"
        )
        #expect(try await server.query("SELECT box FROM fleet.event", as: "thief") == "thief")
        let change = "UPDATE fleet.event SET class = 'x' WHERE box = 'porch' RETURNING box"
        #expect(try await server.query(change, as: "thief") == "")
        for theft in [
            "UPDATE fleet.event SET box = 'porch'", "DELETE FROM fleet.event",
            "TRUNCATE fleet.event", "SELECT * FROM fleet.event_2026_11",
            "SELECT fleet.add_months('1900-01-01', '2900-01-01')",
            "INSERT INTO fleet.version VALUES (99)",
            """
            INSERT INTO fleet.coverage (box, source, start_utc, end_utc, state)
            VALUES ('porch', 's', now(), now(), 'absent')
            """,
        ] {
            await #expect(throws: PostgresServer.Failed.self, "\(theft)") {
                try await server.query(theft, as: "thief")
            }
        }
        try await server.query("CREATE ROLE boss LOGIN PASSWORD 'boss' IN ROLE earwitness_reader")
        #expect(try await server.query("SELECT count(*) FROM fleet.event", as: "boss") == "2")
        await #expect(throws: PostgresServer.Failed.self) {
            try await server.query(change, as: "boss")
        }
    }

    @Test func aWrongPasswordIsSaidAndNotShown() async throws {
        let server = try await PostgresServer()
        let world = try world(server, password: "geheim")
        let fault = try #require(try await world.fault())
        #expect(fault.kind == .refused)
        #expect(
            fault.description
                == "The fleet's database can't be reached (at \"127.0.0.1\", port \(server.port): "
                + "password authentication failed for user \"porch\"). Check user in "
                + "fleet.database, and fleet.password_file."
        )
        #expect(world.counts?.lastError?.reason == fault.description)
    }

    /// The words are those of PostgreSQL 15 and its libpq.
    @Test(arguments: [
        ("SSL error: certificate verify failed", "expired, and this machine's clock."),
        (
            "server certificate for \"db.example\" does not match host name \"localhost\"",
            "Name the server in fleet.database as its certificate does."
        ),
        (
            "server does not support SSL, but SSL was required",
            "Set ssl = on and a certificate on the server."
        ),
        (
            "root certificate file \"/nothere.pem\" does not exist",
            "Check sslmode and sslrootcert in fleet.database."
        ),
        (
            "FATAL:  no pg_hba.conf entry for host \"127.0.0.1\", user \"porch\", database "
                + "\"earwitness\", no encryption",
            "if that asks for TLS, add sslmode=verify-full to fleet.database."
        ),
    ])
    func aConnectionThatTLSRefusesSaysWhatToDo(words: String, advice: String) {
        let fault = FleetFault(
            connecting:
                "connection to server at \"localhost\" (127.0.0.1), port 5432 failed: \(words)\n"
        )
        #expect(fault.description.contains("\(words.replacing("FATAL:  ", with: "")))"))
        #expect(fault.description.hasSuffix(advice), "\(fault)")
    }

    @Test func aMissingPasswordFileIsNamed() async throws {
        let server = try await PostgresServer()
        let world = try world(server) { $0.passwordFile = "/nowhere" }
        #expect(
            try await world.fault()
                == FleetFault(.configuration, "fleet.password_file '/nowhere' can't be read.")
        )
    }

    @Test func aDatabaseWithoutTheTablesSaysWhatToRun() async throws {
        let server = try await PostgresServer()
        try await server.query("DROP SCHEMA fleet CASCADE")
        let fault = try #require(try await world(server).fault())
        #expect(fault.kind == .configuration)
        #expect(
            fault.description
                == "The fleet's database lacks the tables for it (relation \"fleet.version\" does not "
                + "exist). Run fleet.sql there with psql; docs/fleet.md says how."
        )
    }

    @Test func tablesOfAnEarlierVersionAreRefused() async throws {
        let server = try await PostgresServer()
        try await server.query("UPDATE fleet.version SET version = 0")
        let fault = try #require(try await world(server).fault())
        #expect(fault.description.contains("are of version 0, this program needs 1. Run its"))
    }

    @Test func aRoleWithoutRightsSaysWhatToGrant() async throws {
        let server = try await PostgresServer()
        try await server.query("REVOKE earwitness_box FROM porch")
        let fault = try #require(try await world(server).fault())
        #expect(fault.kind == .refused)
        #expect(fault.description.contains("permission denied for schema fleet"))
        #expect(fault.description.hasSuffix("GRANT earwitness_box TO its role."))
    }

    @Test func aMissingPartitionIsNotTheEventsFault() async throws {
        let server = try await PostgresServer()
        try await server.query("DROP TABLE fleet.event_other, fleet.event_2026_11")
        let world = try world(server)
        let fault = try #require(try await world.fault())
        #expect(fault.description.contains("has no partition for it (no partition of relation"))
        #expect(world.counts?.givenUp == 0)
    }

    @Test func aServerThatIsDownIsSaid() async throws {
        let server = try await PostgresServer()
        try await server.stop()
        let fault = try #require(try await world(server).fault())
        #expect(fault.kind == .unreachable)
        #expect(fault.description.contains("port \(server.port): Connection refused). Check that"))
    }

    @Test func aServerWithoutRoomForConnectionsSaysWhatToRaise() async throws {
        let server = try await PostgresServer()
        try await server.query("ALTER ROLE porch CONNECTION LIMIT 0")
        let fault = try #require(try await world(server).fault())
        #expect(fault.description.contains("too many connections for role"))
        #expect(fault.description.hasSuffix("Raise max_connections on the server."))
    }

    @Test func aServerThatTakesAConnectionAndHangsIsGivenUp() async throws {
        let server = try await PostgresServer()
        let world = try world(server) { $0.connectMilliseconds = 1_000 }
        server.signal(SIGSTOP)
        let began = ContinuousClock.now
        let fault = try await world.fault()
        #expect(ContinuousClock.now - began < .seconds(20))
        #expect(fault?.description.contains("(no answer within 1 s)") == true)
        server.signal(SIGCONT)
        #expect(try await world.shipper.ship(coverage: true).events == 1)
    }

    @Test func aStatementThatTakesTooLongIsGivenUp() async throws {
        let server = try await PostgresServer()
        let world = try world(server) { $0.answerMilliseconds = 1_000 }
        try await server.query(
            """
            CREATE FUNCTION fleet.sleep() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN PERFORM pg_sleep(5); RETURN NULL; END';
            CREATE TRIGGER slow BEFORE INSERT ON fleet.event EXECUTE FUNCTION fleet.sleep();
            """
        )
        let fault = try await world.fault()
        #expect(fault?.description.contains("statement timeout") == true)
        try await server.query("DROP TRIGGER slow ON fleet.event")
        #expect(try await world.shipper.ship(coverage: true).events == 1)
    }
}
