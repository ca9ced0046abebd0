import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// The monitor's page behind nginx, in a real browser.
    @Suite struct ReverseProxyTests {
        private let home: TestHome
        private let program: BuiltProgram
        private let browser: Browser
        private let proxy: Proxy

        init() throws {
            home = try TestHome()
            let ports = try MonitorPageTests.freePorts(2)
            try home.write("web: {listen: '127.0.0.1:\(ports[0])'}\n", to: "earwitness.yaml")
            program = try home.program()
            browser = try Browser()
            proxy = try Proxy(home: home, port: ports[1], to: ports[0])
        }

        /// Every way in which a proxy may hand a path on: `/ew/` is taken off, `/kept/` is not.
        @Test func thePageWorksAtAnyPath() throws {
            let service = try program.startAnswering("run", "--source", "demo", "--pace", "4")
            for path in ["/ew/", "/kept/", "/deep/er/", "/"] {
                try expectThatThePageWorks(at: path)
            }
            #expect(service.terminate().status == 0)
        }

        private func expectThatThePageWorks(at path: String) throws {
            // Its own browser, which has asked for nothing else.
            let browser = try Browser()
            _ = try home.query("DELETE FROM event_label")
            try browser.open("\(proxy.origin)\(path)")
            try browser.wait(
                until: "document.getElementById('connection').dataset.state === 'live'"
            )
            // Each message comes at once, though nginx gathers answers.
            let level = "document.querySelector('.level').textContent"
            let before = try #require(try browser.value(of: level) as? String)
            try browser.wait(until: "\(level) !== '\(before)'")

            let ended = "[...document.querySelectorAll('#events li:not(.ongoing)')]"
            try browser.wait(until: "\(ended).length >= 1", seconds: 90)
            try browser.press("Enter", on: "#events li:not(.ongoing) .verdicts button")
            try Wait.until("the label is kept") {
                try home.query("SELECT count(*) FROM event_label") == "1"
            }
            let thresholds = try program.run("thresholds", "--format", "json").output
            try browser.press("ArrowUp", on: ".curve .threshold")
            try Wait.until("the threshold is set") {
                try program.run("thresholds", "--format", "json").output != thresholds
            }
            #expect(browser.requests.allSatisfy { $0.hasPrefix("\(proxy.origin)\(path)") })
            #expect(browser.complaints.isEmpty, "\(browser.complaints)")
        }

        @Test func thePathWithoutItsSlashLeadsToThePage() throws {
            let service = try program.startAnswering("run", "--source", "demo")
            for path in ["/ew", "/kept"] {
                try browser.open("\(proxy.origin)\(path)")
                try browser.wait(
                    until: "document.getElementById('connection').dataset.state === 'live'"
                )
                #expect(try browser.value(of: "location.pathname") as? String == "\(path)/")
            }
            #expect(service.terminate().status == 0)
        }
    }

    /// nginx, which takes requests on to the service.
    private final class Proxy {
        let origin: String
        private let program: RunningProgram

        private static let path = "/usr/sbin/nginx"

        init(home: TestHome, port: UInt16, to service: UInt16) throws {
            origin = "http://127.0.0.1:\(port)"
            let upstream = "http://127.0.0.1:\(service)"
            let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
                "\($0)_temp_path \(home.path("nginx-\($0)"));"
            }.joined(separator: " ")
            let configuration = try home.write(
                """
                daemon off; worker_processes 1; pid \(home.path("nginx.pid"));
                error_log \(home.path("nginx.log")); events { worker_connections 64; }
                http { access_log off; \(folders) server { listen 127.0.0.1:\(port);
                  location /ew/ { proxy_pass \(upstream)/; }
                  location /deep/er/ { proxy_pass \(upstream)/; proxy_http_version 1.1; }
                  location /kept { proxy_pass \(upstream); proxy_set_header X-Forwarded-Prefix /kept; }
                  location / { proxy_pass \(upstream); }
                } }
                """,
                to: "nginx.conf"
            )
            guard access(Self.path, X_OK) == 0 else {
                throw Browser.Failed(
                    description: "No nginx at \(Self.path). Run scripts/install-packages test"
                )
            }
            program = try RunningProgram(
                path: Self.path,
                arguments: ["-c", configuration, "-e", home.path("nginx.log")],
                environment: ["PATH": "/usr/bin:/bin"]
            )
        }

        deinit { _ = program.terminate() }
    }
}
