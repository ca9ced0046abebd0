import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// What a person sees and hears of a source while it is listened to.
    @Suite struct LiveSoundTests {
        private let home: TestHome
        private let program: BuiltProgram

        private static let toneHz = 1_000.0

        /// A card that hears a tone of 1 kHz at -63 dBFS: the gate stays closed.
        init() throws {
            home = try TestHome()
            let card = try PluggedCard(
                home: home,
                samples: (0..<PluggedCard.sampleRateHz).map {
                    let phase = 2 * Double.pi * Self.toneHz * Double($0)
                    return Float(0.001 * sin(phase / Double(PluggedCard.sampleRateHz)))
                }
            )
            try home.write(
                """
                sources:
                  - {name: shed, device: card}
                web: {listen: off, listen_live: 1}

                """,
                to: "earwitness.yaml"
            )
            program = try home.program(alsaConfiguration: card.alsaConfiguration)
        }

        private func startListening() throws -> RunningProgram {
            let service = try program.startAnswering("run")
            try Wait.until("the card delivers") {
                try program.source()["state"] as? String == "gated"
            }
            return service
        }

        @Test func aToneLightsItsBandWhileTheGateIsClosedAndNoSampleIsLost() throws {
            let service = try startListening()
            let stream = try LiveAnswer(socket: home.socket, path: "/v1/spectrogram")
            try Wait.until("some seconds of columns came") { stream.body().count > 6_000 }
            let now = Date().timeIntervalSince1970
            let body = stream.body()
            let end = try #require(body.firstIndex(of: UInt8(ascii: "\n")))
            let header = try #require(
                try JSONSerialization.jsonObject(with: Data(body[..<end])) as? [String: Any]
            )
            let bands = try #require(header["bands"] as? Int)
            let rate = try #require(header["columns_per_s"] as? Double)
            let centres = try #require(header["frequencies_hz"] as? [Double])
            let floor = try #require(header["floor_db"] as? Double)
            let step = try #require(header["step_db"] as? Double)
            #expect(rate >= 20)
            #expect(header["source"] as? String == "shed")
            #expect(centres.count == bands)

            let records = Array(body[(end + 1)...])
            let columns = (0..<records.count / (8 + bands)).map { number in
                let record = records[number * (8 + bands)..<(number + 1) * (8 + bands)]
                let bits = record.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                return (time: Double(bitPattern: bits), levels: Array(record.dropFirst(8)))
            }
            for (before, after) in zip(columns, columns.dropFirst()) {
                #expect(abs(after.time - before.time - 1 / rate) < 0.02)
            }
            // The last column is as new as what the test took since.
            let last = try #require(columns.last)
            #expect((-0.5...1 * Wait.patience).contains(now - last.time), "\(now - last.time)")
            let brightest = try #require(
                last.levels.indices.max { last.levels[$0] < last.levels[$1] }
            )
            let nearest = try #require(
                centres.indices.min {
                    abs(centres[$0] - Self.toneHz) < abs(centres[$1] - Self.toneHz)
                }
            )
            #expect(abs(brightest - nearest) <= 1, "\(centres[brightest]) Hz")
            let level = floor + step * Double(last.levels[brightest])
            #expect((-68...(-60)).contains(level), "\(level)")
            let source = try program.source()
            #expect(source["gate"] as? String == "closed")
            #expect(source["gate_open_dbfs"] as? Double == -55)
            #expect(source["gate_close_dbfs"] as? Double == -60)
            #expect(source["noise_floor_dbfs"] is NSNull)
            #expect(source["lost_samples"] as? Int == 0)
            #expect(service.terminate().status == 0)
        }

        @Test func asManyMayListenAsTheConfigurationLetsAndTheStatusSaysSo() throws {
            let service = try startListening()
            #expect(try program.source()["listeners"] as? Int == 0)
            #expect(try program.status()["listen_live"] as? Int == 1)
            let first = try LiveAnswer(socket: home.socket, path: "/v1/listen")
            try Wait.until("a second of sound came") { first.body().count > 44 + 32_000 }
            #expect(try program.source()["listeners"] as? Int == 1)
            #expect(try program.run("status").output.contains("1 listen to its sound now"))
            let second = try LiveAnswer(socket: home.socket, path: "/v1/listen")
            try Wait.until("the second is refused") { second.text.contains("too_many_listeners") }

            let wav = first.body()
            #expect(String(decoding: wav.prefix(4), as: UTF8.self) == "RIFF")
            let rate = wav[24..<28].reversed().reduce(0) { $0 << 8 | Int($1) }
            #expect(rate == PluggedCard.sampleRateHz)
            let samples = (0..<rate).map { number -> Int16 in
                let place = 44 + 2 * number
                return Int16(bitPattern: UInt16(wav[place]) | UInt16(wav[place + 1]) << 8)
            }
            let rising = zip(samples, samples.dropFirst()).count { $0 < 0 && $1 >= 0 }
            #expect(abs(rising - Int(Self.toneHz)) < 5, "\(rising)")

            // Whoever listens is sent away as soon as nobody may.
            try home.write(
                "sources: [{name: shed, device: card}]\nweb: {listen: off}\n",
                to: "earwitness.yaml"
            )
            service.send(SIGHUP)
            try Wait.until("nobody listens") { try program.source()["listeners"] as? Int == 0 }
            #expect(try program.status()["listen_live"] as? Int == 0)
            let third = try LiveAnswer(socket: home.socket, path: "/v1/listen")
            try Wait.until("nobody may listen") { third.text.contains("listening_off") }
            #expect(service.terminate().status == 0)
        }

        @Test func theSupportBundleHoldsConfigurationStatusLogAndTheDoctorsFindings() throws {
            let service = try startListening()
            let log = try LiveAnswer(socket: home.socket, path: "/v1/log")
            try Wait.until("the log is there") { log.isOver }
            #expect(log.text.contains("Listening to card"))
            let bundle = try LiveAnswer(socket: home.socket, path: "/v1/support")
            try Wait.until("the bundle is there") { bundle.isOver }
            let text = String(decoding: bundle.body(), as: UTF8.self)
            for part in [
                "/configuration.yaml\0", "web.listen_live: 1  # ", "/doctor.txt\0", "configuration",
                "/status.json\0", "\"name\":\"shed\"", "/log.txt\0", "Listening to card",
            ] {
                #expect(text.contains(part), "\(part)")
            }
            #expect(service.terminate().status == 0)
        }
    }
}

