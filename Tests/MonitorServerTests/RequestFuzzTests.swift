import Foundation
import Glibc
import Monitor
import MonitorClient
import MonitorServer
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
