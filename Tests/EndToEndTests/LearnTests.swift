import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// A sound that is learnt from examples, as a user does it.
    @Suite struct LearnTests {
        private let home: TestHome
        private let program: BuiltProgram

        init() throws {
            home = try TestHome()
            program = try home.program()
            try home.write(
                "web: { listen: off }\nmodel: household-2\nclips: { keep: all }\n",
                to: "earwitness.yaml"
            )
        }

        private func warbles(_ variants: Range<Int>) throws -> [String] {
            try variants.map { variant in
                let path = home.path("warble\(variant).wav")
                try SyntheticSounds.write(SyntheticSounds.warble(variant), to: path)
                return path
            }
        }

        /// A recording of three seconds with a warble that was not an example.
        private func scene() throws -> String {
            let quiet = [Float](repeating: 0.0005, count: 16_000)
            let path = home.path("scene.wav")
            try SyntheticSounds.write(quiet + SyntheticSounds.warble(11) + quiet, to: path)
            return path
        }

        private func classes(in path: String) throws -> [String] {
            let outcome = try program.run("analyze", path, "--format", "json")
            #expect(outcome.status == 0, "\(outcome.errors)")
            return JSONLines.objects(in: outcome.output).compactMap { $0["class"] as? String }
        }

        @Test func aSoundOfThreeExamplesIsListedHeardSwitchedExportedAndRemoved() throws {
            let scene = try scene()
            #expect(try !classes(in: scene).contains("horn"))
            let learnt = try program.run(arguments: ["learn", "horn"] + warbles(0..<3))
            #expect(learnt.status == 0, "\(learnt.errors)")
            #expect(learnt.output.contains("Learnt 'horn' (Horn) for household-2 from 3 examples"))
            #expect(learnt.output.contains("3 of 3 examples are recognised"))
            #expect(learnt.errors.contains("No service is running"))
            let listed = JSONLines.objects(
                in: try program.run("learn", "list", "--format", "json").output
            )
            try #require(listed.count == 1)
            #expect(listed[0]["name"] as? String == "horn")
            #expect(listed[0]["in_force"] as? Bool == true)
            #expect(try classes(in: scene).contains("horn"))

            // A class like any other: its threshold, its switch, and the service.
            #expect(try knows("horn"))
            #expect(try program.run("thresholds", "set", "horn", "off").status == 0)
            #expect(try !classes(in: scene).contains("horn"))
            #expect(try program.run("thresholds", "reset", "horn").status == 0)
            let service = try program.start(arguments: ["run", "--source", "file:\(scene)"])
            #expect(service.outcome().status == 0)
            let events = try program.run("events", "--class", "horn", "--format", "json")
            #expect(JSONLines.objects(in: events.output).count == 1, "\(events.errors)")

            // Out, away, and in again.
            let file = home.path("horn.json")
            #expect(try program.run("learn", "export", "horn", file).status == 0)
            #expect(try program.run("learn", "remove", "horn").status == 0)
            #expect(try !classes(in: scene).contains("horn"))
            let imported = try program.run("learn", "import", file)
            #expect(imported.status == 0, "\(imported.errors)")
            #expect(try classes(in: scene).contains("horn"))
            let again = try program.run("learn", "again")
            #expect(again.status == 0, "\(again.errors)")
            #expect(again.output.contains("Learnt 'horn'"))
            #expect(try classes(in: scene).contains("horn"))

            // What can't be read is not learnt again, and that is no success.
            try home.write("{", to: "state/learnt/horn/learnt.json")
            for arguments in [["learn", "again"], ["learn", "again", "horn"]] {
                let refusal = try program.run(arguments: arguments)
                #expect(refusal.status == 65, "\(refusal.errors)")
                #expect(refusal.errors.contains("'horn' was not learnt: "), "\(refusal.errors)")
                #expect(refusal.errors.contains("learnt.json' can't be read"))
                #expect(refusal.output.isEmpty)
            }
        }

        /// Whether the running service has a class.
        private func knows(_ name: String) throws -> Bool {
            JSONLines.objects(in: try program.run("thresholds", "--format", "json").output)
                .contains { $0["class"] as? String == name }
        }

        @Test func aRunningServiceHearsWhatIsLearntAtOnceAndForgetsWhatIsRemoved() throws {
            let second = [Float](repeating: 0.0005, count: 16_000)
            let round = second + second + SyntheticSounds.warble(11) + second + second
            let path = home.path("rounds.wav")
            try SyntheticSounds.write(Array(repeatElement(round, count: 120).joined()), to: path)
            let service = try program.startAnswering("run", "--source", "file:\(path)")
            #expect(try !knows("horn"))

            let learnt = try program.run(arguments: ["learn", "horn"] + warbles(0..<3))
            #expect(learnt.status == 0, "\(learnt.errors)")
            #expect(learnt.errors == "The running service obeys at once.\n")
            #expect(try knows("horn"))
            try Wait.until("the service hears it", seconds: 120) {
                try program.run("events", "--class", "horn", "--format", "json").lines.count >= 2
            }

            let removed = try program.run("learn", "remove", "horn")
            #expect(
                removed.errors == "'horn' was removed.\nThe running service obeys at once.\n"
            )
            #expect(try !knows("horn"))

            // A service that can't be reloaded goes on as it was, and that is said.
            #expect(try program.run(arguments: ["learn", "horn"] + warbles(0..<3)).status == 0)
            try home.write("gate: { open_dbfs: loud }\n", to: "earwitness.yaml")
            let late = try program.run("learn", "remove", "horn")
            #expect(late.status == 0)
            #expect(late.errors.contains("does not know of it yet: "), "\(late.errors)")
            #expect(late.errors.contains("systemctl reload earwitness"))
            #expect(service.terminate().status == 0)
        }

        @Test func anEventWithAClipTeachesThatItIsNotItsClass() throws {
            let path = Recordings.clear("rooster").path
            let service = try program.start(arguments: ["run", "--source", "file:\(path)"])
            #expect(service.outcome().status == 0)
            let events = JSONLines.objects(in: try program.run("events", "--format", "json").output)
            let name = "rooster"
            let event = try #require(events.first { $0["class"] as? String == name })
            let id = try #require(event["id"] as? Int)
            #expect(try classes(in: path).contains(name))
            let tried = try program.run("learn", "--not", name, "--event", "\(id)", "--dry-run")
            #expect(tried.status == 0, "\(tried.errors)")
            #expect(try classes(in: path).contains(name))
            let learnt = try program.run("learn", "--not", name, "--event", "\(id)")
            #expect(learnt.status == 0, "\(learnt.errors)")
            #expect(learnt.output.contains("Learnt that a sound is not '\(name)'"))
            #expect(try !classes(in: path).contains(name))
            #expect(try program.run("learn", "remove", "not-\(name)").status == 0)
            #expect(try classes(in: path).contains(name))
        }

        @Test func whatCannotBeLearntIsRefusedInALineAndNothingIsKept() throws {
            let warbles = try warbles(0..<3)
            let silent = home.path("silent.wav")
            try SyntheticSounds.write([Float](repeating: 0, count: 16_000), to: silent)
            let short = home.path("short.wav")
            try SyntheticSounds.write(Array(SyntheticSounds.warble(1)[5_000..<6_000]), to: short)
            let rattles = try (0..<3).map { variant in
                let path = home.path("rattle\(variant).wav")
                try SyntheticSounds.write(SyntheticSounds.rattle(variant), to: path)
                return path
            }
            for (arguments, status, words) in [
                (["horn"], 64, "Give examples of 'horn'"),
                (["horn"] + warbles.prefix(2), 65, "2 example(s) are too few."),
                (["horn"] + warbles.prefix(2) + [silent], 65, "silent.wav' is silent"),
                (["horn"] + warbles.prefix(2) + [short], 65, "short.wav' has 0.06 s of sound"),
                (["horn"] + warbles + rattles, 65, "are two different sounds"),
                (["horn"] + warbles.prefix(2) + ["none.wav"], 66, "No recording at 'none.wav'"),
                (["dog_bark"] + warbles, 64, "has a class 'dog_bark'"),
                (["unknown"] + warbles, 64, "has a class 'unknown'"),
                (["list of"] + warbles, 64, "'list of' can't be a class"),
                (["horn", "--event", "7"], 66, "history"),
                (["--not", "dog_brak"] + warbles, 64, "Did you mean 'dog_bark'?"),
                (["--not", "zeppelin"] + warbles, 64, "'earwitness thresholds --all' lists them."),
                (["remove", "horn"], 66, "Nothing was learnt here yet"),
                (["import", home.path("earwitness.yaml")], 65, "is not what"),
                (["import", home.folder.path], 65, "is a folder, not a file"),
            ] as [([String], Int32, String)] {
                let outcome = try program.run(arguments: ["learn"] + arguments)
                #expect(outcome.status == status, "\(arguments): \(outcome.errors)")
                #expect(outcome.errors.contains(words), "\(arguments): \(outcome.errors)")
                #expect(outcome.output.isEmpty, "\(arguments)")
            }
            #expect(!FileManager.default.fileExists(atPath: home.path("state/learnt")))
        }
    }
}
