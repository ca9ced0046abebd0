import Foundation
import Monitor
import MonitorClient
import MonitorServer
import Testing

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
