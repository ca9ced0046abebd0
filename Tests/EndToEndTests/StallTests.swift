import AudioFiles
import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// The service, or the sound server behind its microphone, stands still for some seconds while
    /// the sound goes on: what was only late is heard, and dated as it sounded.
    @Suite struct StallTests {
        private static let rate = PulseAudioServer.sampleRateHz
        private static let secondsBetweenBarks = 3.0
        private let home: TestHome
        private let pulse: PulseAudioServer
        private let program: BuiltProgram

        init() throws {
            home = try TestHome()
            pulse = try PulseAudioServer(folder: home.folder)
            try home.write(
                "sources: [{name: porch, device: testmic}]\nweb: {listen: off}\n",
                to: "earwitness.yaml"
            )
            program = try home.program(alsaConfiguration: pulse.alsaConfiguration)
        }

        private func source() throws -> [String: Any] {
            let status = JSONLines.objects(
                in: try program.run("status", "--format", "json").output
            ).first
            return (status?["sources"] as? [[String: Any]])?.first ?? [:]
        }

        private func barks() throws -> [Date] {
            JSONLines.objects(
                in: try program.run("events", "--format", "json", "--class", "dog_bark").output
            ).compactMap { Timestamp.date($0["start"]) }.sorted()
        }

        /// A recording of silence with a bark now and then; gives the onsets too.
        private func recording(seconds: Double) throws -> (file: URL, onsets: [Double]) {
            let bark = try Sound(of: Recordings.clear("dog_bark"), rateHz: Self.rate)
            var samples = [Float](repeating: 0, count: Int(seconds * Double(Self.rate)))
            var onsets: [Double] = []
            var next = 1.0
            while next + Self.secondsBetweenBarks < seconds {
                // One bark of the recording, which has several.
                let first = Int(bark.onsetSeconds * Double(Self.rate))
                for index in 0..<Self.rate / 2 where first + index < bark.samples.count {
                    let place = Int(next * Double(Self.rate)) + index
                    samples[place] = bark.samples[first + index]
                }
                onsets.append(next)
                next += Self.secondsBetweenBarks
            }
            let file = home.folder.appendingPathComponent("barks.wav")
            let writer = try RecordingWriter(
                path: file.path,
                format: .wav16,
                sampleRateHz: Self.rate
            )
            try writer.write(samples.span)
            try writer.finish()
            return (file, onsets)
        }

        /// Whoever is stopped, every bark is heard at its time and nothing counts as lost.
        private func expectEveryBark(
            stopping stop: (Int32) -> Void,
            forSeconds stalls: [Double],
            service: RunningProgram
        ) throws {
            let (file, onsets) = try recording(seconds: stalls.reduce(15) { $0 + $1 + 4 })
            let began = Date()
            let player = try pulse.startPlaying(file)
            for seconds in stalls {
                Thread.sleep(forTimeInterval: 4)
                stop(SIGSTOP)
                Thread.sleep(forTimeInterval: seconds)
                stop(SIGCONT)
            }
            player.waitUntilExit()
            try Wait.until("every bark is heard") { try barks().count >= onsets.count }

            let heard = try barks()
            #expect(heard.count == onsets.count, "\(heard)")
            // The player begins to sound some moments after it was started.
            let delay = try #require(heard.first).timeIntervalSince(began) - onsets[0]
            for (bark, onset) in zip(heard, onsets) {
                let error = bark.timeIntervalSince(began) - onset - delay
                #expect(abs(error) < 0.3, "the bark at \(onset) s is dated \(error) s late")
            }
            let source = try source()
            #expect(source["lost_samples"] as? Int == 0)
            #expect(source["windows_left_out"] as? Int == 0)
            #expect(source["state"] as? String != "fault", "\(source)")
            #expect(!service.errors.contains("can't keep up"))
            #expect(!service.errors.contains("more or fewer samples"))
        }

        private func startService() throws -> RunningProgram {
            let service = try program.start("run")
            try Wait.until("the source delivers", seconds: 45) {
                ["listening", "gated", "fault"].contains(try source()["state"] as? String ?? "")
            }
            return service
        }

        @Test func everyBarkIsHeardAtItsTimeAlthoughTheServiceStoodStill() throws {
            let service = try startService()
            try expectEveryBark(
                stopping: { service.send($0) },
                forSeconds: [2, 4, 6, 10],
                service: service
            )
            #expect(service.terminate().status == 0)
        }
    }
}
