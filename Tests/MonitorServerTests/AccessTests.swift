import Foundation
import Messages
import Monitor
import MonitorClient
import TestSupport
import Testing

@testable import MonitorServer

private let secret = "0123456789abcdef0123"

@Suite("Access over TCP")
struct AccessTests {
    private func onTCP(_ settings: inout ServerSettings) {
        settings.listen = ServerSettings.TCPAddress(host: "127.0.0.1", port: 0)
    }

    @Test func theSameRoutesAreThere() async throws {
        try await withMonitor(configure: onTCP) { monitor in
            #expect(await monitor.rawTCP(request("GET /healthz")).status == 200)
            let set = request("PUT /v1/thresholds/rain", json: #"{"on":0.5}"#)
            #expect(await monitor.rawTCP(set).status == 200)
            #expect(await monitor.raw(request("GET /v1/thresholds/rain")).body.contains("0.5"))
        }
    }

    @Test(arguments: ["localhost", "127.0.0.1:8137", "[::1]:8137", "LOCALHOST:1", "127.9.9.9"])
    func loopbackNamesAreAllowed(host: String) async throws {
        try await withMonitor(configure: onTCP) { monitor in
            #expect(await monitor.rawTCP(request("GET /v1/status", host: host)).status == 200)
        }
    }

    @Test(arguments: [
        "evil.example", "127.0.0.1.evil.example", "localhost.evil", "10.0.0.1", "", "[::2]:1",
    ])
    func namesThatWereMadeToPointHereAreNot(host: String) async throws {
        try await withMonitor(configure: onTCP) { monitor in
            let answer = await monitor.rawTCP(request("GET /v1/status", host: host))
            #expect(answer.status == 403)
            #expect(
                answer.apiError.hasPrefix("host_not_allowed: '\(host)' is not a loopback name.")
            )
        }
    }

    @Test func pagesOfOtherSitesMayNotChangeAnything() async throws {
        try await withMonitor(configure: onTCP) { monitor in
            let origin = ["Origin: http://evil.example"]
            let answer = await monitor.rawTCP(
                request("PUT /v1/thresholds/rain", origin, json: #"{"on":0.5}"#)
            )
            #expect(answer.status == 403)
            #expect(
                answer.apiError
                    == "cross_origin: Pages from 'http://evil.example' may not change anything here."
            )
            let own = ["Origin: https://127.0.0.1:8137"]
            let allowed = request(
                "PUT /v1/thresholds/rain",
                host: "127.0.0.1:8137",
                own,
                json: #"{"on":0.5}"#
            )
            #expect(await monitor.rawTCP(allowed).status == 200)
        }
    }

    @Test func withATokenNothingButThePageAndHealthIsAnsweredWithoutIt() async throws {
        let token = try AccessToken(secret)
        try await withMonitor { settings in
            settings.listen = ServerSettings.TCPAddress(host: "0.0.0.0", port: 0)
            settings.token = token
        } _: { monitor in
            let host = "box.example"
            for path in ["/healthz", "/", "/page/app.js", "/icon.svg", "/v1/session"] {
                #expect(await monitor.rawTCP(request("GET \(path)", host: host)).status == 200)
            }
            for path in ["/v1/status", "/v1/events", "/metrics", "/nothing", "/page/none.js"] {
                let answer = await monitor.rawTCP(request("GET \(path)", host: host))
                #expect(answer.status == 401)
                #expect(answer.lowercased().contains("www-authenticate: bearer realm"))
                #expect(answer.apiError.hasPrefix("token_needed: Sign in at the page, or send"))
            }
            let basic = Data("anybody:\(secret)".utf8).base64EncodedString()
            for shown in ["Bearer \(secret)", "bearer  \(secret)", "Basic \(basic)"] {
                let answer = await monitor.rawTCP(
                    request("GET /v1/status", host: host, ["Authorization: \(shown)"])
                )
                #expect(answer.status == 200, "\(shown)")
            }
            for shown in [
                "Bearer \(secret)x", "Bearer \(secret.dropLast())", "Bearer", "Digest \(secret)",
                "Basic \(secret)", "Basic !!", "",
            ] {
                let answer = await monitor.rawTCP(
                    request("GET /v1/status", host: host, ["Authorization: \(shown)"])
                )
                #expect(answer.status == 401, "\(shown)")
                #expect(answer.apiError == "token_needed: The token is wrong.")
            }
            #expect(await monitor.raw(request("GET /v1/status")).status == 200)
        }
    }

