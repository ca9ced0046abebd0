import Foundation
import Glibc
import Monitor
import MonitorClient
import MonitorServer
import TestSupport
import Testing

/// Anything at all sent to a real server: it must answer rightly afterwards, and not grow.
///
/// `EARWITNESS_API_FUZZ` is the number of requests, `EARWITNESS_API_FUZZ_SEED` the seed; a failure
/// names the seed and the bytes.
@Suite("Fuzzed requests")
struct RequestFuzzTests {
    private static let defaultCount = 1_500
    private static let defaultSeed: UInt64 = 20_261_121
    /// What the process may grow by over all requests, which together are far more.
    private static let maxGrowthBytes = 64 << 20

    private static func setting(_ name: String) -> UInt64? {
        ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
    }

    @Test func noRequestStopsTheServerOrMakesItGrow() async throws {
        let count = Int(Self.setting("EARWITNESS_API_FUZZ") ?? UInt64(Self.defaultCount))
        let seed = Self.setting("EARWITNESS_API_FUZZ_SEED") ?? Self.defaultSeed
        try await withMonitor { settings in
            settings.listen = ServerSettings.TCPAddress(host: "127.0.0.1", port: 0)
            settings.maxRequestsPerSecond = 1_000_000
            settings.idleSeconds = 1
        } _: { monitor in
            try monitor.addEvent(secondsAgo: 10)
            var fuzzer = RequestFuzzer(seed: seed)
            var sizeAfterWarmUp = 0
            for round in 0..<count {
                let bytes = fuzzer.next()
                let answer = await send(bytes, round.isMultiple(of: 3), to: monitor)
                try #require(
                    Self.isAcceptable(answer),
                    "seed \(seed), request \(round), \(bytes.count) bytes: \(Self.shown(bytes)) gave \(answer.prefix(200))"
                )
                if round.isMultiple(of: 100) {
                    #expect(await monitor.raw(request("GET /healthz")).status == 200)
                }
                if round == count / 5 { sizeAfterWarmUp = Self.residentBytes() }
            }
            #expect(await monitor.raw(request("GET /v1/events")).status == 200)
            #expect(await monitor.rawTCP(request("GET /v1/status")).status == 200)
            let growth = Self.residentBytes() - sizeAfterWarmUp
            #expect(growth < Self.maxGrowthBytes, "it grew by \(growth) bytes")
        }
    }

    /// Connections that begin a request and never end it keep nobody else out for long.
    @Test func slowClientsAreCutOffAndTheRestIsServed() async throws {
        try await withMonitor { settings in
            settings.idleSeconds = 1
            settings.maxConnections = 8
        } _: { monitor in
            var slow: [RawConnection] = []
            for index in 0..<24 {
                let connection = try RawConnection(unix: monitor.addresses.socketPath)
                await connection.write(index.isMultiple(of: 2) ? "GET /v1/sta" : "P")
                slow.append(connection)
            }
            // They fill every place; each is cut off after a second, and then it is our turn.
            let began = ContinuousClock.now
            #expect(await monitor.raw(request("GET /healthz")).status == 200)
            #expect(ContinuousClock.now - began < .seconds(15))
            for connection in slow {
                #expect(await connection.read() == nil)
            }
        }
    }

    /// A byte now and then is not a way to hold a place for ever either.
    @Test func aClientThatDripsItsRequestIsCutOffByTheLengthOfItsHead() async throws {
        try await withMonitor { settings in
            settings.idleSeconds = 1
            settings.maxHeadBytes = 512
        } _: { monitor in
            let connection = try RawConnection(unix: monitor.addresses.socketPath)
            await connection.write("GET /healthz HTTP/1.1\r\nX: ")
            var sent = 0
            while sent < 100_000, await connection.write(String(repeating: "x", count: 64)) {
                sent += 64
            }
            #expect(sent < 100_000)
            #expect(await monitor.raw(request("GET /healthz")).status == 200)
        }
    }

    /// Each byte comes before the connection counts as idle.
    @Test func aClientThatDripsItsRequestIsCutOffByTime() async throws {
        try await withMonitor { settings in
            settings.idleSeconds = 1
        } _: { monitor in
            let connection = try RawConnection(unix: monitor.addresses.socketPath)
            await connection.write("GET /healthz HTTP/1.1\r\nX: ")
            let began = ContinuousClock.now
            while ContinuousClock.now - began < .seconds(20), await connection.write("x") {
                try await Task.sleep(for: .milliseconds(200))
            }
            #expect(ContinuousClock.now - began < .seconds(10))
            #expect(await monitor.raw(request("GET /healthz")).status == 200)
        }
    }

    /// Sends bytes and gives what comes back at first.
    private func send(_ bytes: [UInt8], _ overTCP: Bool, to monitor: RunningMonitor) async -> String
    {
        do {
            let connection =
                overTCP
                ? try RawConnection(tcpPort: monitor.addresses.tcp?.port ?? 0)
                : try RawConnection(unix: monitor.addresses.socketPath)
            await connection.write(bytes)
            connection.finishWriting()
            return await connection.read() ?? ""
        } catch {
            Issue.record(error)
            return ""
        }
    }

    /// Refused, cut off, or answered; never a bug, and nothing of the machine's files.
    private static func isAcceptable(_ answer: String) -> Bool {
        guard !answer.isEmpty else { return true }
        return answer.status != nil && answer.status != 500
            && !answer.contains("root:x:0:0")
    }

    private static func shown(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.prefix(300), as: UTF8.self)
    }

    /// The memory of this process that is in use.
    private static func residentBytes() -> Int {
        let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        let pages = text?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}

