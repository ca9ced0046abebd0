import Foundation
import Messages
import Monitor
import MonitorServer
import Testing

@Suite("Live listening")
struct ListenRouteTests {
    @Test func itIsAnEndlessWAVOfTheSamples() async throws {
        try await withMonitor { monitor in
            let connection = try RawConnection(unix: monitor.addresses.socketPath)
            await connection.write(request("GET /v1/listen?source=porch"))
            for _ in 0..<12_000 where monitor.sound.followerCount != 1 {
                try await Task.sleep(for: .milliseconds(10))
            }
            // Samples whose bytes are text: "AB" and "CD".
            monitor.sound.publish([0x4241, 0x4443])
            let text = await connection.read(until: "ABCD")
            #expect(text.status == 200)
            #expect(text.contains("audio/wav"))
            #expect(text.contains("RIFF"))
            #expect(text.contains("WAVEfmt "))
            #expect(text.contains("ABCD"))
        }
    }

    @Test(arguments: [
        (
            "cellar", 403,
            "listening_off: Live listening is off. Set web.listen_live to how many may listen at once."
        ),
        (
            "attic", 503,
            "too_many_listeners: 2 listen live already, as many as web.listen_live allows. Try again "
                + "later."
        ),
    ])
    func whoMayNotListenIsToldWhy(source: String, status: Int, expected: String) async throws {
        try await withMonitor { monitor in
            let answer = await monitor.raw(request("GET /v1/listen?source=\(source)"))
            #expect(answer.status == status)
            #expect(answer.apiError == expected)
        }
    }
}
