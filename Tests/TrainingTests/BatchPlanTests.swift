import SoundDatasets
import Testing

@testable import Training

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
                + "Give 'kinds.birds.share' beside 'calls', 'fx', 'talk'."
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
