import AudioFiles
import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// The service on a sound card that loses samples and is pulled out.
    @Suite struct SoundCardTests {
        private let home: TestHome

        init() throws {
            home = try TestHome()
            try home.write(
                """
                sources:
                  - {name: shed, device: card}
                web: {listen: off}

                """,
                to: "earwitness.yaml"
            )
        }

        /// A world of `seconds` with a rooster that crows at `crowsAt`; gives its onset too.
        private func world(
            seconds: Int,
            crowsAt: Double
        ) throws -> (samples: [Float], onset: Double) {
            let rate = PluggedCard.sampleRateHz
            let crow = try Sound(of: Recordings.clear("rooster"), rateHz: rate)
            var samples = [Float](repeating: 0, count: seconds * rate)
            let first = Int(crowsAt * Double(rate))
            for (index, sample) in crow.samples.enumerated() where first + index < samples.count {
                samples[first + index] = sample
            }
            return (samples, crowsAt + crow.onsetSeconds)
        }

        private func source(_ program: BuiltProgram) throws -> [String: Any] {
            try program.source()
        }

        private func crow(_ program: BuiltProgram) throws -> Date? {
            let events = JSONLines.objects(
                in: try program.run("events", "--format", "json", "--class", "rooster").output
            )
            return Timestamp.date(events.first?["start"])
        }

        /// How many seconds of sound levels were measured, and how many were listened to.
        private func measuredAndListenedSeconds() throws -> (measured: Double, listened: Double) {
            let measured = try home.query("SELECT sum(measured_ms) / 1000.0 FROM level_minute")
            let listened = try home.query(
                "SELECT sum(end_utc_ms - start_utc_ms) / 1000.0 FROM coverage "
                    + "WHERE state IN ('listening', 'gated')"
            )
            return (try #require(Double(measured)), try #require(Double(listened)))
        }

        @Test func aReaderHeldUpUntilSamplesAreLostCountsThemAndDatesWhatComesLaterRight() throws {
            let (samples, onset) = try world(seconds: 60, crowsAt: 14)
            let card = try PluggedCard(home: home, samples: samples)
            let program = try home.program(alsaConfiguration: card.alsaConfiguration)
            let service = try program.start("run")
            try Wait.until("the card delivers") {
                ["listening", "gated", "fault"].contains(
                    try source(program)["state"] as? String ?? ""
                )
            }
            service.send(SIGSTOP)
            Thread.sleep(forTimeInterval: 7)
            service.send(SIGCONT)

            let expected = try card.epoch().addingTimeInterval(onset)
            try Wait.until("the crow is heard") { try crow(program) != nil }
            let heard = try #require(try crow(program))
            #expect(abs(heard.timeIntervalSince(expected)) < 0.5, "\(heard), expected \(expected)")
            let lost = try #require(try source(program)["lost_samples"] as? Int)
            #expect(
                lost > PluggedCard.sampleRateHz,
                "7 s held up with a buffer of 8 periods of 0.48 s lose more"
            )
            #expect(service.terminate().status == 0)
            let recorded = try home.query(
                "SELECT sum(lost_samples) FROM coverage WHERE state = 'lost'"
            )
            #expect(Int(recorded) == lost)
            let seconds = try measuredAndListenedSeconds()
            #expect(abs(seconds.measured - seconds.listened) < 0.3, "\(seconds)")
        }

        @Test func aCardThatIsPulledOutIsAbsentUntilItIsBackAndNothingIsDatedWrongly() throws {
            let (samples, onset) = try world(seconds: 60, crowsAt: 12)
            let card = try PluggedCard(home: home, samples: samples)
            let program = try home.program(alsaConfiguration: card.alsaConfiguration)
            let service = try program.start("run")
            try Wait.until("the card delivers") {
                ["listening", "gated", "fault"].contains(
                    try source(program)["state"] as? String ?? ""
                )
            }
            try card.setPlugged(false)
            try Wait.until("the card is absent") {
                try source(program)["state"] as? String == "absent"
            }
            Thread.sleep(forTimeInterval: 2)
            try card.setPlugged(true)

            let expected = try card.epoch().addingTimeInterval(onset)
            try Wait.until("the crow is heard") { try crow(program) != nil }
            let heard = try #require(try crow(program))
            #expect(abs(heard.timeIntervalSince(expected)) < 0.5, "\(heard), expected \(expected)")
            #expect(service.terminate().status == 0)
            let absent = Double(
                try home.query(
                    "SELECT sum(end_utc_ms - start_utc_ms) / 1000.0 FROM coverage "
                        + "WHERE state = 'absent'"
                )
            )
            #expect((absent ?? 0) > 1.5)
            let seconds = try measuredAndListenedSeconds()
            #expect(abs(seconds.measured - seconds.listened) < 0.3, "\(seconds)")
        }
    }
}

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
            try program.source()
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
            try Wait.until("tail has shown the end of every sound") {
                let ended = JSONLines.objects(in: tail.output).filter { $0["end"] is String }
                return played.allSatisfy { sound in
                    ended.contains { $0["class"] as? String == sound.className }
                }
            }

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
            func rooster() throws -> [String: Any]? {
                try events("--since", Timestamp.text(back)).first {
                    $0["class"] as? String == "rooster"
                }
            }
            try Wait.until("the rooster is heard") { try rooster() != nil }
            let event = try #require(try rooster())
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
