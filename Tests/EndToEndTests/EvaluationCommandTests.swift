import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// `compose` and `evaluate`, as a user runs them one after the other.
    @Suite struct EvaluationCommandTests {
        private let home: TestHome
        private let program: BuiltProgram

        init() throws {
            home = try TestHome()
            try home.installReferenceModel()
            program = try home.program()
        }

        /// A folder with a few clips of two classes, named as ESC-10 names them.
        private func clips() throws -> String {
            for (folder, names) in [
                "dog_bark": ["1-100032-A", "1-110389-A", "2-114280-A"],
                "rooster": ["1-26806-A", "1-27724-A", "2-65750-A"],
            ] {
                let path = home.path("clips/\(folder)")
                try FileManager.default.createDirectory(
                    atPath: path,
                    withIntermediateDirectories: true
                )
                for name in names {
                    try FileManager.default.copyItem(
                        atPath: Recordings.clip("\(folder)/\(name).ogg").path,
                        toPath: "\(path)/\(name).ogg"
                    )
                }
            }
            return home.path("clips")
        }

        private func compose(to folder: String, seed: Int) throws -> BuiltProgram.Outcome {
            try program.run(
                arguments: [
                    "compose", clips(), "--output", home.path(folder), "--count", "2", "--length",
                    "20", "--events-per-minute", "20", "--overlap", "2", "--lowest-snr", "15",
                    "--highest-snr", "30", "--rate", "16000", "--background-level", "-45",
                    "--longest-event", "4", "--fold", "1", "--seed", "\(seed)",
                ]
            )
        }

        private func bytes(_ name: String) throws -> Data {
            try Data(contentsOf: URL(fileURLWithPath: home.path(name)))
        }

        /// A copy of the model that may be written to.
        private func model() throws -> String {
            let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent()
            let copy = home.path("model-of-my-own")
            try FileManager.default.copyItem(
                atPath: checkout.appendingPathComponent("Tests/ReferenceModels/bootstrap").path,
                toPath: copy
            )
            return copy
        }

        private func object(_ text: String) throws -> [String: Any] {
            let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
            return try #require(value as? [String: Any])
        }

        @Test func theSameSeedGivesTheSameBytesAndAnotherOneOthers() throws {
            let outcome = try compose(to: "a", seed: 5)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(
                outcome.lines == [1, 2].map { home.path("a/soundscape-000\($0).flac") }
            )
            try FileManager.default.removeItem(atPath: home.path("clips"))
            #expect(try compose(to: "b", seed: 5).status == 0)
            try FileManager.default.removeItem(atPath: home.path("clips"))
            #expect(try compose(to: "c", seed: 6).status == 0)
            for name in ["soundscape-0001.flac", "soundscape-0001.txt", "soundscape-0002.flac"] {
                #expect(try bytes("a/\(name)") == bytes("b/\(name)"))
                #expect(try bytes("a/\(name)") != bytes("c/\(name)"))
            }
            let labels = String(decoding: try bytes("a/soundscape-0001.txt"), as: UTF8.self)
            let rows = labels.split(separator: "\n").map { $0.split(separator: "\t") }
            #expect(!rows.isEmpty)
            for row in rows {
                #expect(row.count == 3 && ["dog_bark", "rooster"].contains(row[2]))
                #expect((Double(row[0]) ?? 99) < (Double(row[1]) ?? 0))
            }
        }

        @Test func soundscapesAreEvaluatedAsTextJSONAndPage() throws {
            #expect(try compose(to: "scapes", seed: 5).status == 0)
            let page = home.path("report.html")
            let text = try program.run(
                "evaluate",
                "bootstrap",
                home.path("scapes"),
                "--html",
                page
            )
            #expect(text.status == 0, "\(text.errors)")
            for word in ["sounds found", "false alarms", "PSDS 1", "PSDS 2", "latency", "dog_bark"]
            {
                #expect(text.output.contains(word))
            }
            let html = try String(contentsOfFile: page, encoding: .utf8)
            #expect(html.hasPrefix("<!DOCTYPE html>") && html.contains("</html>"))
            #expect(html.contains("<svg") && html.contains("rooster"))
            #expect(!html.contains("src=") && !html.contains("href=\"http"))

            let json = try program.run(
                "evaluate",
                "bootstrap",
                home.path("scapes"),
                "--format",
                "json"
            )
            let report = try object(json.output)
            #expect(report["recordings"] as? Int == 2)
            let classes = try #require(report["classes"] as? [[String: Any]])
            let found = classes.compactMap { $0["found"] as? Int }.reduce(0, +)
            #expect(text.output.contains("\(found) of "))
            #expect((report["curve"] as? [Any])?.count ?? 0 > 20)
        }

        @Test func clipsAreNamedAndFoldsChosen() throws {
            let folder = try clips()
            let all = try program.run("evaluate", "bootstrap", folder, "--format", "json")
            #expect(all.status == 0, "\(all.errors)")
            #expect(try object(all.output)["clips"] as? Int == 6)
            let fold = try program.run(
                "evaluate",
                "bootstrap",
                folder,
                "--fold",
                "2",
                "--format",
                "json"
            )
            #expect(try object(fold.output)["clips"] as? Int == 2)
        }

        @Test func tablesOfDCASEAndRavenAreReadAsTheLabelsOfAudacityAre() throws {
            #expect(try compose(to: "scapes", seed: 5).status == 0)
            let labels = String(decoding: try bytes("scapes/soundscape-0001.txt"), as: UTF8.self)
            let rows = labels.split(separator: "\n").map { $0.split(separator: "\t") }
            let recording = home.path("scapes/soundscape-0001.flac")
            func sounds(_ folder: String, _ file: String, _ text: String) throws -> Int? {
                let path = home.path(folder)
                try FileManager.default.createDirectory(
                    atPath: path,
                    withIntermediateDirectories: true
                )
                try FileManager.default.copyItem(atPath: recording, toPath: "\(path)/x.flac")
                try home.write(text, to: "\(folder)/\(file)")
                let outcome = try program.run("evaluate", "bootstrap", path, "--format", "json")
                #expect(outcome.status == 0, "\(outcome.errors)")
                let classes = try object(outcome.output)["classes"] as? [[String: Any]]
                return classes?.compactMap { $0["sounds"] as? Int }.reduce(0, +)
            }
            let dcase =
                "filename\tonset\toffset\tevent_label\n"
                + rows.map { "x.flac\t\($0[0])\t\($0[1])\t\($0[2])\n" }.joined()
            let raven =
                "Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\t"
                + "High Freq (Hz)\tAnnotation\n"
                + rows.enumerated().map { index, row in
                    "\(index + 1)\tSpectrogram 1\t1\t\(row[0])\t\(row[1])\t0\t8000\t\(row[2])\n"
                }.joined()
            #expect(try sounds("audacity", "x.txt", labels) == rows.count)
            #expect(try sounds("dcase", "labels.tsv", dcase) == rows.count)
            #expect(try sounds("raven", "x.Table.1.selections.txt", raven) == rows.count)
        }

        @Test func suggestedThresholdsAreWrittenIntoTheModelAndThenInForce() throws {
            #expect(try compose(to: "scapes", seed: 5).status == 0)
            let model = try model()
            let outcome = try program.run(
                arguments: [
                    "evaluate", model, home.path("scapes"), "--suggest-thresholds",
                    "--max-false-alarms-per-day", "1", "--write-thresholds", "--format", "json",
                ]
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
            let report = try object(outcome.output)
            let suggestion = try #require(report["suggestion"] as? [String: Any])
            let interval = try #require(suggestion["false_alarms_per_day_95"] as? [Double])
            #expect(interval.count == 2 && interval[0] <= interval[1])
            let again = try program.run(
                arguments: ["evaluate", model, home.path("scapes"), "--format", "json"]
            )
            let inForce = try #require(try object(again.output)["classes"] as? [[String: Any]])
            let suggested = try #require(suggestion["classes"] as? [[String: Any]])
            for choice in suggested {
                let row = inForce.first { $0["class"] as? String == choice["class"] as? String }
                #expect(row?["on"] as? Double == choice["on"] as? Double)
            }
        }

        @Test func aCalibrationIsWrittenAndThenInForceEverywhere() throws {
            #expect(try compose(to: "scapes", seed: 5).status == 0)
            let model = try model()
            let recording = home.path("scapes/soundscape-0001.flac")
            func dogScores(_ folder: String) throws -> [Double] {
                let outcome = try program.run(
                    arguments: [
                        "analyze", recording, "--model", model, "--scores", home.path(folder),
                    ]
                )
                #expect(outcome.status == 0, "\(outcome.errors)")
                let table = try String(
                    contentsOfFile: home.path("\(folder)/soundscape-0001.csv"),
                    encoding: .utf8
                )
                return table.split(separator: "\n").dropFirst().compactMap {
                    Double($0.split(separator: ",", omittingEmptySubsequences: false)[1])
                }
            }
            let before = try dogScores("before")
            let outcome = try program.run(
                arguments: [
                    "evaluate", model, home.path("scapes"), "--calibrate", "temperature",
                    "--keep-known", "0.9", "--write-calibration", "--format", "json",
                ]
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
            let report = try object(outcome.output)
            let temperature = try #require(report["temperature"] as? Double)
            #expect(report["expected_calibration_error_before"] is Double)
            #expect((report["rejection"] as? [Any])?.count == 2)
            let after = try dogScores("after")
            #expect(before.count == after.count && !before.isEmpty)
            for (old, new) in zip(before, after) where (0.01...0.99).contains(old) {
                let expected = 1 / (1 + exp(-log(old / (1 - old)) / temperature))
                #expect(abs(new - expected) < 1e-3)
            }
        }

        @Test(
            arguments: [
                (["compose", "/nowhere", "--output", "x"], 66, "No data set at '/nowhere'"),
                (["compose", "CLIPS", "--output", "/proc/x"], 73, "Cannot create '/proc/x'"),
                (["compose", "CLIPS", "--output", "x", "--count", "0"], 64, "The count is 0"),
                (["compose", "CLIPS", "--output", "x", "--fold", "9"], 64, "No fold 9"),
                (["evaluate", "bootstrap", "/nowhere"], 66, "No data set at '/nowhere'"),
                (["evaluate", "nobody", "CLIPS"], 66, "No model 'nobody'"),
                (
                    ["evaluate", "bootstrap", "CLIPS", "--html", "/nowhere/x.html"], 73,
                    "Cannot create '/nowhere/x.html'"
                ),
                (
                    [
                        "evaluate", "bootstrap", "CLIPS", "--suggest-thresholds",
                        "--max-false-alarms-per-day", "1",
                    ], 65, "Thresholds need labelled recordings"
                ),
                (
                    ["evaluate", "bootstrap", "CLIPS", "--map", "a=b"], 64,
                    "The model has no class 'b'"
                ),
                (
                    ["evaluate", "bootstrap", "CLIPS", "--write-calibration"], 64,
                    "--write-calibration need --calibrate"
                ),
                (
                    [
                        "evaluate", "bootstrap", "CLIPS", "--calibrate", "platt", "--keep-known",
                        "2",
                    ],
                    64, "--keep-known is 2.0"
                ),
            ] as [([String], Int32, String)]
        )
        func badInputIsRefusedInOneLineWithItsExitCode(
            arguments: [String],
            status: Int32,
            message: String
        ) throws {
            let folder = try clips()
            let outcome = try program.run(
                arguments: arguments.map { $0 == "CLIPS" ? folder : $0 }
            )
            #expect(outcome.status == status, "\(outcome.errors)")
            #expect(outcome.errors.contains(message), "\(outcome.errors)")
            #expect(outcome.output.isEmpty)
        }
    }
}
