import AudioFiles
import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// What a person says of events, and what follows from it, as a user does it.
    @Suite struct LabelTests {
        private let home: TestHome
        private let program: BuiltProgram

        init() throws {
            home = try TestHome()
            program = try home.program()
            try home.write(
                "web: {listen: off}\nclips: {keep: events}\nmodel: household-1\n",
                to: "earwitness.yaml"
            )
        }

        private var until: [String] { ["--until", "2099-01-01"] }

        private func events() throws -> [[String: Any]] {
            let words = ["events", "--format", "json", "--since", "1d"] + until
            return JSONLines.objects(in: try program.run(arguments: words).output)
        }

        private func number(_ event: [String: Any]) -> String { "\(event["id"] ?? "")" }

        /// Lets a service hear a dog a dozen times, and gives its events.
        private func hearADog(_ count: Int = 12) throws -> [[String: Any]] {
            let reader = try RecordingReader(path: Recordings.clear("dog_bark").path)
            var sound: [Float] = []
            while try reader.readMono(into: &sound, upTo: 1 << 16) > 0 {}
            let silence = [Float](repeating: 0, count: 4 * reader.sampleRateHz)
            let scene = (0..<count).flatMap { _ in sound + silence }
            let path = home.path("dogs.wav")
            let writer = try RecordingWriter(
                path: path,
                format: .wav16,
                sampleRateHz: reader.sampleRateHz
            )
            try writer.write(scene.span)
            try writer.finish()
            let run = try program.run("run", "--source", "file:\(path)", "--pace", "20")
            #expect(run.status == 0, "\(run.errors)")
            let dogs = try events().filter { $0["class"] as? String == "dog_bark" }
            try #require(dogs.count >= count)
            return dogs
        }

        private func labels() throws -> String {
            try home.query(
                "SELECT group_concat(event_id || ' ' || coalesce(class_name, '-'), ', ') FROM event_label"
            )
        }

        @Test func anEventIsLabelledWithAndWithoutTheServiceAndStaysAsItWasDetected() throws {
            let dogs = try hearADog(2)
            let (one, two) = (number(dogs[0]), number(dogs[1]))
            let before = try home.query("SELECT class_id, peak_score FROM event ORDER BY id")
            let right = try program.run("label", one, "right")
            #expect(right.status == 0, "\(right.errors)")
            #expect(right.output.hasPrefix("\(one)  Dog bark  ") && right.errors.isEmpty)
            #expect(right.output.hasSuffix(": right\n"))
            #expect(try labels() == "\(one) dog_bark")
            // A class by its words, and a name of one's own.
            #expect(try program.run("label", one, "Dog Bark").output.hasSuffix(": right\n"))
            let service = try program.startAnswering("run", "--source", "demo", "--pace", "0.1")
            let fox = try program.run("label", two, "fox")
            #expect(fox.status == 0 && fox.output.hasSuffix(": it was fox\n"))
            #expect(fox.errors.contains("No model in use has a class 'fox'"))
            #expect(try program.run("label", one, "wrong").output.hasSuffix(": a false alarm\n"))
            for arguments in [["99999", "right"], ["99999", "wrong"]] {
                let none = try program.run(arguments: ["label"] + arguments)
                #expect(none.status == 66 && none.errors.contains("There is no event 99999."))
            }
            #expect(service.terminate().status == 0)
            #expect(try labels() == "\(one) -, \(two) fox")
            #expect(try home.query("SELECT DISTINCT origin FROM event_label") == "command")
            #expect(
                try home.query("SELECT class_id, peak_score FROM event ORDER BY id")
                    .hasPrefix(before)
            )
            let none = try program.run("label", "99999", "right")
            #expect(none.status == 66 && none.errors.contains("There is no event 99999."))
            for verdict in ["a;b", " ", "a\nb"] {
                let refusal = try program.run("label", one, verdict)
                #expect(refusal.status == 64 && refusal.errors.contains("cannot be the name"))
            }
            #expect(try program.run("label", "0", "right").status == 64)
        }

        @Test func labelledClipsBecomeADataSetThatIsTrainedOnAndComeBackFromIt() throws {
            let dogs = try hearADog(3)
            let folder = home.path("labelled")
            let none = try program.run("labels", "export", folder)
            #expect(none.status == 66 && none.errors.contains("No event is labelled"))
            for (event, verdict) in zip(dogs, ["right", "wrong", "fox"]) {
                #expect(try program.run("label", number(event), verdict).status == 0)
            }
            let stored = try labels()
            let clip = try #require(dogs[1]["clip"] as? String)
            let original = try Data(
                contentsOf: URL(fileURLWithPath: home.path("state/clips/\(clip)"))
            )
            for hasService in [false, true] {
                let service =
                    hasService
                    ? try program.startAnswering("run", "--source", "demo", "--pace", "0.1") : nil
                let place = "\(folder)-\(hasService)"
                let export = try program.run("labels", "export", place)
                #expect(export.status == 0 && export.output.isEmpty)
                #expect(export.errors.contains("3 labelled clip(s) are in '\(place)'"))
                let table = try String(contentsOfFile: "\(place)/labels.csv", encoding: .utf8)
                    .split(separator: "\n").map {
                        $0.split(separator: ",", omittingEmptySubsequences: false)
                    }
                #expect(
                    table[0].joined(separator: ",")
                        == "path,label,group,event,source,time,class,verdict"
                )
                #expect(
                    table.dropFirst().map { "\($0[0]) \($0[1]) \($0[6]) \($0[7])" } == [
                        "dog_bark/\(number(dogs[0])).flac dog_bark dog_bark right",
                        "false_alarm/\(number(dogs[1])).flac  dog_bark wrong",
                        "fox/\(number(dogs[2])).flac fox dog_bark wrong",
                    ]
                )
                #expect(table[2][5] == dogs[1]["start"] as? String ?? "")
                let copy = "\(place)/false_alarm/\(number(dogs[1])).flac"
                #expect(try Data(contentsOf: URL(fileURLWithPath: copy)) == original)
                let again = try program.run("labels", "export", place)
                #expect(again.status == 73 && again.errors.contains("is not an empty folder"))
                _ = service?.terminate()
            }

            for dataset in ["\(folder)-true", "\(folder)-true/labels.csv"] {
                let evaluated = try program.run("evaluate", "household-1", dataset)
                #expect(evaluated.status == 0, "\(evaluated.errors)")
                // In the table a false alarm is a recording of no class.
                let words = dataset.hasSuffix(".csv") ? ["--multi-label"] : []
                let trained = try program.run(
                    arguments: [
                        "train", dataset, "--output", home.path("model"), "--steps", "2",
                        "--batch", "4", "--cache", home.path("cache"),
                    ] + words
                )
                #expect(trained.status == 0, "\(trained.errors)")
            }

            _ = try home.query("DELETE FROM event_label")
            let table = "\(folder)-true/labels.csv"
            let back = try program.run("labels", "import", table)
            #expect(
                back.status == 0 && back.errors.contains("3 label(s) stored."),
                "\(back.errors)"
            )
            #expect(try labels() == stored)
            #expect(try home.query("SELECT DISTINCT origin FROM event_label") == "import")
            let twice = try program.run("labels", "import", table)
            #expect(twice.errors.contains("0 label(s) stored, 3 were there already."))
        }

        @Test func whatMatchesIsImportedWhatDoesNotIsNamedAndABadFileChangesNothing() throws {
            let dogs = try hearADog(3)
            let times = dogs.compactMap { $0["start"] as? String }
            let (one, three) = (number(dogs[0]), number(dogs[2]))
            let bad = try home.write("event,label\n\(one),right\nfive,right\n", to: "bad.csv")
            let refusal = try program.run("labels", "import", bad)
            #expect(
                refusal.status == 65 && refusal.errors.contains("bad.csv:3: found 'five,right'")
            )
            #expect(try labels().isEmpty)
            #expect(try program.run("labels", "import", home.path("none.csv")).status == 66)
            #expect(try program.run("labels", "import", home.folder.path).status == 65)

            let table = try home.write(
                """
                event,time,label
                \(one),,right
                99999,,right
                ,\(times[1]),fox
                ,2020-01-01T00:00:00Z,right
                \(three),2020-01-01T00:00:00Z,right

                """,
                to: "labels.csv"
            )
            let some = try program.run("labels", "import", table)
            #expect(some.status == 65)
            #expect(some.errors.contains("2 label(s) stored."))
            for words in [
                "3 of 5 labels in", "line 3: there is no event 99999",
                "line 5: no event at that time",
                "line 6: event \(three) began at \(times[2]), not 2020-01-01T00:00:00.000Z",
            ] {
                #expect(some.errors.contains(words), "\(some.errors)")
            }
            #expect(try labels() == "\(one) dog_bark, \(number(dogs[1])) fox")

            // A track as 'events' writes it, in which a label was changed.
            let words =
                ["events", "--since", times[0], "--class", "dog_bark", "--format", "audacity"]
                + until
            let track = try program.run(arguments: words).lines.prefix(3).enumerated().map {
                $0 == 2 ? $1.replacing("Dog bark", with: "wrong") : $1
            }.joined(separator: "\n")
            let file = try home.write(track, to: "track.txt")
            let unplaced = try program.run("labels", "import", file)
            #expect(unplaced.status == 64 && unplaced.errors.contains("with --start"))
            let placed = try program.run("labels", "import", file, "--start", times[0])
            #expect(placed.status == 0, "\(placed.errors)")
            #expect(try labels() == "\(one) dog_bark, \(number(dogs[1])) dog_bark, \(three) -")
        }

        @Test func labelsSayHowRightTheMonitorWasAndWhichThresholdKeepsFewWrongEvents() throws {
            let dogs = try hearADog()
            let limits = ["--max-false-alarms-per-week", "0"] + until
            let few = try program.run(arguments: ["thresholds", "suggest", "dog_bark"] + limits)
            #expect(few.status == 66 && few.output.isEmpty)
            #expect(
                few.errors.contains("Only 0 of \(dogs.count) events of 'dog_bark' are labelled")
            )
            // All right but the one that was least certain.
            let scores = dogs.compactMap { $0["peak_score"] as? Double }
            let lowest = try #require(scores.indices.min { scores[$0] < scores[$1] })
            let rows = dogs.enumerated().map { place, event in
                "\(number(event)),\(place == lowest ? "wrong" : "right")\n"
            }
            let table = try home.write("event,label\n" + rows.joined(), to: "labels.csv")
            #expect(try program.run("labels", "import", table).status == 0)

            let report = try program.run("labels", "report", "--format", "json")
            let dog = try #require(
                JSONLines.objects(in: report.output).first { $0["class"] as? String == "dog_bark" }
            )
            #expect(dog["labelled"] as? Int == dogs.count)
            #expect(dog["right"] as? Int == dogs.count - 1)
            let precision = try #require(dog["precision"] as? Double)
            #expect(abs(precision - Double(dogs.count - 1) / Double(dogs.count)) < 1e-3)
            #expect((dog["precision_low"] as? Double ?? 1) < precision)
            #expect((dog["precision_high"] as? Double ?? 0) > precision)
            let text = try program.run("labels", "report").output
            #expect(text.contains("false alarm 1") && text.contains("95 % interval"))

            let before = try home.query("SELECT count(*) FROM event_label")
            let allowed = ["--max-false-alarms-per-week", "1000000"] + until
            for hasService in [false, true] {
                let service =
                    hasService
                    ? try program.startAnswering("run", "--source", "demo", "--pace", "0.1") : nil
                let stays = try program.run(
                    arguments: ["thresholds", "suggest", "dog_bark"] + allowed
                )
                #expect(stays.status == 0, "\(stays.errors)")
                #expect(stays.output.contains("The threshold in force keeps few enough"))
                let words = ["thresholds", "suggest", "dog_bark", "--format", "json"] + allowed
                let json = try program.run(arguments: words)
                let answer = try #require(JSONLines.objects(in: json.output).first)
                #expect(answer["verdict"] as? String == "in_force")
                let kept = try #require(answer["in_force"] as? [String: Any])
                #expect(kept["events"] as? Int == dogs.count && kept["wrong"] as? Int == 1)
                #expect(kept["known_sounds_kept"] as? Int == dogs.count - 1)
                _ = service?.terminate()
            }
            #expect(try home.query("SELECT count(*) FROM event_label") == before)
            for (arguments, words) in [
                (["dog_bark"], "--max-false-alarms-per-week"),
                (["dog_bark", "--max-false-alarms-per-week=-1"], "is -1.0; give 0 to 1000000."),
                (["cat", "--max-false-alarms-per-week", "1"], "no class 'cat'"),
                (["dog_bark", "--max-false-alarms-per-week", "1", "--source", "x"], "'x'"),
            ] {
                let refusal = try program.run(arguments: ["thresholds", "suggest"] + arguments)
                #expect(refusal.status == 64, "\(refusal.errors)")
                #expect(refusal.errors.contains(words), "\(refusal.errors)")
            }
        }

        @Test func eventsAreReviewedOnATerminalAndEachAnswerIsStored() throws {
            let dogs = try hearADog(3)
            let list = try program.run("review", "--format", "json")
            #expect(JSONLines.objects(in: list.output).count == (try events()).count)
            let table = try program.run("review", "--limit", "2", "--class", "dog_bark")
            #expect(table.status == 0 && table.lines.count == 3)

            let player = try home.write(
                "#!/bin/sh\nhead -c 4 \"$1\" > '\(home.path("played"))'\n",
                to: "player"
            )
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755],
                ofItemAtPath: player
            )
            let terminal = try PseudoTerminal(
                program,
                "review",
                "--class",
                "dog_bark",
                "--player",
                player,
                columns: 120
            )
            try terminal.wait(until: "it asks") { $0.text.contains("Dog bark?") }
            terminal.type("p")
            try terminal.wait(until: "it has played") { $0.text.contains("played; y, n") }
            #expect(try String(contentsOfFile: home.path("played"), encoding: .utf8) == "RIFF")
            terminal.type("y")
            try terminal.wait(until: "it is right") { $0.text.contains(": right") }
            terminal.type("n")
            try terminal.wait(until: "it is wrong") { $0.text.contains(": a false alarm") }
            terminal.type("c")
            try terminal.wait(until: "it asks for a name") { $0.text.contains("it was:") }
            terminal.type("fox\r")
            try terminal.wait(until: "it has a name") { $0.text.contains(": it was fox") }
            for _ in dogs.dropFirst(3) { terminal.type("s") }
            #expect(try terminal.outcome() == 0)
            #expect(terminal.screen.text.contains("3 event(s) labelled."))
            #expect(terminal.echoes)
            #expect(
                try home.query(
                    """
                    SELECT group_concat(coalesce(class_name, '-'), ' ')
                    FROM (SELECT class_name FROM event_label ORDER BY class_name)
                    """
                ) == "- dog_bark fox"
            )
            #expect(try home.query("SELECT DISTINCT origin FROM event_label") == "review")
        }
    }
}
