import Foundation
import MonitorServer
import Testing

@testable import Monitor

@Suite("The live spectrogram")
struct SpectrogramRouteTests {
    private static func waitForFollowers(_ count: Int, of monitor: RunningMonitor) async throws {
        for _ in 0..<12_000 where monitor.columns.followerCount != count {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(monitor.columns.followerCount == count)
    }

    @Test func aLineOfJSONSaysWhatTheRecordsThatFollowAre() async throws {
        try await withMonitor { monitor in
            let connection = try RawConnection(unix: monitor.addresses.socketPath)
            await connection.write(request("GET /v1/spectrogram?source=porch"))
            try await Self.waitForFollowers(1, of: monitor)
            // A time and levels whose bytes are text, so that they can be read as such.
            let bits: UInt64 = 0x4142_4344_4546_4748
            let levels = [UInt8](repeating: UInt8(ascii: "x"), count: madeUpLayout.bandCount)
            monitor.columns.publish(
                SpectrogramColumn(startSeconds: Double(bitPattern: bits), levels: levels)
            )
            let text = await connection.read(until: "xxx")
            #expect(text.status == 200)
            #expect(text.contains("application/octet-stream"))
            let line = try #require(text.firstMatch(of: /\{[^\n]*\}\n/)).output
            let header = try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            )
            #expect(header["source"] as? String == "porch")
            #expect(header["model"] as? String == "test")
            #expect(header["bands"] as? Int == levels.count)
            #expect(header["columns_per_s"] as? Double == 25)
            #expect((header["frequencies_hz"] as? [Double])?.count == levels.count)
            #expect(header["floor_db"] as? Double == -120)
            #expect(header["step_db"] as? Double == 0.5)
            #expect(text.contains("HGFEDCBA" + String(repeating: "x", count: levels.count)))
        }
    }

    @Test func aClientThatLeavesIsForgotten() async throws {
        try await withMonitor { monitor in
            do {
                let connection = try RawConnection(unix: monitor.addresses.socketPath)
                await connection.write(request("GET /v1/spectrogram"))
                try await Self.waitForFollowers(1, of: monitor)
            }
            for _ in 0..<12_000 where monitor.columns.followerCount > 0 {
                monitor.columns.publish(SpectrogramColumn(startSeconds: 0, levels: [1, 2]))
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(monitor.columns.followerCount == 0)
        }
    }

    @Test func aClientThatDoesNotReadIsDropped() async throws {
        try await withMonitor { settings in
            settings.idleSeconds = 1
        } _: { monitor in
            let connection = try RawConnection(unix: monitor.addresses.socketPath)
            await connection.write(request("GET /v1/spectrogram"))
            try await Self.waitForFollowers(1, of: monitor)
            let levels = [UInt8](repeating: 7, count: 4_096)
            for _ in 0..<60_000 where monitor.columns.followerCount > 0 {
                monitor.columns.publish(SpectrogramColumn(startSeconds: 0, levels: levels))
                try await Task.sleep(for: .milliseconds(1))
            }
            #expect(monitor.columns.followerCount == 0)
        }
    }

    @Test func aGracefulShutdownEndsIt() async throws {
        let started = ContinuousClock.now
        try await withMonitor { monitor in
            let connection = try RawConnection(unix: monitor.addresses.socketPath)
            await connection.write(request("GET /v1/spectrogram"))
            try await Self.waitForFollowers(1, of: monitor)
        }
        // It would go on for ever.
        #expect(ContinuousClock.now - started < .seconds(120))
    }

    @Test(arguments: [
        ("source=barn", "invalid_value: No source 'barn' is listened to; listened to: porch."),
        ("model=birds", "invalid_value: No model 'birds' is in use; in use: test."),
        (
            "class=rain",
            "unknown_key: Unknown key 'class' in the query; allowed: source, model."
        ),
    ])
    func whatIsNotThereIsRefused(query: String, expected: String) async throws {
        try await withMonitor { monitor in
            let answer = await monitor.raw(request("GET /v1/spectrogram?\(query)"))
            #expect(answer.status == 400)
            #expect(answer.apiError == expected)
            #expect(monitor.columns.followerCount == 0)
        }
    }
}
