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

    @Test func theModelsInUseAreGivenWithTheirCards() async throws {
        try await withMonitor { monitor in
            let answer = try await monitor.client.get("/v1/models", as: ModelListMessage.self)
            #expect(answer == ModelListMessage(models: [madeUpModel]))
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

    @Test func aQuestionThatComesBeforeTheHistoryIsOpenIsAnsweredOnceItIs() async throws {
        try await withMonitor(opensHistory: false) { monitor in
            async let answer = monitor.raw(request("GET /v1/events"))
            // A large history takes a while to open.
            try await Task.sleep(for: .milliseconds(200))
            _ = try monitor.store.open()
            #expect(await answer.status == 200)
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
    /// The addresses of all its files.
    private static let paths = ["/"] + WebPage.names.map { "/page/\($0)" }

    @Test func itIsServedWithAStrictPolicy() async throws {
        let types = [
            "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8",
            "css": "text/css; charset=utf-8", "svg": "image/svg+xml",
        ]
        try await withMonitor { monitor in
            for path in Self.paths + ["/icon.svg"] {
                let answer = await monitor.raw(request("GET \(path)"))
                let end = path.split(separator: ".").last.map(String.init) ?? ""
                #expect(answer.status == 200)
                let type = types[end] ?? "text/html; charset=utf-8"
                #expect(answer.contains(": \(type)\r"), "\(path)")
                #expect(answer.contains("default-src 'none'; script-src 'self'; style-src 'self'"))
                #expect(!answer.contains("unsafe-inline"))
            }
            #expect(await monitor.raw(request("GET /page/none.js")).status == 404)
        }
    }

    /// A build that did not notice a change would serve the page of before.
    @Test func itIsWhatTheFilesHold() async throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Sources/MonitorServer/Resources")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0 != "openapi.json" }
        #expect(Set(WebPage.names) == Set(files + ["routes.js"]))
        try await withMonitor { monitor in
            for file in files {
                let text = try String(
                    contentsOf: folder.appendingPathComponent(file),
                    encoding: .utf8
                )
                #expect(await monitor.raw(request("GET /page/\(file)")).body == text, "\(file)")
            }
        }
    }

    @Test func itTellsItsScriptsWhichRoutesThereAre() async throws {
        try await withMonitor { monitor in
            let script = await monitor.raw(request("GET /page/routes.js")).body
            let list = script.dropFirst("export const routes = ".count).dropLast(2)
            let routes = try JSONDecoder().decode([String].self, from: Data(list.utf8))
            #expect(routes == APIRoute.allCases.map(\.rawValue))
        }
    }

    @Test func aBrowserThatHasAFileGetsNoneOfItAgain() async throws {
        try await withMonitor { monitor in
            let first = await monitor.raw(request("GET /page/app.js"))
            let tag = try #require(first.firstMatch(of: /(?i)etag: (".+?")/)?.1)
            let again = await monitor.raw(request("GET /page/app.js", ["If-None-Match: \(tag)"]))
            #expect(again.status == 304 && again.body.isEmpty)
            let other = await monitor.raw(request("GET /page/api.js", ["If-None-Match: \(tag)"]))
            #expect(other.status == 200)
        }
    }

    @Test func itNeedsNothingFromElsewhereAndHasNothingInLine() async throws {
        try await withMonitor { monitor in
            for path in Self.paths {
                let text = await monitor.raw(request("GET \(path)")).body
                // The name space of SVG is no address that is asked for.
                let plain = text.replacing("http://www.w3.org/2000/svg", with: "")
                #expect(!plain.contains("http://") && !plain.contains("https://"), "\(path)")
                #expect(!text.contains("innerHTML") && !text.contains("eval("), "\(path)")
                #expect(!text.contains("url(") && !text.contains("@import"), "\(path)")
            }
            let page = await monitor.raw(request("GET /")).body
            #expect(page.firstMatch(of: /\son[a-z]+=/) == nil)
            #expect(page.firstMatch(of: /\sstyle=/) == nil)
            #expect(page.firstMatch(of: /<script(?![^>]*\ssrc=)/) == nil)
        }
    }

    /// Behind a reverse proxy the page may be at any path.
    @Test func allItsAddressesAreRelative() async throws {
        try await withMonitor { monitor in
            let page = await monitor.raw(request("GET /")).body
            #expect(page.contains("src=\"page/app.js\""))
            #expect(page.firstMatch(of: /(src|href)="\//) == nil)
            for path in Self.paths where path.hasSuffix(".js") && !path.hasSuffix("routes.js") {
                let script = await monitor.raw(request("GET \(path)")).body
                #expect(script.firstMatch(of: /["`]\/(v1|page|metrics)/) == nil, "\(path)")
            }
        }
    }

    @Test func everyElementThatAScriptAsksForIsInThePage() async throws {
        try await withMonitor { monitor in
            let page = await monitor.raw(request("GET /")).body
            for path in Self.paths where path.hasSuffix(".js") {
                let script = await monitor.raw(request("GET \(path)")).body
                for match in script.matches(of: /byId\("([a-z-]+)"\)/) {
                    #expect(page.contains("id=\"\(match.1)\""), "\(match.1)")
                }
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
        for family in madeUpStatus.metrics + MetricsTests.fullMeters.metrics {
            #expect(document.contains("`\(family.name)`"), "\(family.name)")
        }
    }

    @Test func everyStateOfASourceIsDescribed() {
        for state in SourceState.allCases {
            #expect(document.contains("`\(state.rawValue)`"), "\(state.rawValue)")
        }
    }
}
