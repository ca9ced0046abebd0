import Foundation
import TestSupport
import Testing

/// Every query that people are given runs against the tables, as one who may only read.
@Suite(
    .serialized,
    .enabled(if: PostgresServer.isInstalled, Comment(rawValue: PostgresServer.whyLeftOut))
)
struct FleetDocumentTests {
    /// A server where two boxes heard one bark, and one of them is silent since.
    private func server() async throws -> PostgresServer {
        let server = try await PostgresServer(boxes: ["porch", "garden", "never"])
        try await server.query(
            """
            CREATE ROLE boss LOGIN PASSWORD 'boss' IN ROLE earwitness_reader;
            INSERT INTO fleet.event (box, event_id, source, class, label, start_utc, end_utc,
                peak_score, mean_score, model)
            SELECT box, id, 'mic', class, class, now() - id * interval '1 minute',
                now() - id * interval '1 minute' + interval '1 s', 0.9, 0.8, 'm'
            FROM unnest(ARRAY['porch', 'garden']) AS box, generate_series(1, 5) AS id,
                unnest(ARRAY['dog_bark']) AS class;
            INSERT INTO fleet.event (box, event_id, source, class, label, start_utc, peak_score,
                mean_score, model) VALUES ('porch', 9, 'mic', 'smoke_alarm', 'Smoke alarm',
                now(), 1, 1, 'm');
            INSERT INTO fleet.coverage (box, source, start_utc, end_utc, state) VALUES
                ('porch', 'mic', now() - interval '1 hour', now(), 'listening'),
                ('garden', 'mic', now() - interval '2 hours', now() - interval '1 hour', 'gated');
            """
        )
        return server
    }

    @Test func everyQueryOfTheCookbookAnswers() async throws {
        let server = try await server()
        let page = try String(
            contentsOf: Checkout.folder.appendingPathComponent("docs/fleet.md"),
            encoding: .utf8
        )
        let queries = page.matches(of: /```sql\n(?<query>[^`]+)```/).map { String($0.query) }
        #expect(queries.count >= 7)
        var answers: [String] = []
        for query in queries {
            answers.append(try await server.query(query, as: "boss"))
            #expect(answers.last != "", "\(query)")
        }
        #expect(answers[0].hasPrefix("porch|smoke_alarm|1|"))
        let silent = answers[1].split(separator: "\n").map { $0.prefix { $0 != "|" } }
        #expect(silent == ["never", "garden"])
        #expect(answers[4] == "garden|mic|0.60\nporch|mic|0.60")
        let both = answers[5].split(separator: "\n")
        #expect(both.count == 5 && both.allSatisfy { $0.hasPrefix("dog_bark|garden|porch|") })
    }

    @Test func everyPanelOfTheDashboardAnswers() async throws {
        let server = try await server()
        let file = Checkout.folder.appendingPathComponent("config/fleet-dashboard.json")
        let object = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
        let dashboard = try #require(object as? [String: Any])
        let panels = try #require(dashboard["panels"] as? [[String: Any]])
        let templates = dashboard["templating"] as? [String: Any]
        let variables = try #require(templates?["list"] as? [[String: Any]])
        var queries = variables.dropFirst().compactMap { $0["query"] as? String }
        for panel in panels {
            for target in try #require(panel["targets"] as? [[String: Any]]) {
                queries.append(try #require(target["rawSql"] as? String))
            }
        }
        #expect(queries.count > 10)
        for query in queries {
            let sql = Self.expanded(query)
            #expect(!sql.contains("$"), "unknown: \(sql)")
            #expect(try await server.query(sql, as: "boss") != "", "\(sql)")
        }
    }

    /// A query as Grafana sends it.
    private static func expanded(_ query: String) -> String {
        let (from, to) = ("'\(Date() - 86_400)'", "'\(Date() + 60)'")
        return query.replacing(/\$__timeFilter\((\w+)\)/) { "\($0.1) BETWEEN \(from) AND \(to)" }
            .replacing(/\$__timeGroup\((\w+), \$__interval\)/) {
                "floor(extract(epoch FROM \($0.1)) / 300) * 300"
            }
            .replacing("$__timeFrom()", with: from).replacing("$__timeTo()", with: to)
            .replacing("$box", with: "'porch','garden'")
            .replacing("$class", with: "'dog_bark','smoke_alarm'")
    }
}
