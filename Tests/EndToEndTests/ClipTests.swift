import AudioFiles
import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// The sound of events as the service keeps it, on real recordings.
    @Suite struct ClipTests {
        private let home: TestHome
        private let program: BuiltProgram

        init() throws {
            home = try TestHome()
            program = try home.program()
        }

        /// A recording in the middle of quiet noise, in which every stretch can be found again.
        private func writeScene(
            _ className: String,
            secondsBefore: Double = 4,
            secondsAfter: Double = 5
        ) throws -> (path: String, samples: [Float], rateHz: Int) {
            let reader = try RecordingReader(path: Recordings.clear(className).path)
            let rateHz = reader.sampleRateHz
            var sound: [Float] = []
            while try reader.readMono(into: &sound, upTo: 1 << 16) > 0 {}
            var state: UInt64 = 42
            func noise(_ seconds: Double) -> [Float] {
                (0..<Int(seconds * Double(rateHz))).map { _ in
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    return Float(Int(state >> 56) - 128) / 262_144
                }
            }
            let scene = noise(secondsBefore) + sound + noise(secondsAfter)
            let path = home.path("\(className).wav")
            let writer = try RecordingWriter(path: path, format: .wav16, sampleRateHz: rateHz)
            try writer.write(scene.span)
            try writer.finish()
            // As the service gets it: rounded to 16 bits.
            return (path, try samples(at: path), rateHz)
        }

        private func samples(at path: String) throws -> [Float] {
            let reader = try RecordingReader(path: path)
            var samples: [Float] = []
            while try reader.readMono(into: &samples, upTo: 1 << 16) > 0 {}
            return samples
        }

        private func configure(_ clips: String) throws {
            try home.write("web: {listen: off}\nclips: \(clips)\n", to: "earwitness.yaml")
        }

        /// Where a clip lies in a recording, to the sample; nil if it is not in it.
        ///
        /// Its loudest place is looked for, because quiet stretches are alike.
        private func place(of clip: [Float], in recording: [Float]) -> Int? {
            guard clip.count > 64,
                let loudest = clip.indices.max(by: { abs(clip[$0]) < abs(clip[$1]) })
            else { return nil }
            let mark = min(max(0, loudest - 32), clip.count - 64)
            for start in 0...max(0, recording.count - clip.count)
            where recording[start + loudest] == clip[loudest] {
                let isHere = (mark..<mark + 64).allSatisfy { recording[start + $0] == clip[$0] }
                guard isHere else { continue }
                return Array(recording[start..<start + clip.count]) == clip ? start : nil
            }
            return nil
        }

        /// Every file below the state folder, by its path relative to it.
        private func stateFiles() -> [String] {
            let all = FileManager.default.enumerator(atPath: home.path("state"))
            return (all?.compactMap { $0 as? String } ?? []).filter { file in
                var isFolder: ObjCBool = false
                let path = home.path("state/\(file)")
                return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
                    && !isFolder.boolValue
            }
        }

        /// Files below the state folder that are or hold audio.
        private func audioFiles() -> [String] {
            stateFiles().filter { file in
                let path = home.path("state/\(file)")
                guard let content = FileManager.default.contents(atPath: path) else { return false }
                let marks = ["fLaC", "RIFF", "OggS"].map { Data($0.utf8) }
                return file.hasPrefix("clips/") || marks.contains { content.range(of: $0) != nil }
            }
        }

        @Test func theClipIsTheRecordingAtTheTimeThatTheEventStates() throws {
            try configure("{keep: events, pre_roll_s: 1.5, post_roll_s: 2.5}")
            let scene = try writeScene("dog_bark")
            let run = try program.run("run", "--source", "file:\(scene.path)")
            #expect(run.status == 0, "\(run.errors)")
            let row = try home.query(
                """
                SELECT event.id, clip_path, event.start_utc_ms, end_utc_ms, clip.start_utc_ms,
                    length_ms, lost_ms, is_cut_short, clip_bytes,
                    (SELECT min(start_utc_ms) FROM coverage WHERE state <> 'stopped')
                FROM event JOIN clip ON event_id = event.id ORDER BY peak_score DESC LIMIT 1
                """
            ).split(separator: "|").map(String.init)
            try #require(row.count == 10, "\(row)")
            let numbers = row.map { Double($0) ?? .nan }
            let (start, end, clipStart, streamStart) = (
                numbers[2], numbers[3], numbers[4], numbers[9]
            )
            #expect(abs(start - clipStart - 1_500) <= 1)
            #expect(abs(numbers[5] - (end - start + 4_000)) <= 2)
            #expect(numbers[6] == 0 && numbers[7] == 0)

            let path = home.path("state/clips/\(row[1])")
            #expect(row[1].hasSuffix("/\(row[0]).flac"))
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count == Int(row[8]))
            let clip = try samples(at: path)
            #expect(Double(clip.count) == (numbers[5] / 1_000 * Double(scene.rateHz)).rounded())
            // Every sample of it is the recording's, and it is at the time that is stated.
            let found = try #require(place(of: clip, in: scene.samples))
            let stated = (clipStart - streamStart) / 1_000
            #expect(abs(Double(found) / Double(scene.rateHz) - stated) < 0.005)

            let list = JSONLines.objects(in: try program.run("events", "--format", "json").output)
            #expect(list.contains { $0["clip"] as? String == row[1] })
            #expect(try program.run("events").output.contains(row[1]))

            // What is deleted by hand is gone in the history after the next start.
            try FileManager.default.removeItem(atPath: path)
            #expect(try program.run("run", "--source", "file:\(scene.path)").status == 0)
            let gone = try home.query(
                "SELECT clip_path IS NULL, gone FROM event JOIN clip ON event_id = id "
                    + "WHERE id = \(row[0])"
            )
            #expect(gone == "1|deleted")
        }

        @Test func anEventAtTheEndOfTheStreamHasAClipWithLessPostRoll() throws {
            try configure("{keep: events, format: wav24, post_roll_s: 30}")
            let scene = try writeScene("rooster", secondsBefore: 0, secondsAfter: 0.5)
            #expect(try program.run("run", "--source", "file:\(scene.path)").status == 0)
            let path = try home.query("SELECT clip_path FROM event WHERE clip_path IS NOT NULL")
            let first = try #require(path.split(separator: "\n").first)
            #expect(first.hasSuffix(".wav"))
            let clip = try samples(at: home.path("state/clips/\(first)"))
            let found = try #require(place(of: clip, in: scene.samples))
            #expect(found + clip.count == scene.samples.count)
        }

        @Test func withoutBeingAskedNoAudioIsKeptAnywhere() throws {
            let recording = Recordings.clear("dog_bark").path
            #expect(try program.run("run", "--source", "file:\(recording)").status == 0)
            #expect(try home.query("SELECT count(*) > 0 FROM event") == "1")
            #expect(audioFiles().isEmpty, "\(stateFiles())")
            #expect(!FileManager.default.fileExists(atPath: home.path("state/clips")))
        }

        @Test func whenKeepingIsTurnedOffLiveNoAudioIsLeftAndNoneComes() throws {
            try configure("{keep: all, pre_roll_s: 0.5, post_roll_s: 0.5, max_length_s: 2}")
            let service = try program.startAnswering("run", "--source", "demo")
            try Wait.until("a clip is kept", seconds: 90) {
                try home.query("SELECT count(*) FROM event WHERE clip_path IS NOT NULL") != "0"
            }
            #expect(!audioFiles().isEmpty)
            try configure("{keep: none}")
            service.send(SIGHUP)
            try Wait.until("the clips are removed") { audioFiles().isEmpty }
            let seen = try home.query("SELECT count(*) FROM event")
            try Wait.until("another event is over", seconds: 90) {
                try home.query(
                    "SELECT count(*) FROM event WHERE end_utc_ms IS NOT NULL AND id > \(seen)"
                )
                    != "0"
            }
            Thread.sleep(forTimeInterval: 1.5)
            #expect(audioFiles().isEmpty, "\(stateFiles())")
            #expect(service.terminate().status == 0)
            #expect(audioFiles().isEmpty, "\(stateFiles())")
            #expect(try home.query("SELECT count(*) FROM event WHERE clip_path IS NOT NULL") == "0")
            #expect(service.errors.contains("clips.keep is none: removed"))
        }

        @Test func aServiceThatIsStoppedDuringAnEventKeepsItsSound() throws {
            try configure("{keep: all}")
            let service = try program.start("run", "--source", "demo")
            var id: Int?
            try Wait.until("a sound of the demo goes on", seconds: 90) {
                let status = try program.status()
                id = (status["ongoing"] as? [[String: Any]])?.first?["id"] as? Int
                return id != nil
            }
            #expect(service.terminate().status == 0)
            let path = try home.query("SELECT clip_path FROM event WHERE id = \(id ?? 0)")
            #expect(try samples(at: home.path("state/clips/\(path)")).count > 16_000)
        }

        @Test func whereThereIsNoSpaceTheEventStaysAndStatusSaysWhatWasLost() throws {
            try configure("{keep: all, min_free: 500 TB, post_roll_s: 0}")
            let service = try program.start("run", "--source", "demo")
            var clips: [String: Any] = [:]
            try Wait.until("a clip is given up", seconds: 90) {
                let status = try program.status()
                clips = status["clips"] as? [String: Any] ?? [:]
                return clips["dropped"] as? Int ?? 0 > 0
            }
            #expect((clips["fault"] as? String)?.contains("clips.min_free") == true)
            #expect(clips["count"] as? Int == 0)
            #expect(try program.run("status").output.contains("Clips cannot be written"))
            #expect(service.terminate().status == 0)
            #expect(try home.query("SELECT count(*) > 0 FROM event") == "1")
            #expect(
                try home.query("SELECT count(*) > 0 FROM clip WHERE gone = 'unwritable'") == "1"
            )
            #expect(audioFiles().isEmpty, "\(stateFiles())")
        }

        @Test func theSoundOfEventsInARecordingIsCutOutByAnalyze() throws {
            try configure("{pre_roll_s: 1, post_roll_s: 1}")
            let scene = try writeScene("dog_bark")
            let outcome = try program.run(
                "analyze",
                "--format",
                "json",
                "--clips",
                home.path("cut"),
                scene.path
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
            let events = JSONLines.objects(in: outcome.output)
            let names = try FileManager.default.contentsOfDirectory(atPath: home.path("cut"))
            #expect(names.count == events.count)
            for event in events {
                let start = try #require(event["start_s"] as? Double)
                let className = try #require(event["class"] as? String)
                let name = String(format: "dog_bark_%09.3f_", start) + className + ".flac"
                let clip = try samples(at: home.path("cut/\(name)"))
                let found = try #require(place(of: clip, in: scene.samples))
                #expect(abs(Double(found) / Double(scene.rateHz) - (start - 1)) < 0.002)
            }
        }
    }
}
