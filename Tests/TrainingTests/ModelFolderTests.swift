import Foundation
import Glibc
import ModelLibrary
import NeuralNetwork
import SoundDatasets
import TestSupport
import Testing

@testable import Training

@Suite struct ModelFolderWriterTests {
    private func trained(
        _ architecture: Architecture = .small,
        isExclusive: Bool = true
    ) throws -> (Trainer, LoadedClips) {
        let clips = SyntheticClips.make(count: 3, for: NetworkDesign(architecture))
        var settings = SyntheticClips.settings
        settings.architecture = architecture
        settings.isExclusive = isExclusive
        if architecture != .small { (settings.steps, settings.batchSize) = (2, 4) }
        let job = TrainingJob(clips: clips, settings: settings)
        let trainer = try job.wholeTrainer()
        job.train(trainer, fold: 0)
        return (trainer, clips)
    }

    @Test(arguments: Architecture.allCases, [true, false])
    func monitorAndONNXRuntimeGiveTheScoresOfTheTraining(
        architecture: Architecture,
        isExclusive: Bool
    ) throws {
        let (trainer, clips) = try trained(architecture, isExclusive: isExclusive)
        let folder = try TemporaryFolder()
        let model = try ModelFolderWriter.write(
            TrainedModel(name: "three", trainer: trainer, dataset: clips.dataset),
            folder: folder.file("three")
        )
        #expect(model.name == "three")
        #expect(model.classes.map(\.name) == ["low", "middle", "high"])
        #expect(model.classes.map(\.label) == ["Low", "Middle", "High"])
        #expect(model.frontEnd == trainer.frontEnd)
        #expect(!model.network.graph.nodes.contains { $0.operatorType == "BatchNormalization" })
        #expect(!model.network.graph.nodes.contains { $0.operatorType == "Dropout" })
        let isFramewise = model.network.graph.outputs.contains { $0.name == "framewise" }
        #expect(isFramewise == (architecture == .crnnAttention))

        var inputs: [Float] = []
        var results: [Float] = []
        let session = try model.makeSession()
        let scores = try trainer.score(clips.features)
        let scale = try FeatureScale(model.frontEnd)
        for (features, expected) in zip(clips.features, scores) {
            var patch = Array(features.power[..<model.inputShape.reduce(1, *)])
            var input = [Float](repeating: 0, count: patch.count)
            var span = input.mutableSpan
            scale.prepare(&patch, into: &span)
            var result = [Float](repeating: 0, count: 3)
            var output = result.mutableSpan
            try session.run(
                input.span,
                shape: model.inputShape,
                output: "probs",
                into: &output
            )
            for (live, trained) in zip(result, expected.windows[0]) {
                #expect(abs(live - trained) < 1e-4)
            }
            inputs += input
            results += result
        }
        let count = results.count / 3
        try NPYArray(shape: [count] + model.inputShape.dropFirst(), floats: inputs)
            .write(path: "\(model.folder)/input.npy")
        try NPYArray(shape: [count, 3], floats: results).write(path: "\(model.folder)/probs.npy")
        let outcome = try NetworkChecker.check(model.folder)
        #expect(outcome.isPassed, "\(outcome.output)")
        #expect(outcome.output.contains("onnx.checker passes, scores differ by at most"))
    }

