import LogMelFeatures
import NeuralNetwork
import Settings
import SoundDatasets
import TestSupport
import Testing

@testable import Training

@Suite struct TrainerTests {
    private func trained(
        threads: Int = 2,
        seed: UInt64 = 1,
        change: (inout TrainingSettings) -> Void = { _ in }
    ) throws -> Trainer {
        let clips = SyntheticClips.make(count: 4)
        var settings = SyntheticClips.settings
        settings.threads = threads
        settings.seed = seed
        change(&settings)
        let job = TrainingJob(clips: clips, settings: settings)
        let trainer = try job.wholeTrainer()
        job.train(trainer, fold: 0)
        return trainer
    }

    @Test func sameSeedGivesTheSameBitsWithAnyNumberOfThreads() throws {
        let network = try trained(threads: 1).network
        #expect(try trained(threads: 1).network == network)
        #expect(try trained(threads: 3).network == network)
        #expect(try trained(threads: 1, seed: 2).network != network)
    }

    @Test func smallArchitectureHasAsManyNumbersAsItsRecipe() throws {
        let network = NetworkDesign(.small).network(classCount: 10, seed: 1)
        let plan = try TrainingPlan(
            network,
            inputShapes: ["logmel": [2, 1, 96, 64]],
            output: "logits"
        )
        #expect(plan.parameterCount == 99_022)
    }

    @Test func everyArchitectureMakesSteps() throws {
        for architecture in Architecture.allCases {
            let clips = SyntheticClips.make(count: 2, for: NetworkDesign(architecture))
            var settings = SyntheticClips.settings
            settings.architecture = architecture
            settings.batchSize = 4
            let trainer = try TrainingJob(clips: clips, settings: settings).wholeTrainer()
            #expect(trainer.step().loss.isFinite)
            #expect(trainer.step().loss.isFinite)
        }
    }

    @Test func networkIsAsWideAsAskedFor() throws {
        let counts = try [Float(0.5), 1, 2].map { width in
            let design = NetworkDesign(.crnnAttention, width: width)
            return try TrainingPlan(
                design.network(classCount: 3, seed: 1),
                inputShapes: [Architecture.inputName: design.inputShape(batch: 2)],
                output: Architecture.logitsName
            ).parameterCount
        }
        #expect(counts[0] * 2 < counts[1])
        #expect(counts[1] * 2 < counts[2])
    }

    @Test func everyArchitectureLearnsFromAnotherFrontEnd() throws {
        var frontEnd = Preset.yamnet.frontEnd
        frontEnd.layout = .bandsByFrames
        frontEnd.channelCount = 2
        frontEnd.compression = .pcen(PCENSettings())
        for architecture in Architecture.allCases {
            let design = NetworkDesign(architecture, frontEnd: frontEnd, windowFrames: 80)
            var settings = SyntheticClips.settings
            settings.architecture = architecture
            settings.frontEnd = frontEnd
            settings.windowFrames = 80
            settings.batchSize = 4
            let clips = SyntheticClips.make(count: 2, for: design)
            let trainer = try TrainingJob(clips: clips, settings: settings).wholeTrainer()
            #expect(trainer.step().loss.isFinite)
            let scores = try trainer.score(clips.features)
            #expect(scores.allSatisfy { $0.windows.allSatisfy { $0.allSatisfy(\.isFinite) } })
        }
    }

