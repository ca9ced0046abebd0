import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// The service on a microphone that is real to it: PulseAudio's null sink through ALSA.
    @Suite struct LiveMicrophoneTests {
        private let home: TestHome
        private let pulse: PulseAudioServer
        private let program: BuiltProgram

        init() throws {
            home = try TestHome()
            pulse = try PulseAudioServer(folder: home.folder)
            try home.write(
                """
                sources:
                  - {name: porch, device: testmic}
                web: {listen: off}

                """,
                to: "earwitness.yaml"
            )
            program = try home.program(alsaConfiguration: pulse.alsaConfiguration)
        }

        /// Starts the service and waits until its source delivers.
        private func startService() throws -> RunningProgram {
            let service = try program.start("run")
            try waitForSource(["listening", "gated", "fault"])
            return service
        }

        private func sourceStatus() throws -> [String: Any] {
            let outcome = try program.run("status", "--format", "json")
            let status = JSONLines.objects(in: outcome.output).first
            return (status?["sources"] as? [[String: Any]])?.first ?? [:]
        }

        private func waitForSource(_ states: Set<String>, seconds: TimeInterval = 45) throws {
            try Wait.until("the source is one of \(states)", seconds: seconds) {
                states.contains(try sourceStatus()["state"] as? String ?? "")
            }
        }

        private func events(_ arguments: String...) throws -> [[String: Any]] {
            let outcome = try program.run(arguments: ["events", "--format", "json"] + arguments)
            return JSONLines.objects(in: outcome.output)
        }

        /// Plays a recording and gives the moment at which its sound began.
        private func play(_ recording: URL) throws -> Date {
            let sound = try Sound(of: recording, rateHz: PulseAudioServer.sampleRateHz)
            return try pulse.play(recording).addingTimeInterval(sound.onsetSeconds)
        }

        @Test func soundsPlayedIntoTheMicrophoneAreEventsInTailInHistoryAndInTheDatabase() throws {
            let service = try startService()
            let tail = try program.start("tail", "--format", "json")
            var played: [(className: String, onset: Date)] = []
            for name in ["dog_bark", "rooster", "sneeze"] {
                Thread.sleep(forTimeInterval: 1.5)
                played.append((name, try play(Recordings.clear(name))))
            }
            Thread.sleep(forTimeInterval: 2.5)

            let heard = try events()
            for (className, onset) in played {
                let event = try #require(
                    heard.first { $0["class"] as? String == className },
                    "no \(className) in \(heard)"
                )
                let start = try #require(Timestamp.date(event["start"]))
                #expect(abs(start.timeIntervalSince(onset)) < 0.5, "\(className) began at \(start)")
                let id = try #require(event["id"] as? Int)
                let shown = JSONLines.objects(in: tail.output).filter { $0["id"] as? Int == id }
                #expect(shown.first?["end"] is NSNull, "tail shows the beginning first")
                #expect(shown.last?["end"] as? String == event["end"] as? String)
                #expect(try home.query("SELECT count(*) FROM event WHERE id = \(id)") == "1")
            }
            #expect(service.terminate().status == 0)
        }

        @Test func aServerThatIsKilledIsShownRecordedAndComeBackTo() throws {
            let service = try startService()
            Thread.sleep(forTimeInterval: 3)
            let killed = Date()
            pulse.kill()
            try waitForSource(["absent"])
            let reason = try #require(try sourceStatus()["reason"] as? String)
            #expect(reason.contains("testmic"))
            let noticed = Date()
            Thread.sleep(forTimeInterval: 2)
            let restarted = Date()
            try pulse.start()
            try waitForSource(["listening", "gated", "fault"])
            let back = Date()

            Thread.sleep(forTimeInterval: 1)
            let onset = try play(Recordings.clear("rooster"))
            Thread.sleep(forTimeInterval: 3)
            let event = try #require(
                try events("--since", Timestamp.text(back)).first {
                    $0["class"] as? String == "rooster"
                }
            )
            let start = try #require(Timestamp.date(event["start"]))
            #expect(abs(start.timeIntervalSince(onset)) < 0.5, "the event began at \(start)")

            #expect(service.terminate().status == 0)
            #expect(service.errors.contains("testmic"), "the log says what is gone")
            let absent = Double(
                try home.query(
                    "SELECT coalesce(sum(end_utc_ms - start_utc_ms), 0) / 1000.0 FROM coverage "
                        + "WHERE state = 'absent'"
                )
            )
            // On a slow machine the server takes long to start, and its return is seen late.
            let least = restarted.timeIntervalSince(noticed)
            let most = back.timeIntervalSince(killed) + 0.5
            #expect((least...most).contains(absent ?? 0), "\(absent ?? 0) s of \(least) to \(most)")
        }
    }
}
