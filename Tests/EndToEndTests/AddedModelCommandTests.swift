import Foundation
import NeuralNetwork
import TestSupport
import Testing

extension EndToEnd {
    /// The way from a network's file to a model that listens, and back.
    @Suite struct AddedModelCommandTests {
        private let home: TestHome
        private let program: BuiltProgram

        init() throws {
            home = try TestHome()
            program = try home.program()
        }

        /// A network with YAMNet's input and output that hears a bark (class 70) in everything.
        private func yamnet(_ name: String = "yamnet.onnx") throws -> String {
            var biases = [Float](repeating: -9, count: 521)
            biases[70] = 3
            biases[100] = 3
            let path = home.path(name)
            try Data(network(samples: 15_600, biases: biases, hasSigmoid: true).serialized())
                .write(to: URL(fileURLWithPath: path))
            return path
        }

        private func network(samples: Int, biases: [Float], hasSigmoid: Bool) -> Model {
            let count = biases.count
            let gemm = Node(
                "Gemm",
                inputs: ["mean", "weights", "biases"],
                outputs: [hasSigmoid ? "logits" : "scores"]
            )
            return Model(
                operatorSets: [OperatorSet(version: 13)],
                graph: Graph(
                    name: "test",
                    nodes: [
                        Node("Reshape", inputs: ["sound", "shape"], outputs: ["row"]),
                        Node("MatMul", inputs: ["row", "mixing"], outputs: ["mean"]), gemm,
                    ]
                        + (hasSigmoid
                            ? [Node("Sigmoid", inputs: ["logits"], outputs: ["scores"])] : []),
                    initializers: [
                        Tensor(name: "shape", shape: [2], integers: [1, Int64(samples)]),
                        Tensor(
                            name: "mixing",
                            shape: [samples, 1],
                            floats: [Float](repeating: 1e-6, count: samples)
                        ),
                        Tensor(
                            name: "weights",
                            shape: [1, count],
                            floats: [Float](repeating: 1, count: count)
                        ),
                        Tensor(name: "biases", shape: [count], floats: biases),
                    ],
                    inputs: [
                        ValueInfo(name: "sound", elementType: .float32, shape: [.fixed(samples)])
                    ],
                    outputs: [
                        ValueInfo(
                            name: "scores",
                            elementType: .float32,
                            shape: [.fixed(1), .fixed(count)]
                        )
                    ]
                )
            )
        }

        @Test func aFileBecomesAModelThatListens() throws {
            let added = try program.run("models", "add", try yamnet())
            #expect(added.status == 0, "\(added.errors)")
            #expect(added.output.contains("licence     Apache License 2.0"), "\(added.output)")
            #expect(added.output.contains("groups of the network's 521 classes"))
            #expect(added.output.contains(", dog, "), "\(added.output)")
            #expect(added.errors.contains("earwitness models use yamnet"))

            let used = try program.run("models", "use", "yamnet", "household-1")
            #expect(used.status == 0, "\(used.errors)")
            let text = try String(contentsOfFile: home.path("earwitness.yaml"), encoding: .utf8)
            #expect(text == "web: { listen: off }\nmodels: [yamnet, household-1]\n")

            let list = try program.run("models")
            let line = list.lines.first { $0.contains("yamnet") } ?? ""
            #expect(line.hasPrefix("*") && line.contains("of 521"), "\(list.output)")
            #expect(line.contains(" added "))

            let heard = try program.run(
                "analyze",
                Recordings.clear("rooster").path,
                "--model",
                "yamnet",
                "--format",
                "json"
            )
            let events = JSONLines.objects(in: heard.output)
            #expect(!events.isEmpty, "\(heard.errors)")
            // Bark is heard as the dog that it is a member of; Quack is in no group and is off.
            #expect(events.allSatisfy { $0["class"] as? String == "dog" })
            #expect(events.allSatisfy { $0["label"] as? String == "Dog" })
        }

        @Test func aClassInNoGroupIsSwitchedOnByItsName() throws {
            #expect(try program.run("models", "add", try yamnet()).status == 0)
            try home.write(
                "model: yamnet\ndetection: {classes: {quack: {enabled: true}}}\n",
                to: "earwitness.yaml"
            )
            let heard = try program.run("analyze", Recordings.clear("rooster").path, "--count")
            #expect(heard.status == 0, "\(heard.errors)")
            #expect(heard.output.contains("quack"), "\(heard.output)")
            let check = try program.run("config", "check")
            #expect(check.status == 0, "\(check.errors)")
        }

