import Foundation
import LogMelFeatures
import ModelLibrary
import NeuralNetwork
import SoundDatasets
import TestSupport
import Testing

@testable import Training

/// Learning from the probabilities of other models.
@Suite struct TeacherTests {
    private let folder: TemporaryFolder
    private let clips = SyntheticClips.make(count: 4)

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Trains a model for two steps and writes it.
    private func writeModel(
        _ name: String,
        seed: UInt64 = 5,
        classNames: [String] = ["middle", "high", "low"],
        change: (inout TrainingSettings) -> Void = { _ in }
    ) throws {
        var settings = SyntheticClips.settings
        settings.seed = seed
        settings.steps = 2
        change(&settings)
        var dataset = SyntheticClips.make(count: 2, for: settings.design).dataset
        dataset.classNames = classNames
        let clips = LoadedClips(
            dataset: dataset,
            features: SyntheticClips.make(count: 2, for: settings.design).features,
            problems: []
        )
        let job = TrainingJob(clips: clips, settings: settings)
        let trainer = try job.wholeTrainer()
        job.train(trainer, fold: 0)
        let model = TrainedModel(name: name, trainer: trainer, dataset: dataset)
        _ = try ModelFolderWriter.write(model, folder: folder.file(name))
    }

    private func job(
        _ teachers: [String],
        share: Float = 0.5,
        change: (inout TrainingSettings) -> Void = { _ in }
    ) -> TrainingJob {
        var settings = SyntheticClips.settings
        settings.teachers = teachers
        settings.teacherShare = share
        change(&settings)
        var job = TrainingJob(clips: clips, settings: settings)
        job.teacherFolder = folder.path
        return job
    }

    /// The plain-loop twin: probabilities of models in the order low, middle, high, for a patch
    /// under another normalisation.
    private func meanProbabilities(
        _ names: [String],
        _ patch: ArraySlice<Float>,
        _ frontEnd: FrontEnd
    ) throws -> [Float] {
        var means: [Float] = [0, 0, 0]
        for name in names {
            let model = try SoundModel.load(folder: folder.file(name))
            guard case .perBand(let mean, let deviation) = frontEnd.normalisation,
                case .perBand(let ownMean, let ownDeviation) = model.frontEnd.normalisation
            else { return [] }
            let own = patch.enumerated().map { index, value in
                let plain = value * deviation[index % 64] + mean[index % 64]
                return (plain - ownMean[index % 64]) / ownDeviation[index % 64]
            }
            var scores: [Float] = [0, 0, 0]
            var span = scores.mutableSpan
            try model.makeSession().run(
                own.span,
                shape: [1, 1, 96, 64],
                output: "probs",
                into: &span
            )
            for (place, soundClass) in [2, 0, 1].enumerated() {
                means[place] += scores[soundClass] / Float(names.count)
            }
        }
        return means
    }

    @Test(arguments: [true, false])
    func targetIsTheLabelAndTheMeanOfTheTeachersOnTheSamePatch(isExclusive: Bool) throws {
        for (index, name) in ["a", "b"].enumerated() {
            try writeModel(name, seed: UInt64(index + 7)) { $0.isExclusive = isExclusive }
        }
        let job = job(["a", "b"], share: 0.7) {
            $0.isExclusive = isExclusive
            $0.augmentation.mixupProbability = 0.5
            $0.augmentation.bandMasks = 1
        }
        let settings = job.settings
        let trainer = try job.wholeTrainer()
        let plan = try TrainingPlan(
            settings.design.network(classCount: 3, seed: settings.seed),
            inputShapes: [Architecture.inputName: settings.design.inputShape(batch: 8)],
            output: Architecture.logitsName
        )
        let input = try plan.input(Architecture.inputName)
        let batches = try BatchMaker(
            clips,
            trainedOn: Array(clips.features.indices),
            settings: settings,
            frontEnd: trainer.frontEnd
        )
        let labels = batches.fill(input, step: 0)
        let patches = input.readOnly.toArray()
        plan.forward(isTraining: true, seed: settings.seed)
        let logits = plan.output.values.toArray()
        var loss = 0.0
        for row in 0..<8 {
            let patch = patches[row * 96 * 64..<(row + 1) * 96 * 64]
            let means = try meanProbabilities(["a", "b"], patch, trainer.frontEnd)
            let own = Array(logits[row * 3..<row * 3 + 3])
            let sum = own.reduce(0) { $0 + exp($1) }
            for index in 0..<3 {
                let target = Double(0.3 * labels[row * 3 + index] + 0.7 * means[index])
                if isExclusive {
                    loss -= target * Double(log(exp(own[index]) / sum)) / 8
                } else {
                    let share = Double(1 / (1 + exp(-own[index])))
                    loss -= (target * log(share) + (1 - target) * log(1 - share)) / 24
                }
            }
        }
        #expect(abs(trainer.step().loss - loss) < 1e-4)
    }

    @Test func whatNobodyKnowsIsNotTaught() throws {
        try writeModel("a") { $0.isExclusive = false }
        let job = job(["a"], share: 1) { $0.isExclusive = false }
        let panel = try TeacherPanel(
            try job.teachers(),
            settings: job.settings,
            frontEnd: try job.wholeTrainer().frontEnd
        )
        let input = FloatMemory(count: 2 * 96 * 64)
        let unknown = TrainingLoss.unknown
        let targets = panel.targets(
            [unknown, 0, 1, 0, unknown, 0],
            input: input.readOnly,
            batch: 2
        )
        #expect(targets[0] == unknown && targets[4] == unknown)
        #expect([1, 2, 3, 5].allSatisfy { targets[$0] > 0 && targets[$0] < 1 })
    }

