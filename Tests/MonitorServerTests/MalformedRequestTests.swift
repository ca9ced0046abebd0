import Foundation
import Monitor
import MonitorClient
import MonitorServer
import TestSupport
import Testing

@Suite("Malformed requests")
struct MalformedRequestTests {
    private static let health = request("GET /healthz")

    @Test(arguments: [
        "\r\n\r\n", "GET\r\n\r\n", "\u{0}\u{1}\u{2}\u{3}\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nzzz\r\n",
        "GET /\u{0} HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\n: empty\r\n\r\n",
        "GET / HTTP/1.1\r\nA: b\u{0}c\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "{\"json\":true}\n",
    ])
    func garbageIsRefusedAndTheServerLives(bytes: String) async throws {
        try await withMonitor { settings in
            settings.idleSeconds = 1
        } _: { monitor in
            let connection = try RawConnection(unix: monitor.addresses.socketPath)
            await connection.write(bytes)
            let answer = await connection.read()
            #expect(answer == nil || [400, 404, 505].contains(answer?.status))
            #expect(await monitor.raw(Self.health).status == 200)
        }
    }

    @Test func aHeadThatIsTooLongIsRefused() async throws {
        try await withMonitor { monitor in
            let header = "X: " + String(repeating: "x", count: 20_000)
            let answer = await monitor.raw(request("GET /healthz", [header]))
            #expect(answer.status != 200)
            let many = (0..<200).map { "X\($0): y" }
            #expect(await monitor.raw(request("GET /healthz", many)).status != 200)
            #expect(await monitor.raw(Self.health).status == 200)
        }
    }

    @Test func aPathWithoutEndIsCutOff() async throws {
        try await withMonitor { settings in
            settings.idleSeconds = 1
        } _: { monitor in
            let connection = try RawConnection(unix: monitor.addresses.socketPath)
            await connection.write("GET /")
            let part = String(repeating: "x", count: 10_000)
            var sent = 0
            while sent < 10_000_000, await connection.write(part) {
                sent += part.utf8.count
            }
            #expect(sent < 2_000_000)
            #expect(await monitor.raw(Self.health).status == 200)
        }
    }

    @Test func aBodyThatIsTooLargeIsRefused() async throws {
        try await withMonitor { settings in
            settings.maxBodyBytes = 1_000
        } _: { monitor in
            let json = "{\"on\":0.5,\"off\":" + String(repeating: " ", count: 2_000) + "0.1}"
            let answer = await monitor.raw(request("PUT /v1/thresholds/rain", json: json))
            #expect(answer.status == 413)
            #expect(
                answer.apiError == "body_too_large: The body of the request is too large."
            )
            #expect(await monitor.raw(Self.health).status == 200)
        }
    }

    @Test func aBodyWithoutEndThatNobodyWantsIsCutOff() async throws {
        try await withMonitor { monitor in
            let connection = try RawConnection(unix: monitor.addresses.socketPath)
            await connection.write(
                "GET /healthz HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            let chunk = "1000\r\n" + String(repeating: "x", count: 4_096) + "\r\n"
            var sent = 0
            while sent < 10_000_000, await connection.write(chunk) {
                sent += chunk.utf8.count
            }
            #expect(sent < 2_000_000)
            let isAlive = await monitor.raw(Self.health).status == 200
            #expect(isAlive)
        }
    }

    @Test func aBodyThatIsNotDeclaredAsJSONIsRefused() async throws {
        try await withMonitor { monitor in
            let text =
                request(
                    "PUT /v1/thresholds/rain",
                    ["Content-Type: text/plain", "Content-Length: 10"]
                ) + "{\"on\":0.5}"
            let answer = await monitor.raw(text)
            #expect(answer.status == 415)
            #expect(
                answer.apiError
                    == "not_json: The body is declared as 'text/plain'; send JSON with "
                    + "'Content-Type: application/json'."
            )
        }
    }

    @Test func aBodyInChunksIsRead() async throws {
        try await withMonitor { monitor in
            let text =
                request(
                    "PUT /v1/thresholds/rain",
                    ["Content-Type: application/json", "Transfer-Encoding: chunked"]
                )
                + "5\r\n{\"on\"\r\n5\r\n:0.5}\r\n0\r\n\r\n"
            #expect(await monitor.raw(text).status == 200)
        }
    }

    @Test func aClientThatNeverFinishesItsRequestIsCutOff() async throws {
        try await withMonitor { settings in
            settings.idleSeconds = 1
        } _: { monitor in
            let connection = try RawConnection(unix: monitor.addresses.socketPath)
            await connection.write("GET /healthz HTTP/1.1\r\nHost: loc")
            let started = ContinuousClock.now
            #expect(await connection.read() == nil)
            #expect(ContinuousClock.now - started < .seconds(8))
        }
    }

    @Test func severalRequestsOnOneConnectionAreAnsweredInOrder() async throws {
        try await withMonitor { monitor in
            let first = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
            let second = request("GET /v1/thresholds/rain")
            let answer = await monitor.raw(first + second)
            #expect(answer.components(separatedBy: "HTTP/1.1 200").count == 3)
            #expect(answer.contains("\"class\":\"rain\""))
        }
    }

    /// Cuts and changes valid requests at random; the seed is fixed.
    @Test func changedRequestsNeverStopTheServer() async throws {
        try await withMonitor { monitor in
            var random = SeededNumbers(seed: 7)
            let valid = [
                request("GET /v1/events?since=2h&class=rain&limit=5"),
                request("PUT /v1/thresholds/rain", json: #"{"on":0.5}"#),
                request("POST /v1/events/1/label", json: #"{"class":"fox","note":null}"#),
                request("GET /v1/thresholds/%72ain"),
            ]
            for round in 0..<200 {
                var bytes = Array(valid[round % valid.count].utf8)
                for _ in 0...Int.random(in: 0..<4, using: &random) {
                    let place = Int.random(in: 0..<bytes.count, using: &random)
                    bytes[place] = UInt8.random(in: 0...127, using: &random)
                }
                let connection = try RawConnection(unix: monitor.addresses.socketPath)
                await connection.write(String(decoding: bytes, as: UTF8.self))
                connection.finishWriting()
                let answer = await connection.read()
                #expect(answer?.status != 500, "\(String(decoding: bytes, as: UTF8.self))")
            }
            #expect(await monitor.raw(Self.health).status == 200)
        }
    }
}
