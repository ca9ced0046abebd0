import Foundation
import Glibc
import NeuralNetwork
import TestSupport
import Testing

extension EndToEnd {
    /// Networks that give what is no probability, beside one that does not.
    @Suite struct InvalidScoresTests {
        private let home: TestHome
        private let program: BuiltProgram

        init() throws {
            home = try TestHome()
            try home.installReferenceModel()
            program = try home.program()
        }

        private static let original = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../ReferenceModels/bootstrap").standardized

        /// Installs the model `bootstrap` with other nodes before its scores.
        private func install(
            _ name: String,
            nodes: [Node],
            constants: [String: Float] = [:]
        ) throws {
            var network = try Model(path: Self.original.appending(path: "model.onnx").path)
            network.graph.nodes += nodes
            for (name, value) in constants {
                network.graph.initializers.append(Tensor(name: name, shape: [1], floats: [value]))
            }
            let scores = try #require(network.graph.outputs.firstIndex { $0.name == "probs" })
            network.graph.outputs[scores].name = "changed"
            let folder = home.folder.appending(path: "state/models/\(name)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(network.serialized()).write(to: folder.appending(path: "model.onnx"))
            let text = try String(
                contentsOf: Self.original.appending(path: "model.yaml"),
                encoding: .utf8
            )
            let lines = text.replacing("name: bootstrap", with: "name: \(name)")
                .replacing("scores: probs", with: "scores: changed")
                .split(separator: "\n", omittingEmptySubsequences: false)
                .filter { !$0.contains("sha256:") }
            try home.write(lines.joined(separator: "\n"), to: "state/models/\(name)/model.yaml")
        }

        /// A network of NaN, or whose scores are NaN where the features exceed a limit.
        private func installBroken(_ name: String, above limit: Float = -1_000) throws {
            try install(
                name,
                nodes: [
                    Node("ReduceMax", inputs: ["logmel"], outputs: ["loudest"]),
                    Node("Sub", inputs: ["limit", "loudest"], outputs: ["room"]),
                    Node("Sqrt", inputs: ["room"], outputs: ["root"]),
                    Node("Mul", inputs: ["root", "nothing"], outputs: ["poison"]),
                    Node("Squeeze", inputs: ["poison"], outputs: ["poisonOrZero"]),
                    Node("Add", inputs: ["probs", "poisonOrZero"], outputs: ["changed"]),
                ],
                constants: ["limit": limit, "nothing": 0]
            )
        }

        @Test func analyzeNamesModelClassRecordingAndSecondAndPrintsWhatTheOthersHear() throws {
            try installBroken("broken")
            let recording = Recordings.clear("dog_bark").path
            let scores = home.path("scores")
            let outcome = try program.run(
                "analyze",
                recording,
                "--model",
                "bootstrap",
                "--model",
                "broken",
                "--scores",
                scores
            )
            #expect(outcome.status == 65)
            let lines = outcome.errors.split(separator: "\n").filter {
                $0.hasPrefix("earwitness: ")
            }
            #expect(lines.count == 1, "\(outcome.errors)")
            for word in [
                "'\(recording)' at ", " windows)",
                "The model 'broken' gives 'dog_bark' a score of NaN",
            ] {
                #expect(outcome.errors.contains(word), "\(outcome.errors)")
            }
            #expect(outcome.output.contains("Dog bark"))
            let table = try String(
                contentsOfFile: "\(scores)/1-100032-A.broken.csv",
                encoding: .utf8
            )
            #expect(!table.lowercased().contains("nan,") && table.contains(",,,"))
            #expect(try program.run("analyze", recording, "--model", "bootstrap").status == 0)
        }

        @Test func theServiceShowsTheFaultByNameAndTheOtherModelGoesOn() throws {
            try installBroken("broken")
            try home.write(
                "models: [bootstrap, broken]\nweb: {listen: off}\n",
                to: "earwitness.yaml"
            )
            let service = try program.start("run", "--source", "demo", "--pace", "4")
            let name = "The model 'broken' gives 'dog_bark' a score of NaN"
            try Wait.until("the other model names a sound", seconds: 60) {
                let status = try program.run("status", "--format", "json")
                let read = [0, 69].contains(status.status)
                #expect(read, "\(status.errors)")
                return try program.run("events", "--format", "csv", "--model", "bootstrap")
                    .lines.count > 1
            }
            let text = try program.run("status").output
            #expect(text.contains("demo: fault"), "\(text)")
            #expect(text.contains(name), "\(text)")
            #expect(service.errors.contains(name))
            let metrics = try RunningProgram(
                path: "/usr/bin/curl",
                arguments: ["-s", "--unix-socket", home.socket, "http://localhost/metrics"],
                environment: [:]
            ).outcome().output
            #expect(metrics.contains("earwitness_source_fault{source=\"demo\",reason=\"\(name)"))
            #expect(service.terminate().status == 0)
            #expect(try home.query("SELECT count(*) FROM coverage WHERE state = 'lost'") == "0")
        }

        @Test func whatTheOnlyModelCannotJudgeIsNotListenedToUntilItCanAgain() throws {
            // The features of the demo's loudest sounds, but not of test sounds, exceed it.
            try installBroken("loud", above: 2.2)
            try home.write("model: loud\nweb: {listen: off}\n", to: "earwitness.yaml")
            let service = try program.start("run", "--source", "demo", "--pace", "4")
            try Wait.until("the fault is over", seconds: 120) {
                service.errors.contains("The model 'loud' gives valid scores.")
            }
            #expect(service.errors.contains("The model 'loud' gives 'dog_bark' a score of NaN"))
            #expect(service.terminate().status == 0)
            let states = try home.query(
                "SELECT DISTINCT state FROM coverage WHERE state IN ('listening', 'lost') ORDER BY 1"
            )
            #expect(states == "listening\nlost")
            #expect(
                try home.query("SELECT DISTINCT reason FROM coverage WHERE state = 'lost'")
                    == "no model gave valid scores"
            )
        }

        @Test func logitsAreRefusedWithTheLineThatMendsThem() throws {
            try install(
                "logits",
                nodes: [
                    Node("Sub", inputs: ["one1", "probs"], outputs: ["rest"]),
                    Node("Div", inputs: ["probs", "rest"], outputs: ["odds"]),
                    Node("Log", inputs: ["odds"], outputs: ["changed"]),
                ],
                constants: ["one1": 1]
            )
            let recording = Recordings.clear("dog_bark").path
            let refused = try program.run("analyze", recording, "--model", "logits")
            #expect(refused.status == 65)
            #expect(refused.output.isEmpty)
            let yaml = home.path("state/models/logits/model.yaml")
            #expect(refused.errors.contains("set 'activation: sigmoid'"))
            #expect(refused.errors.contains("in the section 'network' of '\(yaml)'"))

            let text = try String(contentsOfFile: yaml, encoding: .utf8)
            try home.write(
                text.replacing("activation: none", with: "activation: sigmoid"),
                to: "state/models/logits/model.yaml"
            )
            let mended = try program.run("analyze", recording, "--model", "logits")
            #expect(mended.status == 0, "\(mended.errors)")
            #expect(
                mended.output
                    == (try program.run("analyze", recording, "--model", "bootstrap").output)
            )
        }
    }
}