    @Test func tooManyRequestsAreRefusedOverTCPOnly() async throws {
        try await withMonitor { settings in
            settings.listen = ServerSettings.TCPAddress(host: "127.0.0.1", port: 0)
            settings.maxRequestsPerSecond = 1
        } _: { monitor in
            var answers: [String] = []
            for _ in 0..<10 {
                answers.append(await monitor.rawTCP(request("GET /healthz")))
            }
            #expect(answers.contains { $0.status == 429 })
            #expect(answers.first?.status == 200)
            let last = try #require(answers.first { $0.status == 429 })
            #expect(
                last.apiError
                    == "too_many_requests: Too many requests. Wait a second before the next one."
            )
            for _ in 0..<10 {
                #expect(await monitor.raw(request("GET /healthz")).status == 200)
            }
        }
    }

    @Test func aLimitFillsUpAgainWithTime() async {
        let clock = TestClock()
        let limit = RequestLimit(perSecond: 2) { clock.now }
        for _ in 0..<8 {
            #expect(await limit.allowsRequest())
        }
        #expect(await !limit.allowsRequest())
        clock.advance(by: .milliseconds(500))
        #expect(await limit.allowsRequest())
        #expect(await !limit.allowsRequest())
        clock.advance(by: .seconds(3_600))
        for _ in 0..<8 {
            #expect(await limit.allowsRequest())
        }
        #expect(await !limit.allowsRequest())
    }

    @Test func tokensComeFromTheFirstLineOfAFile() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("token")
        try Data("  \(secret) \nanother\n".utf8).write(to: URL(fileURLWithPath: path))
        #expect(try AccessToken(contentsOfFile: path).matches(secret))
        try Data("short\n".utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: ServerError.shortToken(path: path, length: 5)) {
            try AccessToken(contentsOfFile: path)
        }
        try Data().write(to: URL(fileURLWithPath: path))
        #expect(throws: ServerError.shortToken(path: path, length: 0)) {
            try AccessToken(contentsOfFile: path)
        }
        #expect(throws: ServerError.unreadableToken(path: "/nowhere")) {
            try AccessToken(contentsOfFile: "/nowhere")
        }
    }
}

extension AccessTests {
    @Test func aTokenCanBeACredentialThatSystemdHandsOver() throws {
        let folder = try TemporaryFolder()
        try Data("\(secret)\n".utf8).write(to: URL(fileURLWithPath: folder.file("web-token")))
        let environment = ["CREDENTIALS_DIRECTORY": folder.file("")]
        let token = try AccessToken(reference: "credential:web-token", environment: environment)
        #expect(token.matches(secret))
        for name in ["other", "", "..", "../web-token", "a/b"] {
            #expect(throws: ServerError.noCredential(name: name)) {
                try AccessToken(reference: "credential:\(name)", environment: environment)
            }
        }
        #expect(throws: ServerError.noCredential(name: "web-token")) {
            try AccessToken(reference: "credential:web-token", environment: [:])
        }
        #expect(
            ServerError.noCredential(name: "web-token").description
                == "systemd passed no credential 'web-token' for web.token_file. Set "
                + "'LoadCredential=web-token:FILE' with 'systemctl edit earwitness', or name a file."
        )
    }
}

/// A clock that stands still unless it is told otherwise.
private final class TestClock: @unchecked Sendable {
    // `present` is only touched while `lock` is held.
    private let lock = NSLock()
    private var present = ContinuousClock.now

    var now: ContinuousClock.Instant { lock.withLock { present } }

    func advance(by duration: Duration) {
        lock.withLock { present += duration }
    }
}