        @Test func whatTheFileDoesNotSayIsAskedForInOneLine() throws {
            let path = home.path("other.onnx")
            try Data(network(samples: 16_000, biases: [3, -3], hasSigmoid: false).serialized())
                .write(to: URL(fileURLWithPath: path))
            let rate = try program.run("models", "add", path)
            #expect(rate.status == 64 && rate.errors.contains("--rate HZ"), "\(rate.errors)")
            let logits = try program.run("models", "add", path, "--rate", "16000")
            #expect(logits.status == 64, "\(logits.errors)")
            #expect(logits.errors.contains("--activation sigmoid"), "\(logits.errors)")
            let labels = try home.write("Kettle\nTap\n", to: "labels.txt")
            let added = try program.run(
                arguments: [
                    "models", "add", path, "--rate", "16000", "--activation", "sigmoid",
                    "--labels", labels, "--name", "kitchen", "--licence", "Mine.",
                ]
            )
            #expect(added.status == 0, "\(added.errors)")
            #expect(added.output.contains("licence     Mine.\nclasses     2: kettle, tap\n"))
            let again = try program.run(
                arguments: ["models", "add", path, "--rate", "16000", "--name", "kitchen"]
            )
            #expect(again.status == 73 && again.errors.contains("models remove kitchen"))
            for (arguments, status) in [
                (["models", "add", home.path("gone.onnx")], Int32(66)),
                (["models", "add", labels], 65),
                (["models", "add", home.folder.path], 65),
                (["models", "add", path, "--labels", home.path("gone.txt")], 66),
            ] {
                let outcome = try program.run(arguments: arguments)
                #expect(outcome.status == status, "\(outcome.errors)")
                #expect(outcome.errors.split(separator: "\n").count == 1)
            }
            let left = try FileManager.default.contentsOfDirectory(
                atPath: home.path("state/models")
            )
            #expect(left == ["kitchen"])
        }

        @Test func aNetworkOfIntegersIsAddedAsOneOfFloats() throws {
            let fixture = "Tests/NeuralNetworkTests/Fixtures/tflite/mobile-int8.tflite"
            let added = try program.run(
                arguments: [
                    "models", "add", Checkout.folder.appendingPathComponent(fixture).path,
                    "--preset", "earwitness", "--name", "integers",
                ]
            )
            #expect(added.status == 0, "\(added.errors)")
            #expect(added.output.contains("classes     5: class_0"), "\(added.output)")
        }

        @Test func onlyAModelThatWasAddedAndIsNotInUseIsRemoved() throws {
            #expect(try program.run("models", "add", try yamnet(), "--name", "ears").status == 0)
            #expect(try program.run("models", "use", "ears").status == 0)
            let used = try program.run("models", "remove", "ears")
            #expect(used.status == 64, "\(used.errors)")
            #expect(used.errors.contains("in use: model in \(home.path("earwitness.yaml")):2"))
            #expect(try program.run("models", "use", "household-1").status == 0)
            let removed = try program.run("models", "remove", "ears")
            #expect(removed.status == 0, "\(removed.errors)")
            #expect(!FileManager.default.fileExists(atPath: home.path("state/models/ears")))
            let builtIn = try program.run("models", "remove", "household-2")
            #expect(builtIn.status == 64 && builtIn.errors.contains("came with the program"))
            #expect(try program.run("models", "remove", "ears").status == 66)
        }

        @Test func modelsThatCannotBeUsedAreNotWritten() throws {
            let before = try home.write("# mine\nmodel: household-1\n", to: "earwitness.yaml")
            for (arguments, status) in [
                (["models", "use", "household-1", "nothing"], Int32(66)),
                (["models", "use", "household-1", "household-1"], 64),
                (["models", "use", "household-1", "--source", "attic"], 64),
            ] {
                let outcome = try program.run(arguments: arguments)
                #expect(outcome.status == status, "\(outcome.errors)")
                #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
            }
            #expect(
                try String(contentsOfFile: before, encoding: .utf8)
                    == "# mine\nmodel: household-1\n"
            )
        }
    }
}