/// Makes requests that range from right to nonsense; one seed gives one sequence.
struct RequestFuzzer {
    private var random: SeededNumbers

    init(seed: UInt64) {
        random = SeededNumbers(seed: seed)
    }

    /// The bytes of the next request, or of several.
    mutating func next() -> [UInt8] {
        switch Int.random(in: 0..<10, using: &random) {
        case 0: return noise()
        case 1: return truncated(valid())
        case 2: return changed(valid())
        case 3: return hugeHead()
        case 4: return badChunks()
        case 5: return badBody()
        case 6: return oddPath()
        case 7: return oddMethod()
        case 8: return pipelined()
        default: return valid()
        }
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &random)]
    }

    private mutating func noise() -> [UInt8] {
        (0..<Int.random(in: 1...2_000, using: &random)).map { _ in
            UInt8.random(in: 0...255, using: &random)
        }
    }

    private mutating func valid() -> [UInt8] {
        let json = pick([
            #"{"on":0.5}"#, #"{"class":"fox","note":null}"#, "{}", #"{"on":1e-3}"#,
        ])
        return Array(
            pick([
                request("GET /v1/events?since=2h&class=rain&limit=5"),
                request("GET /v1/coverage?since=1d"),
                request("GET /v1/status"),
                request("GET /metrics"),
                request("GET /"),
                request("GET /v1/events/1/clip"),
                request("DELETE /v1/thresholds/rain"),
                request("PUT /v1/thresholds/rain", json: json),
                request("POST /v1/events/1/label", json: json),
                request("POST /v1/reload"),
            ]).utf8
        )
    }

    private mutating func truncated(_ bytes: [UInt8]) -> [UInt8] {
        Array(bytes.prefix(Int.random(in: 1...bytes.count, using: &random)))
    }

    private mutating func changed(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.insert(pick([0, 10, 13, 32, 0xC3, 0xFF]), at: place)
            default: bytes.remove(at: place)
            }
            if bytes.isEmpty { bytes = [0] }
        }
        return bytes
    }

    private mutating func hugeHead() -> [UInt8] {
        let length = pick([8_000, 17_000, 60_000])
        let filler = String(repeating: pick(["a", " ", "%41", "é"]), count: length)
        return Array(
            pick([
                "GET /\(filler) HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /v1/events?class=\(filler) HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: \(filler)\r\n\r\n",
                "GET / HTTP/1.1\r\n"
                    + (0..<300).map { "X\($0): \($0)\r\n" }.joined() + "\r\n",
                "GET / HTTP/1.1\r\nAuthorization: Bearer \(filler)\r\n\r\n",
            ]).utf8
        )
    }

    private mutating func badChunks() -> [UInt8] {
        let head =
            "PUT /v1/thresholds/rain HTTP/1.1\r\nHost: localhost\r\n"
            + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        return Array(
            (head
                + pick([
                    "-1\r\n{}\r\n0\r\n\r\n", "ffffffffffffffff\r\n{}",
                    "7fffffffffffffff\r\n{\"on\"",
                    "5\r\n{\"on\":0.5}\r\n0\r\n\r\n", "zz\r\n\r\n", "2;ext=\"\r\n{}\r\n0\r\n\r\n",
                    "0\r\nX: y\r\n\r\n", "2\r\n{}0\r\n\r\n", "\r\n\r\n", "A\r\n{\"on\":0.5}\r\n",
                ])).utf8
        )
    }

    private mutating func badBody() -> [UInt8] {
        let bodies: [[UInt8]] = [
            Array("{\"on\":".utf8), Array("[1,2]".utf8), Array("null".utf8),
            Array("{\"on\":1e999}".utf8), Array("{\"on\":NaN}".utf8),
            Array("{\"on\":0.5,\"on\":0.6}".utf8), Array("{\"\\ud800\":1}".utf8),
            Array(String(repeating: "[", count: 5_000).utf8),
            Array(String(repeating: "{\"a\":", count: 2_000).utf8),
            [0x7B, 0x22, 0xFF, 0xFE, 0x22, 0x3A, 0x31, 0x7D], [0xEF, 0xBB, 0xBF, 0x7B, 0x7D],
            Array("{\"on\":0.5}".utf8) + [0],
            Array("{\"class\":\"\u{0}'; DROP TABLE event; --\"}".utf8),
        ]
        let body = pick(bodies)
        let length = pick([body.count, body.count + 5, max(0, body.count - 3), 0])
        let line = pick(["PUT /v1/thresholds/rain", "POST /v1/events/1/label"])
        let head =
            "\(line) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(length)\r\n\r\n"
        return Array(head.utf8) + body
    }

    private mutating func oddPath() -> [UInt8] {
        Array(
            request(
                "GET "
                    + pick([
                        "/../../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd",
                        "/v1/events/../../../etc/passwd",
                        "/v1/events/1/clip/../../../../etc/passwd",
                        "/v1/events/..%2f..%2fetc%2fpasswd/clip", "/page/../../etc/passwd",
                        "/v1/events/-1", "/v1/events/99999999999999999999", "/v1/events/1e3",
                        "/v1/events/1%00", "/v1/thresholds/%ff%fe", "/v1/thresholds/%zz",
                        "/v1/thresholds/%2e%2e%2foverrides.yaml", "/v1/events?limit=-1",
                        "/v1/events?since=%00", "/v1/events?class=%27%20OR%201=1--",
                        "/v1/events?source=%27;DROP%20TABLE%20event", "/v1/events?&&==&%", "*",
                        "http://elsewhere/v1/status", "/v1/stream?recent=99999999999", "/?",
                        "/v1/events?since=9999999-01-01T00:00:00Z", "file:///etc/passwd",
                    ])
            ).utf8
        )
    }

    private mutating func oddMethod() -> [UInt8] {
        Array(
            request(
                pick([
                    "BREW", "get", "TRACE", "CONNECT", "OPTIONS", "HEAD", "PATCH", "G\u{0}ET", "",
                    String(repeating: "A", count: 3_000),
                ]) + " " + pick(["/", "/v1/status", "*", "localhost:80"])
            ).utf8
        )
    }

    private mutating func pipelined() -> [UInt8] {
        let open = valid().split(separator: 0x0A).filter {
            !$0.starts(with: Array("Connection".utf8))
        }
        let one = Array(open.joined(separator: [0x0A])) + Array("\r\n\r\n".utf8)
        return (0..<Int.random(in: 2...40, using: &random)).flatMap { _ in one }
    }
}