    @Test func networkThatIsWrongForOthersFailsTheCheck() throws {
        let (trainer, clips) = try trained()
        let folder = try TemporaryFolder()
        _ = try ModelFolderWriter.write(
            TrainedModel(name: "three", trainer: trainer, dataset: clips.dataset),
            folder: folder.path
        )
        try NPYArray(shape: [1, 1, 96, 64], floats: [Float](repeating: 0, count: 96 * 64))
            .write(path: folder.file("input.npy"))
        try NPYArray(shape: [1, 3], floats: [0.5, 0.5, 0.5]).write(path: folder.file("probs.npy"))
        let other = try NetworkChecker.check(folder.path)
        #expect(!other.isPassed)
        #expect(other.output.contains("the scores differ by"))
        let error = #expect(throws: NetworkChecker.Missing.self) {
            try NetworkChecker.check(folder.path, python: folder.file("python"))
        }
        #expect(
            error?.description.contains("Run Tests/NeuralNetworkTests/fetch-node-tests") == true
        )
    }

    @Test func cardTellsClassesFiguresAndLimits() throws {
        let (trainer, clips) = try trained()
        var model = TrainedModel(name: "three", trainer: trainer, dataset: clips.dataset)
        model.stepCount = 7
        #expect(ModelCard.text(of: model).contains("interrupted after 7 of 12 steps"))
        #expect(ModelCard.text(of: model).contains("| low | 3 | 3 |"))
        #expect(ModelCard.text(of: model).contains("no cross-validation was run"))
        var validation = CrossValidation(classCount: 3)
        validation.add(
            fold: 1,
            scores: clips.features.map { _ in ClipScores(windows: [[1, 0, 0]], levels: [-20]) },
            clips: clips.dataset.clips,
            gateDBFS: -60
        )
        model.validation = validation
        #expect(ModelCard.text(of: model).contains("| 1 | 9 | 33.33 | 33.33 | 33.33 |"))
        #expect(ModelCard.text(of: model).contains("| middle | 3 | 0 | 0 |"))
        #expect(ModelCard.text(of: model).contains("| low | 3 | 100.00 | 43.85 to 100.00 |"))
        #expect(ModelCard.text(of: model).contains("| seed | 1 |"))
        #expect(ModelCard.text(of: model).contains("| augmentation.gain_db | 8 |"))
        #expect(ModelCard.text(of: model).contains("## Training data"))
        let folder = try TemporaryFolder()
        _ = try ModelFolderWriter.write(model, folder: folder.path)
        for picture in ["confusion.svg", "curves.svg"] {
            #expect(ModelCard.text(of: model).contains("(\(picture))"))
            let text = try String(contentsOfFile: folder.file(picture), encoding: .utf8)
            #expect(text.hasPrefix("<svg ") && text.hasSuffix("</svg>\n"))
        }
    }

    @Test func namesOfFoldersBecomeNamesOfClasses() {
        #expect(
            ClassName.unique(["Dog bark!", "dog bark!", "-"]) == [
                "Dog_bark_", "dog_bark_", "sound",
            ]
        )
        #expect(ClassName.unique(["a b", "a_b"]) == ["a_b", "a_b_2"])
        #expect(ClassName.label(from: "dog_bark") == "Dog bark")
    }

    @Test func confidenceIntervalIsWilsons() {
        let interval = WilsonInterval(share: 0.94, count: 400)
        #expect(abs(interval.low - 0.9124) < 5e-4)
        #expect(abs(interval.high - 0.9594) < 5e-4)
    }
}

@Suite struct DataLicencesTests {
    private func clip(_ path: String) -> LabelledClip {
        LabelledClip(path: path, classes: [], group: path)
    }

