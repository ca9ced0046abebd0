import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// What `train` writes, and how it is stopped and gone on with.
    @Suite struct TrainCommandTests {
        private let home: TestHome
        private let program: BuiltProgram
        private let clips: String

        init() throws {
            home = try TestHome()
            program = try home.program()
            clips = home.path("clips")
            for name in ["dog_bark", "rooster"] {
                let folder = "\(clips)/\(name)"
                try FileManager.default.createDirectory(
                    atPath: folder,
                    withIntermediateDirectories: true
                )
                for fold in 1...2 {
                    try FileManager.default.copyItem(
                        at: Recordings.clear(name),
                        to: URL(fileURLWithPath: "\(folder)/\(fold)-7-A.ogg")
                    )
                }
            }
        }

        private func arguments(
            _ output: String,
            steps: String = "300",
            _ more: String...
        ) -> [String] {
            [
                "train", clips, "--output", home.path(output), "--batch", "8", "--steps", steps,
                "--threads", "2", "--cache", home.path("cache"),
            ] + more
        }

        private func bytes(_ model: String, _ file: String) throws -> Data {
            try Data(contentsOf: URL(fileURLWithPath: home.path("\(model)/\(file)")))
        }

        @Test func anInterruptedTrainingKeepsAModelAndGoesOnToTheSameBits() throws {
            let whole = try program.run(arguments: arguments("whole"))
            #expect(whole.status == 0, "\(whole.errors)")
            #expect(whole.output.isEmpty)
            let part = try program.start(arguments: arguments("part"))
            try Wait.until("training is under way") { part.errors.contains("step 30 of 300") }
            part.send(SIGINT)
            part.waitUntilExit()
            #expect(part.outcome().status == 0)
            #expect(part.errors.contains("with --resume continues"))
            let card = String(bytes: try bytes("part", "card.md"), encoding: .utf8)
            #expect(card?.contains("Training was interrupted after") == true)
            #expect(try program.run("models", "inspect", home.path("part")).status == 0)

            let missing = try program.run(arguments: arguments("none", "--resume"))
            #expect(missing.status == 65)
            #expect(missing.errors.contains("Cannot resume from"))
            let other = try program.run(arguments: arguments("part", "--resume", "--seed", "2"))
            #expect(other.status == 65)
            #expect(other.errors.contains("it belongs to a training with other data or settings"))
            let resumed = try program.run(arguments: arguments("part", "--resume"))
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(try bytes("part", "model.onnx") == bytes("whole", "model.onnx"))
            #expect(try bytes("part", "curves.svg").count > 1_000)
            #expect(!FileManager.default.fileExists(atPath: home.path("part/training-state.onnx")))
        }

        @Test func modelsOfTheFoldsAreKeptAndTeach() throws {
            let first = try program.run(
                arguments: arguments("first", steps: "5", "--cross-validate", "--folds-only")
            )
            #expect(first.status == 0, "\(first.errors)")
            #expect(!FileManager.default.fileExists(atPath: home.path("first/model.onnx")))
            let card = String(bytes: try bytes("first/fold-2", "card.md"), encoding: .utf8)
            #expect(card?.hasPrefix("# first-fold-2\n") == true)
            #expect(card?.contains("| hold_out_folds | 2 |") == true)

            let teacher = ["--teacher", home.path("first/fold-{fold}"), "--teacher-share", "0.8"]
            let both = arguments("second", steps: "5", "--cross-validate") + teacher
            let refused = try program.run(arguments: both)
            #expect(refused.status == 65)
            #expect(refused.errors.contains("Add --folds-only to a cross-validation"))
            let second = try program.run(arguments: both + ["--folds-only"])
            #expect(second.status == 0, "\(second.errors)")
            let taught = String(bytes: try bytes("second/fold-1", "card.md"), encoding: .utf8)
            #expect(taught?.contains("80.00 % of its targets") == true)
            #expect(try bytes("second/fold-1", "model.onnx") != bytes("first/fold-1", "model.onnx"))
            let alone = try program.run(arguments: arguments("x", "--teacher-share", "1"))
            #expect(alone.status == 64)
            #expect(alone.errors.contains("--teacher-share needs --teacher."))
        }

        @Test func modelsThatLeftOutAFoldAreTestedOnItTogether() throws {
            let members = ["1", "2"].map { home.path("seed-\($0)") }
            for (seed, member) in zip(["1", "2"], members) {
                let outcome = try program.run(
                    arguments: arguments(
                        (member as NSString).lastPathComponent,
                        steps: "5",
                        "--hold-out-fold",
                        "2",
                        "--seed",
                        seed
                    )
                )
                #expect(outcome.status == 0, "\(outcome.errors)")
            }
            let combination =
                ["train", clips, "--output", home.path("both"), "--cache", home.path("cache")]
                + members.flatMap { ["--combine", $0] }
            let outcome = try program.run(arguments: combination + ["--hold-out-fold", "2"])
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output.contains("| 2 | 2 |"))
            let card = String(bytes: try bytes("both", "card.md"), encoding: .utf8)
            #expect(card?.contains("The mean of the logits of seed-1, seed-2, not trained") == true)
            #expect(try program.run("models", "inspect", home.path("both")).status == 0)

            let refused = try program.run(arguments: combination + ["--cross-validate"])
            #expect(refused.status == 64)
            #expect(refused.errors.contains("may have met what a cross-validation tests"))
        }

        @Test func aTrainedModelGetsANewLastLayerAndIsTestedOnTheFoldHeldOut() throws {
            let outcome = try program.run(
                arguments: arguments(
                    "own",
                    steps: "20",
                    "--continue-from",
                    "Tests/ReferenceModels/bootstrap",
                    "--freeze",
                    "4",
                    "--hold-out-fold",
                    "2",
                    "--held-out-list",
                    home.path("held.csv")
                )
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output.contains("| 2 | 2 |"))
            let card = String(bytes: try bytes("own", "card.md"), encoding: .utf8)
            #expect(card?.contains("Network bootstrap with a new last layer") == true)
            #expect(try bytes("own", "confusion.svg").count > 100)
            let held = try String(contentsOfFile: home.path("held.csv"), encoding: .utf8)
            #expect(held.split(separator: "\n").count == 3)
            let judged = try program.run("evaluate", home.path("own"), home.path("held.csv"))
            #expect(judged.status == 0, "\(judged.errors)")
        }
    }
}
