import Detection
import LogMelFeatures
import ModelLibrary
import Settings
import SoundDatasets
import TestSupport
import Testing

@testable import Training

/// What is told of clips that a training left out.
@Suite struct HeldOutReportTests {
    private let dataset: SoundDataset

    init() {
        var dataset = SoundDataset(classNames: ["bark", "rain", "other"], clips: [])
        dataset.unreported = [2]
        for (index, classes) in [[0], [0], [1], [2], []].enumerated() {
            var clip = LabelledClip(path: "\(index)", classes: classes, group: "\(index)")
            if index > 2 { clip.kind = "effects" }
            dataset.clips.append(clip)
        }
        self.dataset = dataset
    }

    private func scores(_ rows: [[Float]], levels: [Float]? = nil) -> ClipScores {
        ClipScores(windows: rows, levels: levels ?? rows.map { _ in -20 })
    }

    @Test func clipIsDetectedIfTheSmoothedScoreReachesTheThreshold() {
        var rule = ClassRule()
        rule.smoothingWindows = 2
        rule.on = 0.6
        var off = rule
        off.isEnabled = false
        let report = HeldOutReport(
            [
                scores([[0.5, 0, 0], [0.7, 0, 0]]),
                // The mean of two reaches .55; the loud one alone would have been enough.
                scores([[0.2, 0, 0], [0.9, 0, 0], [0.1, 0, 0]]),
                // What is under the gate counts as silence.
                scores([[0, 0.9, 0], [0, 0.5, 0]], levels: [-70, -20]),
                scores([[0.1, 0.9, 0.9]]),
                scores([[0.7, 0.1, 0]]),
            ],
            of: dataset.clips,
            seconds: [5, 5, 5, 30, 60],
            in: dataset,
            rules: [rule, off, rule],
            gateDBFS: -60
        )
        #expect(report.classes.map(\.name) == ["bark", "rain"])
        #expect(report.classes.map(\.isEnabled) == [true, false])
        #expect(report.classes.map(\.clipCount) == [2, 1])
        #expect(report.classes.map(\.hitCount) == [1, 0])
        #expect(report.classes.map(\.detectedCount) == [2, 1])
        #expect(report.classes.map(\.falseCount) == [1, 1])
        // Scores .6, .55 of barks and .7 of another: (1/2 + 2/3) / 2.
        #expect(abs((report.classes[0].averagePrecision ?? 0) - 7.0 / 12) < 1e-9)
        let interval = report.classes[0].averagePrecisionInterval
        #expect(interval?.contains(7.0 / 12) == true)
        #expect(
            report.negatives
                == [
                    HeldOutReport.NegativeRow(
                        kind: "effects",
                        clipCount: 2,
                        seconds: 90,
                        detectedCount: 1
                    )
                ]
        )
    }

    @Test func calibrationMakesScoresAsHighAsTheyAreOftenRight() {
        // A score of .9 that is right in half of the windows, one of .1 that is right in a tenth.
        var clips: [LabelledClip] = []
        var all: [ClipScores] = []
        for index in 0..<200 {
            let isHigh = index % 2 == 0
            let isHeard = isHigh ? index % 4 == 0 : index % 20 == 1
            clips.append(
                LabelledClip(path: "\(index)", classes: isHeard ? [0] : [], group: "\(index)")
            )
            all.append(scores([[isHigh ? 0.9 : 0.1], [0.5]], levels: [-20, -80]))
        }
        let fit = FittedCalibration(all, of: clips, classNames: ["dog"], gateDBFS: -60)
        #expect(fit.heardCounts == [60])
        #expect(fit.otherCounts == [140])
        let scaling = fit.scaling[0] ?? LogisticCalibration()
        #expect(abs(scaling.score(carrying: 0.9) - 0.5) < 0.03)
        #expect(abs(scaling.score(carrying: 0.1) - 0.1) < 0.03)
        #expect(scaling.score(carrying: 1) == 1 && scaling.score(carrying: 0) == 0)
        // Where the class is taken to be rarer (odds of 1 to 19 instead of 3 to 7), scores fall.
        let rarer = FittedCalibration(
            all,
            of: clips,
            classNames: ["dog"],
            gateDBFS: -60,
            heardShare: 0.05
        ).scaling[0]
        #expect(abs((rarer?.score(carrying: 0.9) ?? 0) - 0.109) < 0.02)
        let errors = fit.errors(all, of: clips, gateDBFS: -60)
        #expect(abs((errors?.before ?? 0) - 0.2) < 0.01)
        #expect((errors?.after ?? 1) < 0.03)
    }

    @Test func quietWindowsOfAClipAreNoExamplesOfItsClass() {
        let clip = LabelledClip(path: "a", classes: [0], group: "a")
        let fit = FittedCalibration(
            [scores([[0.9], [0.2]], levels: [-20, -45])],
            of: [clip],
            classNames: ["dog"],
            gateDBFS: -60
        )
        #expect(fit.heardCounts == [1])
        #expect(fit.scaling == [nil])
    }

    @Test func aClipInWhichAClassMayBeHeardTellsNothingOfIt() {
        var clips = ["a", "b"].map { LabelledClip(path: $0, classes: [], group: $0) }
        clips[0].maybe = ["dog"]
        let fit = FittedCalibration(
            [[Float]](repeating: [0.9, 0.9], count: 2).map { scores([$0], levels: [-20]) },
            of: clips,
            classNames: ["dog", "cat"],
            gateDBFS: -60
        )
        #expect(fit.otherCounts == [1, 2])
    }

    private func job() -> TrainingJob {
        let clips = SyntheticClips.make(count: 30)
        var dataset = clips.dataset
        dataset.unreported = [2]
        for index in dataset.clips.indices { dataset.clips[index].fold = index / 3 % 3 + 1 }
        var settings = SyntheticClips.settings
        settings.isExclusive = false
        settings.steps = 4
        var job = TrainingJob(
            clips: LoadedClips(dataset: dataset, features: clips.features, problems: []),
            settings: settings
        )
        job.recipe.heldOutFolds = [3]
        job.recipe.calibrationFolds = [2]
        return job
    }

    @Test func cardAndModelTellOfWhatWasLeftOut() throws {
        let folder = try TemporaryFolder()
        var job = job()
        var recipe = job.recipe
        recipe.rule.on = 0.9
        recipe.classes = ["low", "middle", "high"].map { SoundClass(name: $0, label: $0) }
        recipe.classes[1].rule.on = 0.4
        recipe.classes[2].isReported = false
        job.recipe = recipe
        let model = try job.trainModel(named: "x").model
        let written = try ModelFolderWriter.write(model, folder: folder.file("x"))
        for (index, soundClass) in written.classes.enumerated().prefix(2) {
            let scaling = try #require(model.calibration?.scaling[index])
            let on: Float = index == 0 ? 0.9 : 0.4
            #expect(soundClass.calibration == scaling)
            #expect(soundClass.rule.on == scaling.score(carrying: on))
            let off = index == 0 ? Float(0.5) * 0.9 / 0.8 : Float(0.5) * 0.9 / 0.8 * 0.4 / 0.9
            #expect(soundClass.rule.off == scaling.score(carrying: off))
        }
        #expect(written.about.provenance.trainedOn.hasPrefix("30 recordings"))
        #expect(written.about.metrics.contains { $0.name == "held_out_mean_average_precision" })
        let card = ModelCard.text(of: model)
        #expect(card.contains("| class | recordings | sources | tested on | calibrated on |"))
        #expect(card.contains("| low | 10 | 10 | 10 | 10 |"))
        #expect(card.contains("| class | recordings | recall % | precision % |"))
        #expect(card.contains("| negatives | 10 | 0.2 | "))
        #expect(card.contains("(Platt scaling) on 30 further recordings"))
        #expect(card.contains("Expected calibration error on held-out recordings: 0."))
        #expect(card.contains("## Test data"))
        #expect(card.contains("| calibrate_folds | 2 |"))
    }

    @Test func foldsThatAreLeftOutAreToldApart() throws {
        var job = job()
        let all = job.fingerprint
        job.recipe.calibrationFolds = []
        #expect(job.fingerprint != all)
        job.recipe.calibrationFolds = [3]
        let both = #expect(throws: TrainingError.self) { try job.wholeTrainer() }
        #expect(
            both?.description
                == "The fold to calibrate on is 3, allowed: 1, 2, which are not held out."
        )
        job.recipe.calibrationFolds = [7]
        job.recipe.heldOutFolds = []
        let none = #expect(throws: TrainingError.self) { try job.wholeTrainer() }
        #expect(none?.description == "The fold to calibrate on is 7, allowed: 1, 2, 3.")
    }
}