    @Test func noShareOfTheTeachersChangesNothing() throws {
        try writeModel("a")
        let (alone, taught) = (job([]), job(["a"], share: 0))
        let (first, second) = (try alone.wholeTrainer(), try taught.wholeTrainer())
        alone.train(first, fold: 0)
        taught.train(second, fold: 0)
        #expect(first.network == second.network)
    }

    @Test func threadsDoNotChangeWhatIsLearned() throws {
        try writeModel("a")
        let networks = try [1, 3, 5].map { threads in
            let job = job(["a"]) { $0.threads = threads }
            let trainer = try job.wholeTrainer()
            job.train(trainer, fold: 0)
            return trainer.network
        }
        #expect(networks[0] == networks[1] && networks[0] == networks[2])
        let other = job([])
        let alone = try other.wholeTrainer()
        other.train(alone, fold: 0)
        #expect(alone.network != networks[0])
    }

    @Test func resumedTrainingGivesTheSameBitsAndKnowsItsTeachers() throws {
        try writeModel("a")
        try writeModel("b", seed: 6)
        var job = job(["a"])
        let whole = try job.wholeTrainer()
        job.train(whole, fold: 0)
        let first = try job.wholeTrainer()
        job.isInterrupted = { first.stepCount >= 5 }
        job.train(first, fold: 0)
        job.isInterrupted = { false }
        let path = folder.file("state.onnx")
        try TrainingState.write(first, fingerprint: job.fingerprint, path: path)
        let second = try job.wholeTrainer()
        try TrainingState.read(into: second, fingerprint: job.fingerprint, path: path)
        job.train(second, fold: 0)
        #expect(second.network == whole.network)

        // Another model in the same place is another teacher.
        try FileManager.default.removeItem(atPath: folder.file("a"))
        try FileManager.default.moveItem(atPath: folder.file("b"), toPath: folder.file("a"))
        let changed = try job.wholeTrainer()
        let error = #expect(throws: TrainingError.self) {
            try TrainingState.read(into: changed, fingerprint: job.fingerprint, path: path)
        }
        #expect(
            error?.description == "Cannot resume from '\(path)': it belongs to a training with "
                + "other teachers. Train again without --resume."
        )
    }

    @Test func everyFoldHasTeachersOfItsOwn() throws {
        try writeModel("fold-1")
        try writeModel("fold-2", seed: 6)
        var job = job(["fold-{fold}"])
        var taught: [String] = []
        var folds: [Int] = []
        job.onFold = { trainer, figures in
            taught += trainer.teachers.map(\.name)
            folds += figures.folds.map(\.number)
        }
        let validation = try job.crossValidate()
        #expect(taught == ["fold-1", "fold-2"])
        #expect(folds == [1, 2])
        #expect(validation.folds.map(\.number) == [1, 2])
        job.recipe.heldOutFolds = [2]
        #expect(try job.wholeTrainer().teachers.map(\.name) == ["fold-2"])
        let card = ModelCard.recipe(
            of: TrainedModel(
                name: "x",
                trainer: try job.wholeTrainer(),
                dataset: clips.dataset
            )
        )
        #expect(
            card.hasSuffix("50.00 % of its targets are the mean probability of fold-2.")
        )
    }

    @Test func teachersThatMayHaveMetTheTestedFoldAreRefused() throws {
        try writeModel("a")
        let every = #expect(throws: TrainingError.self) { try job(["a"]).crossValidate() }
        #expect(
            every?.description == "Teacher 'a' may have been trained on the test folds. "
                + "Give one per fold, such as 'a/fold-{fold}'."
        )
        let whole = #expect(throws: TrainingError.self) { try job(["a-{fold}"]).wholeTrainer() }
        #expect(
            whole?.description == "Teacher 'a-{fold}' has one model per fold, but this training "
                + "does not leave out exactly one fold. Add --folds-only to a cross-validation, or "
                + "give another teacher."
        )
    }

    @Test func unfitTeachersAreRefusedWithTheReason() throws {
        try writeModel("window") { $0.windowFrames = 104 }
        try writeModel("bands") {
            $0.frontEnd = Preset.earwitness.frontEnd
            $0.frontEnd?.melBandCount = 40
        }
        try writeModel("names", classNames: ["low", "middle", "top"])
        try writeModel("sigmoids") { $0.isExclusive = false }
        let advice = ". Give a model with the same front end, window and classes."
        let cases = [
            "window": "its window has 104 frames, the training's 96",
            "bands": "its front end (16000 Hz, 40 bands every 160 samples) differs from the "
                + "training's (16000 Hz, 64 bands every 160 samples)",
            "names": "its classes are low, middle, top, the training's high, low, middle",
            "sigmoids": "its classes do not exclude one another, the training's do",
        ]
        for (name, reason) in cases {
            let error = #expect(throws: TrainingError.self) { try job([name]).wholeTrainer() }
            #expect(
                error?.description
                    == "Cannot learn from '\(folder.file(name))': \(reason)\(advice)"
            )
            #expect(error?.exitCode == 65)
        }
        let missing = #expect(throws: TrainingError.self) { try job(["none"]).wholeTrainer() }
        let path = folder.file("none/model.yaml")
        #expect(missing?.description.hasPrefix("Cannot read '\(path)': no such file.") == true)
        #expect(missing?.exitCode == 66)
        let share = #expect(throws: TrainingError.self) { try job([], share: 2).wholeTrainer() }
        #expect(share?.description == "--teacher-share is 2.0, allowed: 0 to 1.")
    }
}
