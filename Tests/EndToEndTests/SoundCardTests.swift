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
            let status = JSONLines.objects(
                in: try program.run("status", "--format", "json").output
            ).first
            return (status?["sources"] as? [[String: Any]])?.first ?? [:]
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
            let (samples, onset) = try world(seconds: 60, crowsAt: 9)
            let card = try PluggedCard(home: home, samples: samples)
            let program = try home.program(alsaConfiguration: card.alsaConfiguration)
            let service = try program.start("run")
            try Wait.until("the card delivers") {
                ["listening", "gated", "fault"].contains(
                    try source(program)["state"] as? String ?? ""
                )
            }
            service.send(SIGSTOP)
            Thread.sleep(forTimeInterval: 3)
            service.send(SIGCONT)

            let expected = try card.epoch().addingTimeInterval(onset)
            try Wait.until("the crow is heard") { try crow(program) != nil }
            let heard = try #require(try crow(program))
            #expect(abs(heard.timeIntervalSince(expected)) < 0.5, "\(heard), expected \(expected)")
            let lost = try #require(try source(program)["lost_samples"] as? Int)
            #expect(
                lost > PluggedCard.sampleRateHz,
                "3 s held up with a buffer of about 1 s lose more"
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