/// An answer of the service's API that is read while it goes on.
final class LiveAnswer {
    struct NoConnection: Error {}

    private let descriptor: Int32
    private var bytes: [UInt8] = []
    /// Whether the service has ended it.
    private(set) var hasEnded = false

    /// Asks over the Unix socket; by HTTP/1.0, so that the body comes as it is.
    init(socket path: String, path route: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { place in
            place.copyBytes(from: path.utf8.prefix(place.count - 1))
        }
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        let request = "GET \(route) HTTP/1.0\r\nHost: localhost\r\n\r\n"
        guard isConnected, send(descriptor, request, request.utf8.count, Int32(MSG_NOSIGNAL)) > 0
        else { throw NoConnection() }
    }

    deinit {
        close(descriptor)
    }

    /// Reads what has come.
    private func read() {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while !hasEnded {
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            guard count > 0 else {
                hasEnded = count == 0
                return
            }
            bytes += buffer[..<count]
        }
    }

    /// Whether the answer is complete.
    var isOver: Bool {
        read()
        return hasEnded
    }

    /// Everything so far, the head too.
    var text: String {
        read()
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The body so far.
    func body() -> [UInt8] {
        read()
        let end = Array("\r\n\r\n".utf8)
        guard let head = bytes.firstRange(of: end) else { return [] }
        return Array(bytes[head.upperBound...])
    }
}
