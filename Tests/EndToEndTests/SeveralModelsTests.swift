import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// Two models at once, the second one hearing at 44.1 kHz.
    @Suite struct SeveralModelsTests {
        private let home: TestHome
        private let program: BuiltProgram

        init() throws {
            home = try TestHome()
            try home.installReferenceModel()
            try Self.install("wide", in: home)
            try home.write(
                "models: [bootstrap, wide]\nweb: {listen: off}\n"
                    + "detection: {models: {wide: {hop_s: 0.1}}}\n",
                to: "earwitness.yaml"
            )
            program = try home.program()
        }

        /// Installs the model `bootstrap` as it would hear at 44.1 kHz.
        private static func install(_ name: String, in home: TestHome) throws {
            let original = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent()
                .appendingPathComponent("Tests/ReferenceModels/bootstrap")
            let folder = home.folder.appendingPathComponent("state/models/\(name)")
            try FileManager.default.createDirectory(
                at: folder,
                withIntermediateDirectories: true
            )
            try FileManager.default.copyItem(
                at: original.appendingPathComponent("model.onnx"),
                to: folder.appendingPathComponent("model.onnx")
            )
            var text = try String(
                contentsOf: original.appendingPathComponent("model.yaml"),
                encoding: .utf8
            )
            for (old, new) in [
                ("name: bootstrap", "name: \(name)"),
                ("sample_rate_hz: 16000", "sample_rate_hz: 44100"),
                ("window_length: 400", "window_length: 1102"),
                ("fft_length: 512", "fft_length: 2048"), ("hop_length: 160", "hop_length: 441"),
            ] {
                try #require(text.contains(old), "model.yaml lacks '\(old)'")
                text = text.replacing(old, with: new)
            }
            try home.write(text, to: "state/models/\(name)/model.yaml")
        }

        @Test func anEventThatASecondModelAgreesToCarriesBothScores() throws {
            try home.write(
                "model: bootstrap\ndetection: {verify: {model: wide, threshold: 0.2}}\n",
                to: "earwitness.yaml"
            )
            let recording = Recordings.clear("rooster").path
            let agreed = try #require(try events("analyze", recording)["bootstrap"])
            for event in agreed {
                let score = try #require(event["second_score"] as? Double)
                #expect(score >= 0.2)
            }
            let list = try program.run("models", "list")
            #expect(list.lines.contains { $0.hasPrefix("*") && $0.contains("wide") })
            let text = try program.run("analyze", recording)
            #expect(text.output.contains(/[01]\.\d\d\/[01]\.\d\d/), "\(text.output)")
        }

        /// The lines of JSON that the program prints, by the model they name.
        private func events(_ arguments: String...) throws -> [String: [[String: Any]]] {
            let outcome = try program.run(arguments: arguments + ["--format", "json"])
            try #require(outcome.status == 0, "\(outcome.errors)")
            return Dictionary(grouping: JSONLines.objects(in: outcome.output)) {
                $0["model"] as? String ?? ""
            }
        }

        @Test func aRecordingPlayedLiveGivesEachModelWhatItsOwnAnalysisGives() throws {
            let recording = Recordings.clear("dog_bark").path
            let live = try program.run("run", "--source", "file:\(recording)")
            try #require(live.status == 0, "\(live.errors)")
            let heard = try events("events")
            for model in ["bootstrap", "wide"] {
                // Each alone; what is said of other models in the configuration is not asked for.
                let folder = home.path("scores-\(model)")
                let alone = try events(
                    "analyze",
                    recording,
                    "--model",
                    model,
                    "--scores",
                    folder
                )
                let (left, right) = (heard[model] ?? [], alone[model] ?? [])
                #expect(!right.isEmpty)
                try #require(left.count == right.count)
                for (event, found) in zip(left, right) {
                    for key in ["class", "peak_score", "mean_score", "level_dbfs"] {
                        #expect("\(event[key] ?? "")" == "\(found[key] ?? "")", "\(key)")
                    }
                }
                let written = try ScoreFile(path: "\(folder)/1-100032-A.csv").bytes
                #expect(try heardPart(storedScores(of: model)) == heardPart(written))
            }
            #expect(try home.query("SELECT count(DISTINCT hop_us) FROM score_block") == "2")
            // One capture, and each moment of it accounted for once.
            #expect(try home.query("SELECT count(*) FROM source") == "1")
            let twice = try home.query(
                """
                SELECT count(*) FROM coverage a JOIN coverage b ON a.id < b.id \
                AND a.start_utc_ms < b.end_utc_ms AND b.start_utc_ms < a.end_utc_ms
                """
            )
            #expect(twice == "0")
        }

        @Test func modelsAnalyseTogetherWhatEachFindsAlone() throws {
            let recordings = [
                Recordings.clear("dog_bark").path, Recordings.clear("rooster").path,
            ]
            let arguments = ["analyze"] + recordings
            let both = try program.run(
                arguments: arguments + [
                    "--model", "bootstrap", "--model", "wide", "--format", "json", "--scores",
                    home.path("both"),
                ]
            )
            #expect(both.status == 0)
            for model in ["bootstrap", "wide"] {
                let alone = try program.run(
                    arguments: arguments + [
                        "--model", model, "--format", "json", "--scores", home.path(model),
                    ]
                )
                let lines = both.output.split(separator: "\n").filter {
                    $0.contains("\"model\":\"\(model)\"")
                }
                #expect(lines == alone.output.split(separator: "\n"))
                #expect(!lines.isEmpty)
                for stem in ["1-100032-A", "1-26806-A"] {
                    let together = try String(
                        contentsOfFile: home.path("both/\(stem).\(model).csv"),
                        encoding: .utf8
                    )
                    let apart = try String(
                        contentsOfFile: home.path("\(model)/\(stem).csv"),
                        encoding: .utf8
                    )
                    #expect(together == apart)
                }
            }
            let counts = try program.run(arguments: arguments + ["--count", "--format", "csv"])
            #expect(counts.output.hasPrefix("file,bootstrap/dog_bark,"))
            #expect(counts.output.contains(",wide/dog_bark,"))
        }

        @Test(arguments: ["nosuch", "broken"])
        func oneModelThatCannotBeLoadedEndsTheStartWithOneLine(name: String) throws {
            try Self.install("broken", in: home)
            try home.write("name: 7 8\nversion: []\n", to: "state/models/broken/model.yaml")
            try home.write(
                "models: [bootstrap, \(name)]\nweb: {listen: off}\n",
                to: "earwitness.yaml"
            )
            let outcome = try program.run("run", "--source", "demo")
            #expect(outcome.status == 78)
            let lines = outcome.errors.split(separator: "\n")
            #expect(lines.count == 1, "\(outcome.errors)")
            #expect(lines.first?.contains(name) == true)
        }

        @Test func twoModelsOfOneNameAreRefused() throws {
            try Self.install("second", in: home)
            let yaml = home.path("state/models/second/model.yaml")
            let text = try String(contentsOfFile: yaml, encoding: .utf8)
            try text.replacing("name: second", with: "name: wide")
                .write(toFile: yaml, atomically: true, encoding: .utf8)
            try home.write("models: [second, wide]\n", to: "earwitness.yaml")
            let outcome = try program.run("run", "--source", "demo")
            #expect(outcome.status == 78)
            #expect(outcome.errors.split(separator: "\n").count == 1)
            #expect(outcome.errors.contains("have the same name 'wide'"))
        }

        @Test func aRunningServiceTellsTheModelsApartAndKeepsThemWhateverTheFileSays() throws {
            let service = try program.startAnswering("run", "--source", "demo")
            let status = try program.status()
            let models = (status["models"] as? [[String: Any]])?.map { $0["name"] as? String }
            #expect(models == ["bootstrap", "wide"])

            let ambiguous = try program.run("thresholds", "set", "rooster", "0.4")
            #expect(ambiguous.status == 64)
            #expect(
                ambiguous.errors.contains(
                    "Several models have the class 'rooster': bootstrap, wide"
                )
            )
            #expect(
                try program.run("thresholds", "set", "rooster", "0.4", "--model", "wide").status
                    == 0
            )
            let thresholds = JSONLines.objects(
                in: try program.run("thresholds", "--format", "json").output
            ).filter { $0["class"] as? String == "rooster" }
            #expect(thresholds.count == 2)
            for line in thresholds {
                let isSet = line["on"] as? Double == 0.4
                #expect(isSet == (line["model"] as? String == "wide"))
            }

            try home.write(
                "models: [bootstrap, nosuch]\nweb: {listen: off}\n",
                to: "earwitness.yaml"
            )
            service.send(SIGHUP)
            try Wait.until("the log says why not") { service.errors.contains("nosuch") }
            #expect(service.errors.contains("The configuration was not reloaded."))
            try Wait.until("both models name a sound", seconds: 60) {
                let heard = try events("events")
                return heard["bootstrap"]?.isEmpty == false && heard["wide"]?.isEmpty == false
            }
            let one = try events("events", "--model", "wide")
            #expect(Set(one.keys) == ["wide"])
            #expect(service.terminate().status == 0)
        }

        /// The hops that the gate was open in; of the others only those near sound are stored.
        private func heardPart(_ hops: [[Int]]) -> [[Int]] {
            hops.filter { $0.contains { $0 != 255 } }
        }

        /// Each hop's scores as the database keeps them.
        private func storedScores(of model: String) throws -> [[Int]] {
            let rows = try home.query(
                """
                SELECT class_count || ' ' || hex(scores) FROM score_block \
                JOIN model ON model.id = model_id WHERE model.name = '\(model)' \
                ORDER BY start_utc_ms
                """
            )
            return rows.split(separator: "\n").flatMap(ScoreFile.bytes(ofRow:))
        }
    }
}
