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
            try program.source()
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
            // The sink is silent again since the player ended, which is a fault after some seconds.
            let reason = source["reason"] as? String
            #expect(reason?.hasPrefix("The device delivers only zeros") ?? true, "\(source)")
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
                forSeconds: [3, 10],
                service: service
            )
            #expect(service.terminate().status == 0)
        }
    }
}

extension EndToEnd {
    /// The service on a machine that has no time for it.
    ///
    /// What takes the time away are busy programs on the service's only processor, where it has the
    /// lowest weight; the capture thread shares it.
    @Suite struct BackPressureTests {
        private static let hopSeconds = min(0.4, 0.08 * Wait.slowness)
        private let home: TestHome
        private let pulse: PulseAudioServer
        private let program: BuiltProgram

        init() throws {
            home = try TestHome()
            pulse = try PulseAudioServer(folder: home.folder)
            // As much work as can be configured, if the machine is as fast as usual: a window every
            // 80 ms, with the gate always open.
            try home.write(
                """
                sources:
                  - {name: porch, device: testmic}
                detection: {hop_s: \(Self.hopSeconds)}
                gate: {open_dbfs: -120, close_dbfs: -120}
                web: {listen: off}

                """,
                to: "earwitness.yaml"
            )
            program = try home.program(alsaConfiguration: pulse.alsaConfiguration)
        }

        private func source() throws -> [String: Any] {
            try program.source()
        }

        private func stride() throws -> Int {
            try source()["hop_stride"] as? Int ?? 0
        }

        private func run(_ path: String, _ arguments: String...) throws {
            let tool = try RunningProgram(path: path, arguments: arguments, environment: [:])
            tool.waitUntilExit()
        }

        @Test func theHopGrowsWhileTheMachineIsTooSlowAndIsAsBeforeAfterwards() throws {
            let service = try program.start("run")
            try Wait.until("the source delivers", seconds: 45) {
                ["listening", "gated", "fault"].contains(try source()["state"] as? String ?? "")
            }
            #expect(try stride() == 1)

            let identifier = "\(service.identifier)"
            try run("/usr/bin/taskset", "-a", "-c", "-p", "0", identifier)
            for task in try FileManager.default.contentsOfDirectory(
                atPath: "/proc/\(identifier)/task"
            ) {
                try run("/usr/bin/renice", "-n", "19", "-p", task)
            }
            var busy = try (0..<8).map { _ in
                try RunningProgram(
                    path: "/usr/bin/taskset",
                    arguments: ["-c", "0", "/bin/sh", "-c", "while :; do :; done"],
                    environment: [:]
                )
            }
            try Wait.until("the hop has grown", seconds: 120) { try stride() > 1 }
            #expect(service.errors.contains("can't keep up"))
            let hop = try #require(try source()["hop_s"] as? Double)
            #expect(hop > 1.8 * Self.hopSeconds, "a hop of \(hop) s")

            busy.removeAll()
            try Wait.until("the hop is as before", seconds: 180) { try stride() == 1 }
            #expect(service.errors.contains("keeps up again"))
            #expect(service.terminate().status == 0)
        }
    }
}

extension EndToEnd {
    /// A recording played through the live path and the same recording analysed.
    @Suite struct StreamingEqualsOfflineTests {
        @Test func aRecordingPlayedLiveGivesTheEventsAndScoresOfItsAnalysis() throws {
            let home = try TestHome()
            let program = try home.program()
            let recording = Recordings.clear("dog_bark").path
            let live = try program.run("run", "--source", "file:\(recording)")
            #expect(live.status == 0)
            let analysis = try program.run(
                "analyze",
                recording,
                "--format",
                "json",
                "--scores",
                home.path("scores")
            )
            #expect(analysis.status == 0)

            let heard = JSONLines.objects(in: try program.run("events", "--format", "json").output)
            let found = JSONLines.objects(in: analysis.output)
            #expect(!found.isEmpty)
            try #require(heard.count == found.count)
            for (left, right) in zip(heard, found) {
                for key in ["class", "peak_score", "mean_score", "level_dbfs"] {
                    #expect("\(left[key] ?? "")" == "\(right[key] ?? "")", "\(key)")
                }
                let length = try #require(left["duration_s"] as? Double)
                let end = try #require(right["end_s"] as? Double)
                let start = try #require(right["start_s"] as? Double)
                #expect(abs(length - (end - start)) < 0.002)
            }
            let written = try ScoreFile(path: home.path("scores/1-100032-A.csv")).bytes
            #expect(try storedScores(home) == written)
        }

        /// Each hop's scores as the database keeps them.
        private func storedScores(_ home: TestHome) throws -> [[Int]] {
            try home.query(
                "SELECT class_count || ' ' || hex(scores) FROM score_block ORDER BY start_utc_ms"
            ).split(separator: "\n").flatMap(ScoreFile.bytes(ofRow:))
        }
    }
}
