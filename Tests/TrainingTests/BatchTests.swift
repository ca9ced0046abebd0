import NeuralNetwork
import SoundDatasets
import Testing

@testable import Training

/// Which patches of which clips a batch holds.
@Suite struct BatchMakerTests {
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

    @Test func ofALabelledClipOnlyLoudWindowsAreTaken() throws {
        let clips = SyntheticClips.make(count: 2)
        var features = clips.features
        var levels = [Float](repeating: -40, count: 25)
        levels[7] = -20
        levels[9] = -33
        let power = (0..<120).flatMap { frame in [Float](repeating: Float(frame), count: 64) }
        features[0] = ClipFeatures(power: power, bandCount: 64, levels: levels)
        let loaded = LoadedClips(dataset: clips.dataset, features: features, problems: [])
        var settings = SyntheticClips.settings
        settings.cropTries = 500
        settings.loudnessRangeDB = 15
        let maker = try BatchMaker(
            loaded,
            trainedOn: [0, 1],
            settings: settings,
            frontEnd: settings.architecture.frontEnd
        )
        var generator = SeededGenerator(seed: 1)
        let starts = Set((0..<20).map { _ in maker.crop(0, &generator)[0] })
        #expect(starts == [7, 9])
    }

    @Test func shiftedWindowReachesIntoSilenceAndKeepsTheSound() throws {
        let clips = SyntheticClips.make(count: 1)
        var settings = SyntheticClips.settings
        settings.augmentation.timeShiftFrames = 80
        let power = (0..<120 * 64).map { $0 < 30 * 64 ? Float(1) : 0 }
        let features = ClipFeatures(power: power, bandCount: 64, levels: [-20])
        let loaded = LoadedClips(
            dataset: clips.dataset,
            features: [features] + clips.features.dropFirst(),
            problems: []
        )
        let maker = try BatchMaker(
            loaded,
            trainedOn: [0],
            settings: settings,
            frontEnd: settings.architecture.frontEnd
        )
        var generator = SeededGenerator(seed: 1)
        var starts: Set<Int> = []
        for _ in 0..<50 {
            let patch = maker.crop(0, &generator)
            #expect(patch.count == 96 * 64)
            #expect(patch.reduce(0, +) > 15 * 64)
            starts.insert((patch.firstIndex { $0 > 0 } ?? -1) / 64)
        }
        #expect(starts.count > 10 && starts.max() ?? 0 > 40)
    }

