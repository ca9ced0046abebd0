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
        try await withMonitor { monitor in
            let answer = await monitor.raw(request("GET /metrics"))
            #expect(answer.contains("text/plain; version=0.0.4"))
            let lines = answer.body.split(separator: "\n").map(String.init)
            #expect(lines.contains("earwitness_uptime_seconds 42"))
            #expect(lines.contains("earwitness_lost_samples_total{source=\"porch\"} 7"))
            #expect(lines.contains("earwitness_overruns_total{source=\"porch\"} 2"))
            #expect(lines.contains("earwitness_windows_left_out_total{source=\"porch\"} 5"))
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
            #expect(lines.contains("earwitness_hop_seconds{source=\"porch\"} 0.24"))
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
                    == "no_such_route: Nothing at '/v1/evnets'. docs/http-api.md lists the routes."
            )
            let method = await monitor.raw(request("PATCH /v1/thresholds/rain"))
            #expect(method.status == 405)
            #expect(
                method.apiError
                    == "method_not_allowed: PATCH is not allowed for '/v1/thresholds/rain'; "
                    + "allowed: GET, HEAD, PUT, DELETE, OPTIONS."
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

@Suite("The web page")
struct WebPageTests {
    @Test func itIsServedWithAStrictPolicy() async throws {
        try await withMonitor { monitor in
            for (path, type) in [
                ("/", "text/html; charset=utf-8"), ("/app.js", "text/javascript; charset=utf-8"),
                ("/style.css", "text/css; charset=utf-8"), ("/icon.svg", "image/svg+xml"),
            ] {
                let answer = await monitor.raw(request("GET \(path)"))
                #expect(answer.status == 200)
                #expect(answer.contains(": \(type)\r"))
                #expect(answer.contains("default-src 'none'; script-src 'self'; style-src 'self'"))
                #expect(!answer.contains("unsafe-inline"))
            }
        }
    }

    /// A build that did not notice a change would serve the page of before.
    @Test func itIsWhatTheFilesHold() async throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Sources/MonitorServer/Resources")
        try await withMonitor { monitor in
            for (path, file) in [
                ("/", "index.html"), ("/app.js", "app.js"), ("/style.css", "style.css"),
                ("/icon.svg", "icon.svg"),
            ] {
                let text = try String(
                    contentsOf: folder.appendingPathComponent(file),
                    encoding: .utf8
                )
                #expect(await monitor.raw(request("GET \(path)")).body == text, "\(file)")
            }
        }
    }

    @Test func itNeedsNothingFromElsewhereAndHasNothingInLine() async throws {
        try await withMonitor { monitor in
            let page = await monitor.raw(request("GET /")).body
            let script = await monitor.raw(request("GET /app.js")).body
            let style = await monitor.raw(request("GET /style.css")).body
            for text in [page, script, style] {
                #expect(!text.contains("http://") && !text.contains("https://"))
                #expect(!text.contains("innerHTML") && !text.contains("eval("))
            }
            #expect(page.firstMatch(of: /\son[a-z]+=/) == nil)
            #expect(page.firstMatch(of: /\sstyle=/) == nil)
            #expect(page.firstMatch(of: /<script(?![^>]*\ssrc=)/) == nil)
            #expect(!style.contains("url(") && !style.contains("@import"))
        }
    }

    /// Behind a reverse proxy the page may be at any path.
    @Test func allItsAddressesAreRelative() async throws {
        try await withMonitor { monitor in
            let page = await monitor.raw(request("GET /")).body
            let script = await monitor.raw(request("GET /app.js")).body
            #expect(page.contains("src=\"app.js\"") && script.contains("\"v1/stream\""))
            #expect(page.firstMatch(of: /(src|href)="\//) == nil)
            #expect(script.firstMatch(of: /["`]\/[a-z]/) == nil)
        }
    }

    @Test func everyElementThatTheScriptAsksForIsInThePage() async throws {
        try await withMonitor { monitor in
            let page = await monitor.raw(request("GET /")).body
            let script = await monitor.raw(request("GET /app.js")).body
            for match in script.matches(of: /byId\("([a-z-]+)"\)/) {
                #expect(page.contains("id=\"\(match.1)\""), "\(match.1)")
            }
        }
    }
}

@Suite("docs/http-api.md")
struct APIDocumentTests {
    private let document: String

    init() throws {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        document = try String(
            contentsOf: root.appendingPathComponent("docs/http-api.md"),
            encoding: .utf8
        )
    }

    @Test(arguments: APIRoute.allCases)
    func everyRouteHasASection(route: APIRoute) {
        #expect(document.contains("\n### `\(route.rawValue)`\n"), "\(route.rawValue)")
    }

    @Test func noSectionIsAboutARouteThatDoesNotExist() {
        let routes = Set(APIRoute.allCases.map(\.rawValue))
        for match in document.matches(of: /\n### `([^`]+)`/) {
            #expect(routes.contains(String(match.1)), "\(match.1)")
        }
    }

    @Test(arguments: LiveMessage.Kind.allCases)
    func everyKindOfMessageIsDescribed(kind: LiveMessage.Kind) {
        #expect(document.contains("| `\(kind.rawValue)` |"))
    }

    @Test func everyKeyOfTheStatusIsDescribed() {
        for match in madeUpStatus.json.text.matches(of: /"([a-z_]+)":/) {
            #expect(document.contains("`\(match.1)`"), "\(match.1)")
        }
    }

    @Test func everyMetricIsDescribed() {
        let names = Set(madeUpStatus.metrics.map(\.name))
        // Those that a status without a value for them leaves out.
        for name in ["source_fault", "clock_drift_ppm", "hop_seconds", "peak_dbfs"] {
            #expect(names.contains("earwitness_\(name)"))
        }
        for family in madeUpStatus.metrics {
            #expect(document.contains("`\(family.name)`"), "\(family.name)")
        }
    }

    @Test func everyStateOfASourceIsDescribed() {
        for state in SourceState.allCases {
            #expect(document.contains("`\(state.rawValue)`"), "\(state.rawValue)")
        }
    }
}
