import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// Cards that deliver what no microphone hears, all at once, and then sound again.
    @Suite struct SignalFaultTests {
        /// What is wrong with one card, and what is said of it.
        private struct Trouble {
            let name: String
            let state: String
            let reason: String
            /// What the world sounds like meanwhile; nil: as always.
            var samples: [Float]?
        }

        private static let rate = PluggedCard.sampleRateHz
        private let home: TestHome
        private let program: BuiltProgram
        private let cards: [String: PluggedCard]

        private static let troubles = [
            Trouble(
                name: "zeros",
                state: "fault",
                reason: "delivers only zeros",
                samples: second { _ in 0 }
            ),
            Trouble(
                name: "stuck",
                state: "fault",
                reason: "delivers the same value all the time",
                samples: second { _ in 0.25 }
            ),
            Trouble(
                name: "offset",
                state: "fault",
                reason: "large DC offset",
                samples: noise(0.01).map { $0 + 0.5 }
            ),
            Trouble(
                name: "clipping",
                state: "fault",
                reason: "at full scale all the time",
                samples: second { $0 / 8 % 2 == 0 ? 1 : -1 }
            ),
            Trouble(
                name: "quiet",
                state: "fault",
                reason: "far below this source's usual noise floor",
                samples: noise(0.0001)
            ),
            Trouble(name: "lossy", state: "fault", reason: "at its nominal rate"),
            Trouble(name: "mute", state: "absent", reason: "has delivered no samples"),
        ]

        private static func second(_ value: (Int) -> Float) -> [Float] {
            (0..<rate).map(value)
        }

        /// As every card sounds that works: under the gate, so that the network rests.
        private static func noise(_ amplitude: Float) -> [Float] {
            var state: UInt64 = 42
            return second { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return (Float(state >> 40) / 8_388_608 - 1) * amplitude
            }
        }

        init() throws {
            home = try TestHome()
            var cards: [String: PluggedCard] = [:]
            for trouble in Self.troubles {
                cards[trouble.name] = try PluggedCard(
                    home: home,
                    name: trouble.name,
                    samples: Self.noise(0.01)
                )
            }
            self.cards = cards
            let sources = Self.troubles.map { "  - {name: \($0.name), device: \($0.name)}\n" }
            try home.write(
                "sources:\n\(sources.joined())web: {listen: off}\n"
                    // Nothing here is worth the network's time.
                    + "gate: {open_dbfs: 0, close_dbfs: 0}\n",
                to: "earwitness.yaml"
            )
            program = try home.program(
                alsaConfiguration: cards.values.map(\.alsaConfiguration).joined()
            )
        }

        /// A run before learnt that this source is never under -45 dBFS.
        private func rememberFloor() throws {
            try home.write(
                """
                {"format": 1, "floors": [{"owner": {"source": "quiet", "device": "quiet",
                "channel": "mix", "gain_db": 0}, "level_dbfs": -45, "learnt_s": 7200,
                "learnt_at_s": \(Date().timeIntervalSince1970 - 3_600)}]}
                """,
                to: "state/noise-floors.json"
            )
        }

        private func sources() throws -> [String: [String: Any]] {
            let status = try program.status()
            let sources = status["sources"] as? [[String: Any]] ?? []
            return Dictionary(
                sources.map { ($0["name"] as? String ?? "", $0) },
                uniquingKeysWith: { $1 }
            )
        }

        private func get(_ path: String) throws -> String {
            try RunningProgram(
                path: "/usr/bin/curl",
                arguments: ["-s", "--unix-socket", home.socket, "http://earwitness\(path)"],
                environment: [:]
            ).outcome().output
        }

        private func isWell(_ source: [String: Any]?) -> Bool {
            ["gated", "listening"].contains(source?["state"] as? String ?? "")
        }

        /// A card that loses every tenth frame from now on, until it is told to cease.
        private func loseFrames(until isOver: () throws -> Bool) throws {
            let began = Date()
            while try !isOver() {
                let frames = Date().timeIntervalSince(began) * Double(Self.rate) / 10
                try cards["lossy"]?.loseSilently(frames: Int64(frames))
                Thread.sleep(forTimeInterval: 0.05)
            }
        }

        @Test func everyFaultOfTheSignalIsToldOfEverywhereWithinSecondsAndIsOverByItself() throws {
            try rememberFloor()
            let service = try program.start("run")
            try Wait.until("every card delivers", seconds: 60) {
                let sources = try sources()
                return Self.troubles.allSatisfy { isWell(sources[$0.name]) }
            }

            for trouble in Self.troubles {
                if let samples = trouble.samples { try cards[trouble.name]?.change(to: samples) }
            }
            try cards["mute"]?.set(.stalls)
            let began = Date()
            var told: [String: TimeInterval] = [:]
            try loseFrames {
                let sources = try sources()
                for trouble in Self.troubles where told[trouble.name] == nil {
                    guard sources[trouble.name]?["state"] as? String == trouble.state,
                        (sources[trouble.name]?["reason"] as? String)?.contains(trouble.reason)
                            == true
                    else { continue }
                    told[trouble.name] = Date().timeIntervalSince(began)
                }
                try #require(
                    Date().timeIntervalSince(began) < 45 * Wait.patience,
                    "only \(told) in \(sources)"
                )
                return told.count == Self.troubles.count
            }
            for (name, seconds) in told where name != "quiet" && name != "lossy" {
                #expect(seconds < 15 * Wait.slowness, "\(name) was told of after \(seconds) s")
            }

            let metrics = try get("/metrics").split(separator: "\n")
            let answer = try get("/v1/status")
            let text = try program.run("status").output
            for trouble in Self.troubles {
                #expect(
                    metrics.contains {
                        $0.hasPrefix("earwitness_source_fault{source=\"\(trouble.name)\"")
                            && $0.contains(trouble.reason)
                    },
                    "\(trouble.name)"
                )
                #expect(answer.contains(trouble.reason), "\(trouble.name)")
                #expect(text.contains(trouble.reason), "\(trouble.name)")
                try Wait.until("the log tells of \(trouble.name)") {
                    service.errors.split(separator: "\n").contains {
                        $0.contains(trouble.reason) && $0.contains("source=\(trouble.name)")
                    }
                }
            }

            for trouble in Self.troubles where trouble.samples != nil {
                try cards[trouble.name]?.change(to: Self.noise(0.01))
            }
            try cards["mute"]?.set(.delivers)
            try Wait.until("every card hears again", seconds: 30) {
                let sources = try sources()
                return Self.troubles.allSatisfy {
                    isWell(sources[$0.name]) && sources[$0.name]?["reason"] is NSNull
                }
            }
            #expect(try !get("/metrics").contains("earwitness_source_fault{"))
            for trouble in Self.troubles where trouble.state == "fault" {
                try Wait.until("the log tells that \(trouble.name) hears") {
                    service.errors.split(separator: "\n").contains {
                        $0.contains("normal signal again") && $0.contains("source=\(trouble.name)")
                    }
                }
            }
            #expect(service.terminate().status == 0)
            let kept = try String(
                contentsOfFile: home.path("state/noise-floors.json"),
                encoding: .utf8
            )
            #expect(kept.contains("\"quiet\""))
        }
    }
}
