import Detection
import SoundDatasets
import Testing

@testable import Evaluation
@testable import accuracy

@Suite struct DecisionStageTests {
    private var settings: DetectionSettings {
        var settings = DetectionSettings()
        settings.leastFamiliarity = 1
        settings.classes["dog"] = ClassRule()
        settings.classes["dog"]?.smoothingWindows = 9
        settings.classes["dog"]?.coolDownSeconds = 5
        settings.classes["dog"]?.suppressedBy = ["cat"]
        return settings
    }

    private let names = ["dog", "cat"]

    @Test(arguments: DecisionStage.allCases)
    func withoutAStageOnlyThatStageDiffers(_ stage: DecisionStage) {
        let changed = stage.removed(from: settings, classNames: names)
        let dog = changed.rule(for: "dog")
        #expect((changed.leastFamiliarity == nil) == (stage == .rejection))
        let isSingle = stage == .classRules
        #expect(dog.smoothingWindows == (stage == .smoothing ? 1 : isSingle ? 3 : 9))
        #expect(dog.coolDownSeconds == (stage == .coolDown || isSingle ? 0 : 5))
        #expect(dog.suppressedBy.isEmpty == (stage == .suppression || isSingle))
        #expect(dog.minDurationSeconds == (stage == .minimumDuration ? 0 : 0.1))
        #expect(dog.mergeGapSeconds == (stage == .mergeGap ? 0 : 1))
    }

    @Test func stagesThatTheRulesUseAreTold() {
        let used = DecisionStage.allCases.filter { $0.isUsed(by: settings, classNames: names) }
        #expect(
            used == [
                .classRules, .smoothing, .minimumDuration, .mergeGap, .coolDown, .suppression,
                .rejection,
            ]
        )
    }

    @Test func aStageThatIsNotUsedIsAddedInAUsualForm() throws {
        let added = try #require(DecisionStage.confirmation.added(to: settings, classNames: names))
        #expect(added.words == "2 of 3")
        #expect(added.settings.rule(for: "cat").confirmationHits == 2)
        #expect(DecisionStage.suppression.added(to: settings, classNames: names) == nil)
    }

    @Test func theGateTakesTheScoresOfQuietHops() {
        let recording = Self.recording(levels: [-80, -80, -20, -80, -80, -80], score: 0.9)
        let gated = recording.gated(by: GateSettings())
        #expect(gated.hops.map(\.gate) == [.closed, .closed, .open, .open, .open, .closed])
        #expect(gated.hops.map(\.scores.isEmpty) == [true, true, false, false, false, true])
    }

    @Test func judgedHopsHaveTheScoresOfTheCalibration() {
        let recording = Self.recording(levels: [-20], score: 0.9)
        let calibration = ScoreCalibration(temperature: 2)
        let judged = recording.judged(by: calibration, familiarity: .energy, known: [true])
        let logit = Logit.of(probability: 0.9)
        #expect(judged.hops[0].scores == calibration.scores(ofLogits: [logit]))
        #expect(
            judged.hops[0].familiarity
                == FamiliarityScore.energy.value(ofLogits: [logit], known: [true])
        )
        let plain = recording.judged(by: ScoreCalibration(), familiarity: nil, known: [true])
        #expect(plain.hops == recording.hops)
    }

    @Test func ofRulesThatFindAsMuchThoseWithFewerFalseAlarmsAreTaken() async throws {
        // A dog at .9 for three seconds, and a cough at .6 for one.
        let bark = Self.recording(levels: Array(repeating: -20, count: 12), scores: [2, 3, 4], 0.9)
        var heard = bark
        heard.reference = [LabelledSound(onsetSeconds: 2, offsetSeconds: 5, label: "dog")]
        let cough = Self.recording(levels: Array(repeating: -20, count: 12), scores: [5], 0.6)
        let set = AccuracySet(
            clips: [heard],
            scenes: [heard],
            backgrounds: [("hard", [cough])]
        )
        var rules = DetectionSettings()
        rules.defaults.smoothingWindows = 1
        let replay = EventReplay(classNames: ["dog"], settings: rules)
        let search = await RuleSearch.run(on: set, replay: replay, lengths: [{ _ in }], jobs: 2)
        let chosen = try #require(search.rules(within: 0)?["dog"])
        #expect(chosen.on > 0.6 && chosen.on <= 0.9)
        // With caution a threshold counts as one that is lower.
        let cautious = try #require(search.rules(within: 0, caution: 2)?["dog"])
        #expect(cautious.on > 0.7)
        let figures = DecisionFigures(set, replay.withRules(["dog": chosen]))
        #expect(figures.clipRecall == 1)
        #expect(figures.falseAlarmCount == 0)
        let loose = DecisionFigures(set, replay.withThreshold(0.5))
        #expect(loose.falseAlarmCount == 1)
        #expect(loose.falseAlarmsPerHour(in: "hard") == 300)
    }

    @Test func classWithoutSoundsToFindGetsTheLowestThresholdWithinTheBudget() async throws {
        let cough = Self.recording(levels: Array(repeating: -20, count: 12), scores: [5], 0.6)
        let set = AccuracySet(clips: [], scenes: [], backgrounds: [("hard", [cough])])
        var rules = DetectionSettings()
        rules.defaults.smoothingWindows = 1
        let replay = EventReplay(classNames: ["dog"], settings: rules)
        let search = await RuleSearch.run(
            on: set,
            replay: replay,
            lengths: [{ _ in }],
            thresholds: [0.5, 0.7, 0.9],
            jobs: 2
        )
        #expect(search.rules(within: 0)?["dog"]?.on == 0.9)
        #expect(search.rules(within: 0, caution: 0)?["dog"]?.on == 0.7)
    }

    @Test func thresholdsAreRaisedOnlyWhereTheClassGivesTooManyFalseAlarms() async throws {
        let cough = Self.recording(levels: Array(repeating: -20, count: 12), scores: [5], 0.61)
        var rules = DetectionSettings()
        rules.defaults.smoothingWindows = 1
        (rules.defaults.on, rules.defaults.off) = (0.5, 0.25)
        let replay = EventReplay(classNames: ["dog"], settings: rules)
        func raised(_ replay: EventReplay, within rate: Double) async -> ClassRule? {
            await ThresholdRaise.rules(on: [cough], replay, within: rate, jobs: 2)["dog"]
        }
        let rule = try #require(await raised(replay, within: 0))
        #expect(rule.on == 0.65)
        #expect(rule.off == 0.325)
        // One false alarm in 12 s is 300 an hour.
        #expect(await raised(replay, within: 301) == nil)
        #expect(await raised(replay.withThreshold(0.7), within: 0) == nil)
    }

    /// A hop a second with the same score.
    private static func recording(levels: [Float], score: Float) -> ScoredRecording {
        recording(levels: levels, scores: Array(levels.indices), score)
    }

    /// A hop a second, at some of which the only class has a score.
    private static func recording(
        levels: [Float],
        scores places: [Int],
        _ score: Float
    ) -> ScoredRecording {
        let hops = levels.enumerated().map { index, level in
            let hop = SampleTime(Int64(index) * 1_000)..<SampleTime(Int64(index + 1) * 1_000)
            let power = Decibels.meanSquare(ofLevel: level)
            return ScoredHop(
                window: hop,
                hop: hop,
                gate: .open,
                scores: [places.contains(index) ? score : 0.01],
                levelDBFS: level,
                envelope: [Float](repeating: power, count: 100)
            )
        }
        return ScoredRecording(
            path: "a.wav",
            sampleRateHz: 1_000,
            durationSeconds: Double(levels.count),
            reference: [],
            hops: hops
        )
    }
}
