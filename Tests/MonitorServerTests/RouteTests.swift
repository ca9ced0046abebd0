import EventStore
import Foundation
import Messages
import Monitor
import MonitorClient
import MonitorServer
import Testing

@Suite("Routes")
struct RouteTests {
    @Test func healthIsOK() async throws {
        try await withMonitor { monitor in
            let answer = await monitor.raw(request("GET /healthz"))
            #expect(answer.status == 200)
            #expect(answer.body == "{\"status\":\"ok\"}\n")
            #expect(answer.contains("application/json; charset=utf-8"))
            #expect(answer.contains("nosniff"))
            #expect(answer.contains("default-src 'none'; frame-ancestors 'none'"))
        }
    }

    @Test func statusIsWhatThePipelineSays() async throws {
        try await withMonitor { monitor in
            let status = try await monitor.client.status()
            #expect(status == madeUpStatus)
        }
    }

    @Test func reloadSaysWhatHasChanged() async throws {
        try await withMonitor { monitor in
            let message = try await monitor.client.reload()
            #expect(message.applied == ["gate.open_dbfs"])
            #expect(message.needsRestart == ["sources"])
        }
    }

    @Test func metricsAreWhatPrometheusReads() async throws {
        let own = MetricFamily(
            name: "earwitness_hops_total",
            help: "Hops.",
            kind: .counter,
            samples: [.init(value: 5)]
        )
        try await withMonitor(metrics: [own]) { monitor in
            let answer = await monitor.raw(request("GET /metrics"))
            #expect(answer.contains("text/plain; version=0.0.4"))
            let lines = answer.body.split(separator: "\n").map(String.init)
            #expect(lines.contains("earwitness_uptime_seconds 42"))
            #expect(lines.contains("earwitness_lost_samples_total{source=\"porch\"} 7"))
            #expect(lines.contains("earwitness_level_dbfs{source=\"porch\"} -40"))
            for line in [
                "earwitness_sound_level_db{source=\"porch\",measure=\"LAF\",unit=\"dBFS\"} -45.5",
                "earwitness_minute_level_db{source=\"porch\",measure=\"LAeq\",unit=\"dBFS\"} -50",
                "earwitness_peak_dbfs{source=\"porch\"} -20",
            ] {
                #expect(lines.contains { $0 == line }, "\(line)")
            }
            #expect(
                lines.contains(
                    "earwitness_source_state{source=\"porch\",state=\"listening\"} 1"
                )
            )
            #expect(lines.contains("earwitness_hops_total 5"))
            let sample = /[a-z_]+(\{([a-z_]+="[^"]*",?)+\})? -?[0-9.e+-]+/
            for line in lines where !line.hasPrefix("#") {
                #expect(line.wholeMatch(of: sample) != nil, "\(line)")
            }
        }
    }

    @Test func whatDoesNotExistIsSaidToBeMissing() async throws {
        try await withMonitor { monitor in
            let missing = await monitor.raw(request("GET /v1/evnets"))
            #expect(missing.status == 404)
            #expect(
                missing.apiError
                    == "no_such_route: There is nothing at '/v1/evnets'. docs/http-api.md lists "
                    + "what there is."
            )
            let method = await monitor.raw(request("PATCH /v1/thresholds/rain"))
            #expect(method.status == 405)
            #expect(
                method.apiError
                    == "method_not_allowed: PATCH is not possible for '/v1/thresholds/rain'; "
                    + "allowed is GET, HEAD, PUT, DELETE, OPTIONS."
            )
            #expect(method.lowercased().contains("allow: get, head, put, delete, options"))
            for route in ["/v1/status", "/metrics", "/healthz", "/v1/thresholds"] {
                #expect(await monitor.raw(request("GET \(route)?x=1")).status == 400)
            }
        }
    }

    @Test func aStoreThatCannotBeReadIsUnavailable() async throws {
        try await withMonitor { monitor in
            try monitor.store.close()
            let answer = await monitor.raw(request("GET /v1/events"))
            #expect(answer.status == 503)
            #expect(answer.apiError.hasPrefix("store_unavailable: The event history '"))
            let health = await monitor.raw(request("GET /healthz"))
            #expect(health.status == 200)
        }
    }
}
