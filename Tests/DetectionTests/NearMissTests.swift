import Testing

@testable import Detection

/// Why a peak became no event.
@Suite struct NearMissTests {
    /// Plays scores and gathers what was nearly an event.
    private func misses(
        _ script: inout HopScript,
        _ scores: [Float?]
    ) -> [NearMiss] {
        misses(&script, all: scores.map { $0.map { [$0] } })
    }

    private func misses(_ script: inout HopScript, all scores: [[Float]?]) -> [NearMiss] {
        scores.flatMap { scores in
            _ = script.play(all: [scores])
            return script.detector.nearMisses
        }
    }

    private func reasons(_ rule: ClassRule, _ scores: [Float?]) -> [NearMiss.Reason] {
        var script = HopScript(rule)
        return misses(&script, scores).map(\.reason)
    }

    @Test func aPeakUnderTheThresholdIsToldOnceWithItsHighestScore() throws {
        var script = HopScript(HopScript.plainRule)
        _ = script.play([0.1, 0.5])
        let highest = script.time + HopScript.hopLength
        let found = misses(&script, [0.7, 0.6, 0.1, 0.1])
        let miss = try #require(found.first)
        #expect(found.count == 1)
        #expect(miss.reason == .threshold)
        #expect(miss.classIndex == 0)
        #expect(miss.peak == 0.7)
        #expect(miss.windowPeak == 0.7)
        #expect(miss.threshold == 0.8)
        #expect(miss.time == highest)
    }

    @Test func whatIsUnderHalfTheThresholdIsNotNear() {
        #expect(reasons(HopScript.plainRule, [0.1, 0.39, 0.39, 0.1]).isEmpty)
    }

    @Test func whatIsPartOfAnEventIsNotNear() {
        var rule = HopScript.plainRule
        rule.mergeGapSeconds = 1
        let scores: [Float] = [0.1, 0.5, 0.9, 0.9, 0.1, 0.6, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]
        #expect(reasons(rule, scores).isEmpty)
    }

    @Test func aPeakAfterAnEventIsExplainedOnItsOwn() {
        let scores: [Float] = [0.1, 0.9, 0.1, 0.1, 0.1, 0.1, 0.1, 0.6, 0.1]
        #expect(reasons(HopScript.plainRule, scores) == [.threshold])
    }

    @Test func aSoundThatIsTooShortSaysHowLongItWas() {
        var rule = HopScript.plainRule
        rule.minDurationSeconds = 1
        let found = reasons(rule, [0.1, 0.1, 0.9, 0.1, 0.1])
        guard case .duration(let seconds, let needed) = found.first else {
            Issue.record("\(found)")
            return
        }
        #expect(found.count == 1)
        #expect(needed == 1)
        #expect((0..<1).contains(seconds))
    }

    @Test func tooFewWindowsSayHowManyThereWere() {
        var rule = HopScript.plainRule
        (rule.confirmationHits, rule.confirmationWindows) = (3, 4)
        #expect(
            reasons(rule, [0.1, 0.9, 0.85, 0.1, 0.1, 0.1])
                == [.confirmation(hits: 2, windows: 4, needed: 3)]
        )
    }

    @Test func aSoundThatTheGateCutsOffIsTheGatesDoing() {
        var rule = HopScript.plainRule
        rule.smoothingWindows = 3
        #expect(reasons(rule, [0, 0.9, nil, nil, nil]) == [.gate])
    }

    @Test func aSoundThatComesTooSoonAfterAnEventWaitsForTheCoolDown() {
        var rule = HopScript.plainRule
        rule.coolDownSeconds = 30
        let scores: [Float] = [0.1, 0.9, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.9, 0.1, 0.1]
        #expect(reasons(rule, scores) == [.coolDown(seconds: 30)])
    }

    @Test func aClassThatIsSwitchedOffIsToldFromItsThresholdOn() {
        var rule = HopScript.plainRule
        rule.isEnabled = false
        #expect(reasons(rule, [0.1, 0.7, 0.1, 0.9, 0.1]) == [.off])
    }

    @Test func aClassThatAnotherSuppressesNamesIt() {
        var settings = DetectionSettings()
        settings.defaults = HopScript.plainRule
        var rule = HopScript.plainRule
        rule.suppressedBy = ["shout"]
        settings.classes["bark"] = rule
        var script = HopScript(settings, names: ["bark", "shout"])
        let found = misses(&script, all: [[0.1, 0.1], [0.9, 0.9], [0.1, 0.1], [0.1, 0.1]])
        #expect(found.map(\.reason) == [.suppressed(by: 1)])
        #expect(found.map(\.classIndex) == [0])
    }

    @Test func aClassThatOnlyCollectsOtherSoundsIsNeverNear() {
        var settings = DetectionSettings()
        settings.defaults = HopScript.plainRule
        settings.collectors = ["bark"]
        var script = HopScript(settings)
        #expect(misses(&script, [0.1, 0.7, 0.1, 0.9, 0.1]).isEmpty)
    }

    @Test func aSoundThatGoesOnUnderTheThresholdIsExplainedMoreThanOnce() {
        var script = HopScript(HopScript.plainRule)
        // 24 s.
        let found = misses(&script, Array(repeating: 0.7, count: 100) + [0.1])
        #expect(found.count == 3)
        #expect(found.allSatisfy { $0.reason == .threshold })
    }

    @Test func lostSamplesLeaveNothingHalfExplained() {
        var script = HopScript(HopScript.plainRule)
        _ = script.play([0.1, 0.7])
        _ = script.lose(seconds: 1)
        #expect(script.detector.nearMisses.isEmpty)
        #expect(misses(&script, [0.1, 0.1]).isEmpty)
    }

    @Test func aChangedThresholdHoldsForThePeakThatGoesOn() {
        var script = HopScript(HopScript.plainRule)
        _ = script.play([0.1, 0.5])
        var settings = script.detector.settings
        settings.defaults.on = 0.55
        script.detector.apply(settings)
        #expect(misses(&script, [0.1]).map(\.threshold) == [0.55])
    }
}