    @Test(arguments: Architecture.allCases)
    func windowTooSmallForTheLayersIsRefused(architecture: Architecture) throws {
        var frontEnd = Preset.earwitness.frontEnd
        frontEnd.melBandCount = 2
        var settings = SyntheticClips.settings
        settings.architecture = architecture
        settings.frontEnd = frontEnd
        settings.windowFrames = 8
        let clips = SyntheticClips.make(count: 2, for: settings.design)
        let error = #expect(throws: TrainingError.self) {
            try TrainingJob(clips: clips, settings: settings).wholeTrainer()
        }
        #expect(
            error?.description
                == "A window of 8 frames of 2 bands is too small for the layers of "
                + "'\(architecture.rawValue)'. Raise --window-frames or use a front end with more "
                + "bands."
        )
    }

    @Test func oneClassIsToldFromNegatives() throws {
        var clips = SyntheticClips.make(count: 4)
        var dataset = SoundDataset(classNames: ["low"], clips: clips.dataset.clips)
        for index in dataset.clips.indices where dataset.clips[index].classes != [0] {
            dataset.clips[index].classes = []
        }
        try dataset.requireContrast(path: "")
        clips = LoadedClips(dataset: dataset, features: clips.features, problems: [])
        var settings = SyntheticClips.settings
        settings.isExclusive = false
        settings.steps = 30
        let trainer = try TrainingJob(clips: clips, settings: settings).wholeTrainer()
        while trainer.stepCount < 30 { _ = trainer.step() }
        for (clip, score) in zip(dataset.clips, try trainer.score(clips.features)) {
            #expect((score.windows[0][0] > 0.5) == !clip.classes.isEmpty)
        }
        dataset.clips.removeAll { $0.classes.isEmpty }
        #expect(throws: DataSetError.self) { try dataset.requireContrast(path: "only") }
    }

    @Test func lossFallsAndClipsAreNamedRightly() throws {
        let clips = SyntheticClips.make(count: 4)
        var settings = SyntheticClips.settings
        settings.steps = 40
        settings.peakRate = 2e-3
        let trainer = try TrainingJob(clips: clips, settings: settings).wholeTrainer()
        let first = trainer.step().loss
        var last = first
        while trainer.stepCount < 40 { last = trainer.step().loss }
        #expect(last < first / 2)
        let votes = try trainer.score(clips.features).map { $0.vote(aboveDBFS: -60) }
        let right = zip(votes, clips.dataset.clips).count { $1.classes == [$0] }
        #expect(right >= 11)
    }

    @Test func severalLabelsMixupMasksAndAveragesTrainToo() throws {
        let trainer = try trained {
            $0.isExclusive = false
            $0.averageDecay = 0.9
            $0.augmentation.mixupProbability = 1
            $0.augmentation.timeMasks = 2
            $0.augmentation.bandMasks = 2
            $0.augmentation.bandLimitProbability = 1
            $0.optimizerName = .sgd
            $0.peakRate = 0.01
        }
        let weights = trainer.network.graph.initializers.compactMap { tensor -> [Float]? in
            if case .float32(let values) = tensor.values { values } else { nil }
        }
        #expect(weights.count > 8)
        let numbers = Array(weights.joined())
        #expect(numbers.allSatisfy { $0.isFinite })
        #expect(trainer.network != (try trained()).network)
    }

    @Test(arguments: [0, 0.9] as [Float])
    func resumedTrainingGivesTheBitsOfAnUninterruptedOne(average: Float) throws {
        let folder = try TemporaryFolder()
        let clips = SyntheticClips.make(count: 4)
        var settings = SyntheticClips.settings
        settings.averageDecay = average
        var job = TrainingJob(clips: clips, settings: settings)
        let whole = try job.wholeTrainer()
        job.train(whole, fold: 0)

        let first = try job.wholeTrainer()
        job.isInterrupted = { first.stepCount >= 5 }
        job.train(first, fold: 0)
        #expect(first.stepCount == 5)
        let path = folder.file("state.onnx")
        try TrainingState.write(first, fingerprint: job.fingerprint, path: path)

        job.isInterrupted = { false }
        let second = try job.wholeTrainer()
        try TrainingState.read(into: second, fingerprint: job.fingerprint, path: path)
        #expect(second.stepCount == 5)
        job.train(second, fold: 0)
        #expect(second.network == whole.network)
        #expect(second.bestNetwork == whole.network)
        #expect(second.history.map(\.step) == Array(1...12))
    }

    @Test func interruptedTrainingKeepsTheWeightsOfTheLowestLoss() throws {
        var settings = SyntheticClips.settings
        settings.steps = 50
        settings.warmUpSteps = 0
        settings.scheduleName = .constant
        settings.peakRate = 2e-3
        let job = TrainingJob(clips: SyntheticClips.make(count: 4), settings: settings)
        let good = try job.wholeTrainer()
        while good.stepCount < 20 { _ = good.step() }
        settings.scheduleName = .step
        settings.stepInterval = 20
        // What comes after is far too fast: the loss rises.
        settings.stepFactor = 5_000
        let spoilt = try TrainingJob(clips: job.clips, settings: settings).wholeTrainer()
        while spoilt.stepCount < 26 { _ = spoilt.step() }
        #expect(spoilt.bestNetwork != spoilt.network)
        func weights(_ network: Model) -> [Tensor] {
            network.graph.initializers.filter { $0.name.hasSuffix(".weight") }
        }
        #expect(weights(spoilt.bestNetwork) == weights(good.network))
    }

    @Test func stateOfAnotherTrainingIsRefused() throws {
        let folder = try TemporaryFolder()
        let job = TrainingJob(
            clips: SyntheticClips.make(count: 2),
            settings: SyntheticClips.settings
        )
        let path = folder.file("state.onnx")
        try TrainingState.write(try job.wholeTrainer(), fingerprint: "other", path: path)
        let trainer = try job.wholeTrainer()
        #expect(
            throws: TrainingError.unusableState(
                path: path,
                reason: "it belongs to a training with other data or settings"
            )
        ) {
            try TrainingState.read(into: trainer, fingerprint: job.fingerprint, path: path)
        }
        // Before version 2 the digest was one of Swift's description of the settings.
        var old = try Model(path: path)
        old.metadata.removeAll { $0.key == "version" }
        try old.write(path: path)
        let error = #expect(throws: TrainingError.self) {
            try TrainingState.read(into: trainer, fingerprint: "other", path: path)
        }
        #expect(
            error?.description == "Cannot resume from '\(path)': another version of Earwitness "
                + "wrote it. Train again without --resume."
        )
    }

    @Test func identityNamesEverySettingAndEveryClip() throws {
        var recipe = TrainingRecipe()
        recipe.settings.kinds["talk"] = KindShare()
        recipe.settings.frontEnd = Preset.earwitness.frontEnd
        recipe.heldOutFolds = [2, 1, 2]
        recipe.calibrationFolds = [3]
        let lines = TrainingJob(clips: SyntheticClips.make(count: 1), recipe: recipe).identity
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(lines[0] == "version=2")
        #expect(
            lines[1...4] == [
                "training.architecture=small", "training.width=1",
                "training.window_frames=the architecture's", "training.multi_label=false",
            ]
        )
        #expect(lines.contains { $0.hasPrefix("training.front_end={\"") })
        #expect(lines.contains("augmentation.reverb_s=[0.1, 0.5]"))
        #expect(lines.contains("waveform.variants=0"))
        #expect(lines.contains("kinds.talk.share=1"))
        #expect(
            lines.suffix(5) == [
                "hold_out_folds=1,2", "calibrate_folds=3",
                "clip=clip0 classes=0 start=0.0 end= fold=1 kind=",
                "clip=clip1 classes=1 start=0.0 end= fold=1 kind=",
                "clip=clip2 classes=2 start=0.0 end= fold=1 kind=",
            ]
        )
        // A setting that is not in its table would be missing. Not in it are the threads, and the
        // five that have lines of their own.
        let settings = Mirror(reflecting: TrainingSettings()).children.count
        #expect(TrainingSettings.table.rows.count == settings - 6)
        let waveform = Mirror(reflecting: WaveformSettings()).children.count
        #expect(WaveformSettings.table.rows.count == waveform)
    }

    @Test func silentClipsAreNotTrainedOn() throws {
        let clips = SyntheticClips.make(count: 1)
        let silent = LoadedClips(
            dataset: clips.dataset,
            features: clips.features.map {
                ClipFeatures(power: $0.power, bandCount: 64, levels: $0.levels.map { _ in -90 })
            },
            problems: []
        )
        #expect(throws: TrainingError.self) {
            try TrainingJob(clips: silent, settings: SyntheticClips.settings).wholeTrainer()
        }
    }

    @Test func heldOutFoldIsTestedAndNotTrainedOn() throws {
        let clips = SyntheticClips.make(count: 4)
        var dataset = clips.dataset
        dataset.clips[0].classes = []
        let unlabelled = LoadedClips(dataset: dataset, features: clips.features, problems: [])
        var settings = SyntheticClips.settings
        settings.isExclusive = false
        var job = TrainingJob(clips: unlabelled, settings: settings)
        let all = job.fingerprint
        job.recipe.heldOutFolds = [1]
        #expect(job.fingerprint != all)
        #expect(try job.heldOut() == [0, 1, 2, 6, 7, 8])
        let trainer = try job.wholeTrainer()
        let validation = try job.test(trainer)
        #expect(validation?.folds.map(\.number) == [1])
        #expect(validation?.folds.map(\.clipCount) == [5])
        job.recipe.heldOutFolds = [7]
        let error = #expect(throws: TrainingError.self) { try job.wholeTrainer() }
        #expect(error?.description == "The fold to hold out is 7, allowed: 1, 2.")
    }

    @Test func crossValidationTestsEveryClipOnce() throws {
        let clips = SyntheticClips.make(count: 4)
        let job = TrainingJob(clips: clips, settings: SyntheticClips.settings)
        let validation = try job.crossValidate()
        #expect(validation.folds.map(\.clipCount) == [6, 6])
        #expect(validation.confusion.joined().reduce(0, +) == 12)
        #expect(validation.markdown.contains("| mean ± deviation | 12 |"))
    }
}
