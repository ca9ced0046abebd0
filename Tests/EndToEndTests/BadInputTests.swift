import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// What a person may get wrong, each with one line and the right exit code.
    @Suite struct BadInputTests {
        private let home: TestHome
        private let program: BuiltProgram

        init() throws {
            home = try TestHome()
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
                "bootstrap"
            )
        }

        @Test func aModelThatIsCutOff() throws {
            let models = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent()
                .appendingPathComponent("Models/bootstrap")
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