    @Test func classesOfASoftBackgroundTeachNothingAndOfALoudOneAreHeard() throws {
        var dataset = SyntheticClips.make(count: 2).dataset
        dataset.unreported = [2]
        let clips = LoadedClips(
            dataset: dataset,
            features: SyntheticClips.make(count: 2).features,
            problems: []
        )
        var settings = SyntheticClips.settings
        settings.isExclusive = false
        settings.augmentation.backgroundProbability = 1
        for (ratio, target) in [(Float(0), Float(1)), (20, TrainingLoss.unknown)] {
            settings.augmentation.backgroundRatioDB = ratio...ratio
            let maker = try BatchMaker(
                clips,
                trainedOn: Array(0..<6),
                settings: settings,
                frontEnd: settings.architecture.frontEnd
            )
            let input = FloatMemory(count: 8 * 96 * 64)
            let targets = maker.fill(input.slice, step: 0)
            for row in 0..<4 { #expect(targets[row * 3 + 2] == target) }
            for row in 4..<8 { #expect(targets[row * 3 + 2] == 1) }
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
            let input = FloatMemory(count: 8 * 96 * 64)
            let targets = maker.fill(input.slice, step: step)
            #expect(targets[..<12].reduce(0, +) == 4)
            #expect(targets[12...].reduce(0, +) == 0)
            #expect(input.toArray().allSatisfy { $0.isFinite })
        }
        let trainer = try TrainingJob(clips: clips, settings: settings).wholeTrainer()
        #expect(trainer.step().loss.isFinite)
    }
}

@Suite struct BatchPlanTests {
    private func dataset(_ kinds: [(String, [Int])]) -> SoundDataset {
        var dataset = SoundDataset(classNames: ["a", "b", "other"], clips: [])
        dataset.unreported = [2]
        for (index, (kind, classes)) in kinds.enumerated() {
            var clip = LabelledClip(path: "\(index)", classes: classes, group: "\(index)")
            clip.kind = kind
            dataset.clips.append(clip)
        }
        return dataset
    }

    private func plan(
        _ dataset: SoundDataset,
        seconds: Float = 5,
        _ settings: TrainingSettings
    ) throws -> BatchPlan {
        try BatchPlan(
            dataset,
            clips: dataset.clips,
            seconds: dataset.clips.map { _ in seconds },
            settings: settings
        )
    }

    private var settings: TrainingSettings {
        var settings = TrainingSettings()
        settings.batchSize = 8
        for (name, share) in [("fx", 2), ("talk", 1), ("calls", 5)] as [(String, Float)] {
            settings.kinds[name] = KindShare()
            settings.kinds[name]?.share = share
        }
        return settings
    }

    @Test func everyKindHasItsShareOfEachBatch() throws {
        let data = dataset([("calls", [0]), ("calls", [1]), ("talk", [1]), ("fx", [2]), ("fx", [])])
        let plan = try plan(data, settings)
        #expect(plan.pools.map(\.count) == [5, 2, 1])
        #expect(plan.pools.map(\.places) == [[0, 1], [3, 4], [2]])
        #expect(plan.backgrounds == [3, 4])
        for step in 0..<4 {
            let order = plan.pools.flatMap { $0.clips(step: step, seed: 1) }
            #expect(order.map { data.clips[$0].kind }.count { $0 == "calls" } == 5)
        }
    }

    @Test func speechMayBeLaidUnderOtherSounds() throws {
        var settings = settings
        settings.kinds["talk"]?.isBackground = true
        let data = dataset([("calls", [0]), ("talk", [1]), ("fx", [2])])
        #expect(try plan(data, settings).backgrounds == [1, 2])
        #expect(try plan(data, settings).isBackground == [false, true, true])
    }

    @Test func longAmbienceCountsOnceForTenSeconds() throws {
        let data = dataset([("calls", [0]), ("fx", [2]), ("talk", [1])])
        let plan = try plan(data, seconds: 25, settings)
        #expect(plan.backgrounds == [1, 1, 1])
        #expect(plan.pools[0].places == [0])
    }

    @Test func classesAreSeenEquallyOftenIfWanted() throws {
        var settings = TrainingSettings()
        settings.batchSize = 6
        settings.balancesClasses = true
        let data = dataset((0..<9).map { ("", [$0 == 0 ? 1 : 0]) })
        let pool = try plan(data, settings).pools[0]
        for step in 0..<5 {
            #expect(pool.clips(step: step, seed: 3).count { $0 == 0 } == 3)
        }
        settings.balancesClasses = false
        let usual = try plan(data, settings).pools[0]
        #expect((0..<3).flatMap { usual.clips(step: $0, seed: 3) }.count { $0 == 0 } == 2)
    }

    @Test func kindWithoutAShareIsRefused() throws {
        let data = dataset([("calls", [0]), ("birds", [1])])
        let error = #expect(throws: TrainingError.self) { try plan(data, settings) }
        #expect(
            error?.description == "Recordings of kind 'birds' have no share of the batches. "
                + "Set 'kinds.birds.share' as for 'calls', 'fx', 'talk'."
        )
    }

    @Test func kindWithoutRoomInABatchIsRefused() throws {
        var settings = settings
        settings.kinds["talk"]?.share = 0.01
        let data = dataset([("calls", [0]), ("talk", [1]), ("fx", [2])])
        let error = #expect(throws: TrainingError.self) { try plan(data, settings) }
        #expect(error?.description.contains("The share of kind 'talk' is 0.01 of 7.01") == true)
    }
}
