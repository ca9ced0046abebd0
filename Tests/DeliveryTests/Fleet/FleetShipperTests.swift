import Foundation
import Messages
import TestSupport
import Testing

@testable import Delivery

/// Boxes at a real PostgreSQL server.
@Suite(
    .serialized,
    .enabled(if: PostgresServer.isInstalled, Comment(rawValue: PostgresServer.whyLeftOut))
)
struct FleetShipperTests {
    private let start = Date(timeIntervalSince1970: 1_795_737_600)

    private func stretch(_ id: Int64, lasting seconds: Double, _ state: String) -> FleetStretch {
        let begin = start + Double(id) * 1_000
        return FleetStretch(
            id: id,
            source: "porch",
            start: begin,
            end: begin + seconds,
            state: state
        )
    }

    @Test func anEventArrivesWhenItBeginsAndItsEndLater() async throws {
        let server = try await PostgresServer()
        let world = try FleetWorld(server)
        world.history.put(
            event(1, at: start),
            event(2, "rain", at: start + 5, lasting: nil, level: nil)
        )
        #expect(try await world.shipper.ship(coverage: false).events == 2)
        let columns = "box, event_id, source, class, start_utc, end_utc, peak_score, level_dbfs"
        let all = "SET timezone = 'UTC'; SELECT \(columns) FROM fleet.event ORDER BY event_id"
        let first = "porch|1|porch|dog_bark|2026-11-27 00:00:00+00|2026-11-27 00:00:01+00|0.9|-20"
        #expect(
            try await server.query(all)
                == "\(first)\nporch|2|porch|rain|2026-11-27 00:00:05+00||0.9|"
        )
        world.history.put(event(2, "rain", at: start + 5, lasting: 10, score: 0.95, level: -30))
        world.history.put(event(3, at: start + 20))
        #expect(try await world.shipper.ship(coverage: false).events == 1)
        let rows = try await server.query(all).split(separator: "\n")
        #expect(rows.count == 3)
        #expect(
            rows[1] == "porch|2|porch|rain|2026-11-27 00:00:05+00|2026-11-27 00:00:15+00|0.95|-30"
        )
        #expect(world.counts?.delivered == 3)
        #expect(try await world.shipper.ship(coverage: true) == FleetShipment(), "nothing is new")
    }

    @Test func aLongHistoryArrivesWholeAndInItsOrder() async throws {
        let server = try await PostgresServer()
        let world = try FleetWorld(server)
        world.history.put((1...1_234).map { event($0 * 3, at: start + Double($0)) })
        #expect(try await world.shipper.ship(coverage: true).events == 1_234)
        #expect(
            try await server.query(
                """
                SELECT count(*), min(event_id), max(event_id), count(*) FILTER (WHERE
                    extract(epoch FROM start_utc) = 1795737600 + event_id / 3) FROM fleet.event
                """
            ) == "1234|3|3702|1234"
        )
        #expect(await world.shipper.waiting == 0)
    }

    @Test func aCrashBeforeProgressIsSavedMakesNoRowTwice() async throws {
        let server = try await PostgresServer()
        let world = try FleetWorld(server)
        world.history.put((1...700).map { event($0, at: start + Double($0)) })
        world.history.put(stretch(1, lasting: 60, "listening"))
        _ = try await world.shipper.ship(coverage: true)
        let rows = "SELECT sum(xmin::text::bigint), count(*) FROM fleet.event"
        let before = try await server.query(rows)
        try world.forgetProgress()
        world.history.put(event(701, at: start + 701))
        _ = try await world.shipper.ship(coverage: true)
        #expect(
            try await server.query(
                "SELECT count(*), count(DISTINCT event_id), (SELECT count(*) FROM fleet.coverage) FROM fleet.event"
            ) == "701|701|1"
        )
        #expect(
            try await server.query(rows + " WHERE event_id < 701") == before,
            "what was there was not even written again"
        )
    }

    @Test func aHistoryBegunAnewIsShippedBesideTheOldOne() async throws {
        let server = try await PostgresServer()
        let world = try FleetWorld(server)
        world.history.put((1...5).map { event($0, at: start + Double($0)) })
        _ = try await world.shipper.ship(coverage: true)
        world.history.clear()
        world.history.put((1...7).map { event($0, at: start + 10_000 + Double($0)) })
        _ = try await world.shipper.ship(coverage: true)
        #expect(try await server.query("SELECT count(*) FROM fleet.event") == "12")
    }

    @Test func theLastStretchOfASourceGrowsInItsRow() async throws {
        let server = try await PostgresServer()
        let world = try FleetWorld(server)
        world.history.put(stretch(1, lasting: 500, "listening"))
        world.history.put(stretch(2, lasting: 10, "gated"))
        _ = try await world.shipper.ship(coverage: true)
        world.history.put(stretch(2, lasting: 700, "gated"))
        world.history.put(stretch(3, lasting: 5, "absent"))
        _ = try await world.shipper.ship(coverage: true)
        world.history.put(stretch(3, lasting: 50, "absent"))
        #expect(try await world.shipper.ship(coverage: false).rows == 0)
        #expect(try await world.shipper.ship(coverage: true).rows == 1)
        #expect(
            try await server.query(
                """
                SELECT state, extract(epoch FROM end_utc - start_utc)::int FROM fleet.coverage
                ORDER BY start_utc
                """
            ) == "listening|500\ngated|700\nabsent|50"
        )
    }

    @Test func whatAUserSaysOfAnOldEventArrives() async throws {
        let server = try await PostgresServer()
        let world = try FleetWorld(server)
        world.history.put((1...3).map { event($0, at: start + Double($0)) })
        _ = try await world.shipper.ship(coverage: true)
        var labelled = event(2, at: start + 2)
        labelled.userLabel = LabelMessage(className: "fox", note: "it's", labelledAt: start + 99)
        world.history.put(labelled)
        #expect(try await world.shipper.ship(coverage: true).rows == 1)
        #expect(
            try await server.query(
                "SELECT event_id, labelled_class, note FROM fleet.event WHERE labelled_utc IS NOT NULL"
            ) == "2|fox|it's"
        )
        #expect(try await world.shipper.ship(coverage: true).rows == 0)
    }

    @Test func anEventThatTheServerRefusesIsLeftOutAndCounted() async throws {
        let server = try await PostgresServer()
        let world = try FleetWorld(server)
        world.history.put((1...100).map { event($0, at: start + Double($0)) })
        world.history.put(event(37, at: start + 37, lasting: -5))
        world.history.put(event(38, "a\0b", at: start + 38))
        let shipment = try await world.shipper.ship(coverage: true)
        #expect(shipment.events == 98)
        #expect(shipment.refused == 2)
        #expect(world.counts?.delivered == 98)
        #expect(world.counts?.givenUp == 2)
        #expect(world.counts?.lastError?.reason.contains("the event 38 is refused: ") == true)
        #expect(
            try await server.query(
                "SELECT count(*), count(*) FILTER (WHERE event_id IN (37, 38)) FROM fleet.event"
            ) == "98|0"
        )
        world.history.put(event(101, at: start + 101))
        #expect(try await world.shipper.ship(coverage: true).events == 1, "it does not stop there")
    }

    /// A mistake in the tables must not use up the history.
    @Test func aServerThatRefusesEverythingGetsItOnceItIsMended() async throws {
        let server = try await PostgresServer()
        let world = try FleetWorld(server)
        world.history.put((1...20).map { event($0, at: start + Double($0)) })
        try await server.query("ALTER TABLE fleet.event ADD CHECK (event_id < 0)")
        let fault = try await world.fault()
        #expect(fault?.description.hasPrefix("The fleet's database refuses everything (") == true)
        #expect(world.counts?.givenUp == 0)
        try await server.query("ALTER TABLE fleet.event DROP CONSTRAINT event_event_id_check")
        #expect(try await world.shipper.ship(coverage: true).events == 20)
    }

    @Test func eventsOfAnUnknownMonthWaitInTheDefaultPartitionUntilItIsMade() async throws {
        let server = try await PostgresServer()
        let world = try FleetWorld(server)
        let unset = Date(timeIntervalSince1970: 3_600)
        world.history.put(event(1, at: unset), event(2, at: start))
        _ = try await world.shipper.ship(coverage: true)
        #expect(try await server.query("SELECT event_id FROM fleet.event_other") == "1")
        #expect(try await server.query("SELECT event_id FROM fleet.event_2026_11") == "2")
        let made = try await server.query("SELECT fleet.add_months('1970-01-01', '1970-02-01')")
        #expect(made == "4")
        #expect(try await server.query("SELECT event_id FROM fleet.event_1970_01") == "1")
        #expect(try await server.query("SELECT count(*) FROM fleet.event") == "2")
        try world.forgetProgress()
        _ = try await world.shipper.ship(coverage: true)
        #expect(try await server.query("SELECT count(*) FROM fleet.event") == "2")
    }
}
