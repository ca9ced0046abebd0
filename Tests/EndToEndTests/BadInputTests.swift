import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// What a person may get wrong, each with one line and the right exit code.
    @Suite struct BadInputTests {
        private let home: TestHome
        private let program: BuiltProgram

        init() throws {
            home = try TestHome()
            try home.installReferenceModel()
            program = try home.program()
        }

        /// Expects an error of one line with the given words.
        private func expect(
            _ arguments: [String],
            status: Int32,
            says words: String...,
            sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            let outcome = try program.run(arguments: arguments)
            #expect(outcome.status == status, "\(outcome.errors)", sourceLocation: sourceLocation)
            let lines = outcome.errors.split(separator: "\n").filter {
                $0.hasPrefix("earwitness: ")
            }
            #expect(lines.count == 1, "\(outcome.errors)", sourceLocation: sourceLocation)
            for word in words {
                #expect(
                    outcome.errors.contains(word),
                    "'\(word)' is not in: \(outcome.errors)",
                    sourceLocation: sourceLocation
                )
            }
            #expect(outcome.output.isEmpty, sourceLocation: sourceLocation)
        }

        @Test func aDeviceThatIsNotThere() throws {
            try expect(
                ["run", "--source", "hw:9"],
                status: 66,
                says: "No capture device named 'hw:9'",
                "earwitness devices"
            )
        }

        @Test func aModelThatIsNotInstalled() throws {
            try expect(
                ["analyze", "--model", "nosuch", home.path("earwitness.yaml")],
                status: 66,
                says: "No model 'nosuch'",
                "household-1",
                "household-2"
            )
        }

        @Test func aModelThatIsCutOff() throws {
            let models = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent()
                .appendingPathComponent("Tests/ReferenceModels/bootstrap")
            try FileManager.default.copyItem(atPath: models.path, toPath: home.path("cut"))
            let network = home.path("cut/model.onnx")
            let whole = try Data(contentsOf: URL(fileURLWithPath: network))
            try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: network))
            try expect(["models", "inspect", home.path("cut")], status: 65, says: "model.onnx")
        }

        @Test func aTextFileNamedAsARecording() throws {
            let path = try home.write("This is no sound.\n", to: "note.wav")
            try expect(["analyze", path], status: 65, says: "note.wav")
        }

        @Test func anEmptyRecording() throws {
            let path = try home.write("", to: "empty.wav")
            try expect(["analyze", path], status: 65, says: "empty.wav")
        }

        @Test func aRecordingThatIsNotThere() throws {
            try expect(["analyze", home.path("gone.wav")], status: 66, says: "gone.wav")
        }

        @Test func aConfigurationWithAnUnknownKeyNamesLineAndNearestKey() throws {
            let path = try home.write("gate:\n  open_dbsf: -50\n", to: "wrong.yaml")
            for arguments in [["config", "check", path], ["run", "--config", path]] {
                try expect(
                    arguments,
                    status: 78,
                    says: "wrong.yaml:2:3",
                    "open_dbsf",
                    "open_dbfs"
                )
            }
        }

        @Test func severalMistakesOfAConfigurationAreALineEach() throws {
            let path = try home.write("gate:\n  open_dbsf: -50\nwbe: {}\n", to: "wrong.yaml")
            for arguments in [["config", "check", path], ["run", "--config", path]] {
                let outcome = try program.run(arguments: arguments)
                #expect(outcome.status == 78)
                for place in ["2:3", "3:1"] {
                    #expect(
                        outcome.errors.contains("earwitness: \(path):\(place): "),
                        "\(outcome.errors)"
                    )
                }
            }
        }

        @Test func aClassThatOnlyAnotherModelHasIsNamedWithItsLine() throws {
            let path = try home.write(
                "detection:\n  classes:\n    crackling_fires: {on: 0.5}\nweb: {listen: off}\n",
                to: "other.yaml"
            )
            try expect(
                ["config", "check", path],
                status: 78,
                says: "other.yaml:3:",
                "detection.classes.crackling_fires",
                "the model 'household-2' does not have",
                "did you mean 'crackling_fire'?"
            )
            // Another model may have had the class: that is no reason to be deaf.
            let service = try program.startAnswering("run", "--config", path, "--source", "demo")
            for said in [service.errors, try program.run("status").output] {
                #expect(
                    said.contains(
                        "other.yaml:3:5: detection.classes.crackling_fires: found a class that the "
                            + "model 'household-2' does not have"
                    ),
                    "\(said)"
                )
            }
            #expect(service.terminate().status == 0)
        }

        @Test func aStateFolderThatCannotBeMade() throws {
            var program = program
            let file = try home.write("", to: "file")
            program.environment["STATE_DIRECTORY"] = file + "/state"
            let outcome = try program.run("run", "--source", "demo")
            #expect(outcome.status == 73, "\(outcome.errors)")
            #expect(outcome.errors.contains("Cannot create the event history"))
        }

        @Test func aSecondServiceOnTheSameSocketIsRefusedAndTheFirstGoesOn() throws {
            let first = try program.start("run", "--source", "demo")
            try Wait.until("the first one answers") { try program.run("status").status == 0 }
            try expect(
                ["run", "--source", "demo"],
                status: 73,
                says: "Another earwitness is already running"
            )
            #expect(try program.run("status").status == 0)
            #expect(first.terminate().status == 0)
        }

        @Test func aServiceThatDoesNotRunIsSaidSo() throws {
            for command in ["status", "tail"] {
                try expect([command], status: 69, says: "The service is not running")
            }
        }

        @Test func aTimeThatIsNone() throws {
            try expect(["events", "--since", "tomorrowish"], status: 64, says: "tomorrowish")
        }

        @Test func wrongUsageIsOneLineThatNamesTheHelp() throws {
            try expect(
                ["events", "--limit", "0"],
                status: 64,
                says:
                    "earwitness: --limit is 0; give 1 to 10000, and use --until for older events. See 'earwitness events --help'.\n"
            )
            try expect(
                ["thresholds", "set", "dog_bark"],
                status: 64,
                says:
                    "Missing expected argument '<threshold>'. See 'earwitness thresholds set --help'."
            )
            try expect(["evnets"], status: 64, says: "There is no command 'evnets'")
        }

        @Test func aNegativeNumberThatIsTakenForAnOptionIsExplained() throws {
            try expect(
                ["events", "--limit", "-1"],
                status: 64,
                says: "'-1' looks like an option: write '--limit=-1'."
            )
            try expect(
                ["events", "--limit=-1"],
                status: 64,
                says: "--limit is -1; give 1 to 10000"
            )
            try expect(
                ["thresholds", "set", "dog_bark", "-0.5"],
                status: 64,
                says: "'-0.5' looks like an option: put '--' before the arguments."
            )
            try expect(
                ["thresholds", "set", "--", "dog_bark", "-0.5"],
                status: 64,
                says: "The threshold is -0.5; give a number from 0 to 1."
            )
        }

        @Test func helpIsNoMistake() throws {
            let outcome = try program.run("events", "--help")
            #expect(outcome.status == 0 && outcome.output.contains("USAGE: earwitness events"))
            #expect(outcome.errors.isEmpty)
        }

        @Test func aFolderOrAnOldFileInThePlaceOfTheOutput() throws {
            let recording = Recordings.clear("dog_bark").path
            try expect(
                ["features", recording, "--output", home.path("state")],
                status: 73,
                says: "state': it is a folder. Choose another path"
            )
            try expect(
                ["analyze", recording, "--scores", try home.write("", to: "file") + "/x"],
                status: 73,
                says: "a file exists where a folder is needed"
            )
        }

        @Test func aReportThatIsThereSurvivesAnEvaluationThatFails() throws {
            let page = try home.write("<p>the last one</p>", to: "report.html")
            try expect(
                ["evaluate", "bootstrap", home.path("state"), "--html", page],
                status: 65,
                says: "is not a data set"
            )
            #expect(try String(contentsOfFile: page, encoding: .utf8) == "<p>the last one</p>")
            try expect(
                ["evaluate", "bootstrap", home.path("state"), "--html", home.path("new.html")],
                status: 65,
                says: "is not a data set"
            )
            #expect(!FileManager.default.fileExists(atPath: home.path("new.html")))
        }

        @Test func moreJobsThanAnybodyCanCountAreAsManyAsThereAreRecordings() throws {
            let recording = Recordings.clear("dog_bark").path
            let outcome = try program.run("analyze", recording, "--jobs", "9000000000000000000")
            #expect(outcome.status == 0 && outcome.output.contains("Dog bark"))
        }

        @Test func aConfigurationThatIsAFolderIsNotToBeCreated() throws {
            try expect(
                ["config", "check", home.folder.path],
                status: 78,
                says: "it is a folder. Fix that, or choose another file"
            )
        }

        @Test func namesThatAreWrittenWrongAreNotTakenForSilenceWhenNoServiceRuns() throws {
            let service = try program.start("run", "--source", "demo")
            try Wait.until("an event is over", seconds: 90) {
                try program.run("events", "--format", "csv").lines.count > 1
            }
            let newest = try program.run("events", "--limit", "1")
            #expect(newest.output.contains("There may be more than these 1; use --limit"))
            #expect(service.terminate().status == 0)
            for (option, name) in [("class", "dog_brak"), ("source", "dmeo"), ("model", "mine")] {
                try expect(
                    ["events", "--\(option)", name],
                    status: 64,
                    says: "Unknown \(option) '\(name)' in the history; known: "
                )
            }
            try expect(
                ["levels", "--source", "dmeo"],
                status: 64,
                says: "Unknown source 'dmeo' in the history; known: demo."
            )
            #expect(try program.run("events", "--class", "dog_bark").status == 0)
        }

        @Test func aThresholdOfAClassThatTheModelDoesNotHave() throws {
            try expect(
                ["thresholds", "set", "dragon", "0.5"],
                status: 64,
                says: "dragon",
                "dog_bark"
            )
        }
    }
}