    @Test func manifestAboveTheRecordingsSaysTheirLicences() throws {
        let folder = try TemporaryFolder()
        try folder.write(
            "path,licence\nset/dog/a.wav,CC0\nset/dog/b.wav,CC BY 4.0\n",
            to: "data/manifest.csv"
        )
        for name in ["a", "b", "c"] { try folder.write("", to: "data/set/dog/\(name).wav") }
        let clips = ["a", "a", "b", "c"].map { clip(folder.file("data/set/dog/\($0).wav")) }
        let collections = DataLicences(of: clips).collections
        try folder.write("", to: "data/esc/ATTRIBUTION.txt")
        try folder.write("", to: "data/esc/cat/d.wav")
        let credited = DataLicences(of: [clip(folder.file("data/esc/cat/d.wav"))]).collections
        #expect(credited[0].licences == ["see its ATTRIBUTION.txt": 1])
        #expect(collections.map(\.name) == ["set"])
        #expect(collections[0].recordingCount == 3)
        #expect(
            collections[0].licences == ["CC0": 1, "CC BY 4.0": 1, "not in manifest.csv": 1]
        )
    }

    @Test func tableThatListsARecordingKnowsItsLicenceBest() throws {
        let folder = try TemporaryFolder()
        try folder.write("path,licence\nset/dog/a.wav,CC0\n", to: "data/manifest.csv")
        for name in ["a", "b"] { try folder.write("", to: "data/set/dog/\(name).wav") }
        try folder.write(
            "path,label,licence\ndata/set/dog/a.wav,dog,\ndata/set/dog/b.wav,dog,MIT\n",
            to: "list.csv"
        )
        let clips = try SoundDataset.read(path: folder.file("list.csv")).clips
        #expect(clips.map(\.licence) == ["", "MIT"])
        let collections = DataLicences(of: clips).collections
        #expect(collections.map(\.name) == ["set"])
        #expect(collections[0].licences == ["CC0": 1, "MIT": 1])
    }

    @Test func fileOfCreditsIsNamedAndNothingIsMadeUp() throws {
        let folder = try TemporaryFolder()
        try folder.write("", to: "birds/owl/a.wav")
        try folder.write("", to: "birds/ATTRIBUTION.md")
        try folder.write("", to: "own/b.wav")
        var tone = clip("tone")
        tone.synthetic = SyntheticSound(.tones, number: 1)
        let collections = DataLicences(
            of: [clip(folder.file("birds/owl/a.wav")), clip(folder.file("own/b.wav")), tone]
        ).collections
        #expect(collections.map(\.name) == ["birds", "computed sounds", "own"])
        #expect(collections[0].licences == ["see its ATTRIBUTION.md": 1])
        #expect(collections[2].licences == ["not stated": 1])
    }
}

/// Runs `Fixtures/check_model.py` on a model folder, in the Python that `make test` sets up.
///
/// Not by Foundation's `Process`, which on Linux leaves the end of a child unnoticed when no run
/// loop turns.
enum NetworkChecker {
    /// What the script said, and whether it found nothing wrong.
    struct Outcome {
        let isPassed: Bool
        let output: String
    }

    /// The Python is missing.
    struct Missing: Error, CustomStringConvertible {
        let path: String
        var description: String {
            "No '\(path)'. Run Tests/NeuralNetworkTests/fetch-node-tests, which puts Python with "
                + "the ONNX checker and ONNX Runtime there."
        }
    }

    private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    /// Checks the network of a folder that also holds `input.npy` and `probs.npy`.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - python: The interpreter; `make test`'s if nil.
    /// - Returns: What it found.
    /// - Throws: That there is no such Python, or that it cannot be started.
    static func check(_ folder: String, python: String? = nil) throws -> Outcome {
        let python =
            python
            ?? Checkout.folder.appendingPathComponent(".build/onnx-python/bin/python").path
        guard access(python, X_OK) == 0 else { throw Missing(path: python) }
        let script = tests.appendingPathComponent("Fixtures/check_model.py").path
        let log = "\(folder)/check.log"
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        let arguments: [String] = [python, script, folder]
        var words = arguments.map { strdup($0) } + [nil]
        // One thread: other tests run beside it.
        let environment: [String] = ["PATH=/usr/bin:/bin", "OPENBLAS_NUM_THREADS=1"]
        var variables = environment.map { strdup($0) } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var child = pid_t()
        let code = posix_spawn(&child, python, &actions, nil, &words, &variables)
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EINVAL) }
        var status: Int32 = 0
        while waitpid(child, &status, 0) == -1, errno == EINTR {}
        return Outcome(
            isPassed: status == 0,
            output: (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        )
    }
}
