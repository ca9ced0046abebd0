import GradientKernels
import LogMelFeatures
import ONNXFormat
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
        #expect(throws: TrainingError.self) { try dataset.requireContrast(path: "only") }
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
            $0.optimizer = .momentum(0.9)
            $0.peakRate = 0.01
        }
        guard case .float32(let weights)? = trainer.network.graph.initializers.first?.values else {
            return
        }
        #expect(weights.allSatisfy { $0.isFinite })
    }

    @Test func resumedTrainingGivesTheBitsOfAnUninterruptedOne() throws {
        let folder = try TrainingFolder()
        let clips = SyntheticClips.make(count: 4)
        var job = TrainingJob(clips: clips, settings: SyntheticClips.settings)
        let whole = try job.wholeTrainer()
        job.train(whole, fold: 0)

        let first = try job.wholeTrainer()
        job.isInterrupted = { first.stepCount >= 5 }
        job.train(first, fold: 0)
        #expect(first.stepCount == 5)
        let path = folder.path("state.onnx")
        try TrainingState.write(first, fingerprint: job.fingerprint, path: path)

        job.isInterrupted = { false }
        let second = try job.wholeTrainer()
        try TrainingState.read(into: second, fingerprint: job.fingerprint, path: path)
        #expect(second.stepCount == 5)
        job.train(second, fold: 0)
        #expect(second.network == whole.network)
    }

    @Test func stateOfAnotherTrainingIsRefused() throws {
        let folder = try TrainingFolder()
        let job = TrainingJob(
            clips: SyntheticClips.make(count: 2),
            settings: SyntheticClips.settings
        )
        let path = folder.path("state.onnx")
        try TrainingState.write(try job.wholeTrainer(), fingerprint: "other", path: path)
        let trainer = try job.wholeTrainer()
        #expect(
            throws: TrainingError.unusableState(
                path: path,
                reason: "it is of a training with other data or settings"
            )
        ) {
            try TrainingState.read(into: trainer, fingerprint: job.fingerprint, path: path)
        }
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

    @Test func cropIsTheFirstPlaceAboveTheGate() throws {
        let clips = SyntheticClips.make(count: 1)
        var levels = clips.features[0].levels.map { _ in Float(-80) }
        levels[3] = -30
        let power = (0..<120).flatMap { frame in [Float](repeating: Float(frame), count: 64) }
        let features = [ClipFeatures(power: power, bandCount: 64, levels: levels)]
        let one = LoadedClips(
            dataset: SoundDataset(
                classNames: ["a", "b"],
                clips: [LabelledClip(path: "x", classes: [0], group: "x")]
            ),
            features: features,
            problems: []
        )
        var settings = SyntheticClips.settings
        settings.cropTries = 200
        let maker = try BatchMaker(
            one,
            trainedOn: [0],
            settings: settings,
            frontEnd: settings.design.frontEnd
        )
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<20 {
            #expect(maker.crop(0, &generator)[0] == 3)
        }
    }

    @Test func negativesAreHalfOfABatchAndTeachNoClass() throws {
        let labelled = SyntheticClips.make(count: 2)
        var dataset = labelled.dataset
        for index in [0, 3] { dataset.clips[index].classes = [] }
        let clips = LoadedClips(dataset: dataset, features: labelled.features, problems: [])
        var settings = SyntheticClips.settings
        settings.isExclusive = false
        let maker = try BatchMaker(
            clips,
            trainedOn: Array(0..<6),
            settings: settings,
            frontEnd: settings.design.frontEnd
        )
        for step in 0..<5 {
            let order = maker.clipOrder(step: step)
            #expect(order[..<4].allSatisfy { ![0, 3].contains($0) })
            #expect(order[4...].allSatisfy { [0, 3].contains($0) })
            let input = FloatBuffer(count: 8 * 96 * 64)
            let targets = maker.fill(input.all, step: step)
            #expect(targets[..<12].reduce(0, +) == 4)
            #expect(targets[12...].reduce(0, +) == 0)
            #expect(input.array.allSatisfy { $0.isFinite })
        }
        let trainer = try TrainingJob(clips: clips, settings: settings).wholeTrainer()
        #expect(trainer.step().loss.isFinite)
    }

    @Test func crossValidationTestsEveryClipOnce() throws {
        let clips = SyntheticClips.make(count: 4)
        let job = TrainingJob(clips: clips, settings: SyntheticClips.settings)
        let validation = try job.crossValidate()
        #expect(validation.folds.map(\.clipCount) == [6, 6])
        #expect(validation.confusion.joined().reduce(0, +) == 12)
        #expect(ValidationReport.text(of: validation).contains("| mean ± deviation | 12 |"))
    }
}
