import Testing

@testable import Detection

@Suite struct EventDetectorTests {
    @Test func scoreAtOnOpensAnEventAndScoreUnderOffClosesIt() {
        var script = HopScript(HopScript.plainRule)
        #expect(script.play([0.1, 0.79, 0.1]).isEmpty)
        #expect(script.play([0.8]).began.count == 1)
        let transitions = script.play([0.5, 0.1, 0.1, 0.1, 0.1, 0.1])
        #expect(transitions.began.isEmpty)
        #expect(transitions.ended.map(\.number) == [0])
        #expect(transitions.ended.first?.peakScore == 0.8)
        #expect(transitions.ended.first?.meanScore == 0.65)
    }

    @Test func scoreBetweenOffAndOnKeepsAnEventOpenButOpensNone() {
        var script = HopScript(HopScript.plainRule)
        #expect(script.play(Array(repeating: 0.6, count: 20)).isEmpty)
        #expect(script.play([0.9]).began.count == 1)
        #expect(script.play(Array(repeating: 0.6, count: 20)).isEmpty)
        #expect(script.play(Array(repeating: 0.1, count: 9)).ended.count == 1)
    }

    @Test func meanOfThreeWindowsDecidesByDefault() {
        var rule = HopScript.plainRule
        rule.smoothingWindows = 3
        var script = HopScript(rule)
        #expect(script.play([0, 0, 0, 0.9, 0.9]).isEmpty)
        #expect(script.play([0.7]).began.count == 1)
    }

    @Test func gatedHopsCountAsScoreZero() {
        var rule = HopScript.plainRule
        rule.smoothingWindows = 3
        var script = HopScript(rule)
        #expect(script.play([0.1, nil, 0.95, 0.95]).isEmpty)
        #expect(script.play([0.95]).began.count == 1)
    }

    @Test func gateClosingEndsAnEventWhereSoundWasLastHeard() throws {
        var script = HopScript(HopScript.plainRule)
        _ = script.play([0.1, 0.9, 0.9, 0.9, 0.9])
        let heardUntil = script.time
        let event = try #require(script.play([nil, nil]).ended.first)
        #expect(event.end <= heardUntil)
    }

    @Test func noEventIsDatedIntoTheTimeWhenTheGateWasClosed() throws {
        var script = HopScript(HopScript.plainRule)
        _ = script.play([nil, nil, nil, nil])
        let opening = script.time
        let event = try #require(script.play([0.9, 0.9]).began.first)
        #expect(event.start >= opening)
    }

    @Test func soundShorterThanTheLeastDurationIsDropped() {
        var rule = HopScript.plainRule
        rule.minDurationSeconds = 1
        var script = HopScript(rule)
        #expect(script.play([0.1, 0.1, 0.9, 0.9, 0.9, 0.1, 0.1, 0.1, 0.1]).isEmpty)
        #expect(script.finish().isEmpty)
    }

    @Test func eventBeginsOnlyOnceItHasLastedTheLeastDuration() throws {
        var rule = HopScript.plainRule
        rule.minDurationSeconds = 1
        var script = HopScript(rule)
        #expect(script.play([0.1, 0.1, 0.9, 0.9, 0.9]).isEmpty)
        let event = try #require(script.play([0.9, 0.9, 0.9, 0.9]).began.first)
        #expect(event.end - event.start >= 16_000)
        let ended = try #require(script.play([nil]).ended.first)
        #expect(ended.end - ended.start >= 16_000)
        #expect(ended.start == event.start)
    }

    @Test func soundsNearerThanTheMergeGapAreOneEvent() {
        var rule = HopScript.plainRule
        rule.mergeGapSeconds = 1
        var script = HopScript(rule)
        let transitions =
            script.play([0.1, 0.1, 0.9, 0.9, 0.9, 0.9, 0.9, 0.1, 0.1, 0.9, 0.9, 0.9, 0.9])
            + script.finish()
        #expect(transitions.began.count == 1)
        #expect(transitions.ended.count == 1)
    }

    @Test func soundsFurtherApartThanTheMergeGapAreTwoEvents() {
        var rule = HopScript.plainRule
        rule.mergeGapSeconds = 1
        var script = HopScript(rule)
        let bark: [Float?] = [0.9, 0.9, 0.9, 0.9, 0.9]
        let pause = [Float?](repeating: 0.1, count: 12)
        let transitions = script.play(bark + pause + bark + pause) + script.finish()
        #expect(transitions.began.map(\.number) == [0, 1])
        #expect(transitions.ended.map(\.number) == [0, 1])
    }

    @Test func eventEndsOnlyOnceNothingCanBeMergedIntoIt() throws {
        var rule = HopScript.plainRule
        rule.mergeGapSeconds = 2
        var script = HopScript(rule)
        _ = script.play([0.1, 0.1, 0.9, 0.9, 0.9, 0.9, 0.9])
        var ended: DetectedEvent?
        while ended == nil {
            ended = script.play([nil]).ended.first
        }
        let event = try #require(ended)
        #expect(script.time - event.end >= 32_000)
        #expect(script.time - event.end < 32_000 + HopScript.hopLength)
    }

    @Test func soundThatIsTooShortIsNotMerged() throws {
        var rule = HopScript.plainRule
        rule.mergeGapSeconds = 1
        rule.minDurationSeconds = 1
        let bark = [Float?](repeating: 0.9, count: 8)
        var script = HopScript(rule)
        _ = script.play([0.1])
        _ = script.play(bark)
        let barkEnd = script.time
        let events = script.play([nil, nil, 0.9, nil, nil, nil, nil]).ended
        let event = try #require(events.first)
        #expect(event.end <= barkEnd)
    }

    @Test func soundAcrossAShortInterruptionIsOneEvent() throws {
        var rule = HopScript.plainRule
        rule.mergeGapSeconds = 1
        rule.minDurationSeconds = 0.1
        var script = HopScript(rule)
        #expect(script.play([0.1, 0.1, 0.9, 0.9, 0.9, 0.9]).began.count == 1)
        let lostFrom = script.time
        #expect(script.lose(seconds: 0.5).isEmpty)
        #expect(script.play([0.9, 0.9, 0.9]).isEmpty)
        let event = try #require(script.finish().ended.first)
        #expect(event.start < lostFrom)
        #expect(event.end == script.time)
    }

    @Test func longInterruptionEndsAnEventWhereItBegan() throws {
        var rule = HopScript.plainRule
        rule.mergeGapSeconds = 1
        var script = HopScript(rule)
        _ = script.play([0.1, 0.1, 0.9, 0.9, 0.9, 0.9])
        let lostFrom = script.time
        let event = try #require(script.lose(seconds: 5).ended.first)
        #expect(event.end == lostFrom)
        let next = try #require(script.play([0.9, 0.9, 0.9]).began.first)
        #expect(next.start >= lostFrom + 5 * 16_000)
    }

    @Test func soundTooShortOnEitherSideOfAnInterruptionIsAnEventTogether() throws {
        var rule = HopScript.plainRule
        rule.mergeGapSeconds = 1
        rule.minDurationSeconds = 0.7
        var script = HopScript(rule)
        #expect(script.play([0.1, 0.1, 0.9, 0.9]).isEmpty)
        #expect(script.lose(seconds: 0.1).isEmpty)
        #expect(script.play([0.9, 0.9]).began.count == 1)
    }

    @Test func missingHopsCountAsAnInterruption() throws {
        var script = HopScript(HopScript.plainRule)
        _ = script.play([0.1, 0.1, 0.9, 0.9, 0.9, 0.9])
        let lostFrom = script.time
        script.time = script.time + 80_000
        let event = try #require(script.play([0.1]).ended.first)
        #expect(event.end == lostFrom)
    }

    @Test func smoothingBeginsAnewAfterAnInterruption() {
        var rule = HopScript.plainRule
        rule.smoothingWindows = 3
        var script = HopScript(rule)
        _ = script.play([0.9, 0.9])
        _ = script.lose(seconds: 10)
        #expect(script.play([0.1]).isEmpty)
        #expect(script.detector.smoothedScores == [0.1])
    }

    @Test func finishEndsTheOpenEvent() throws {
        var script = HopScript(HopScript.plainRule)
        _ = script.play([0.1, 0.9, 0.9, 0.9])
        let event = try #require(script.finish().ended.first)
        #expect(event.end == script.time)
        #expect(script.finish().isEmpty)
    }

    @Test func disabledClassHasNoEvents() {
        var rule = HopScript.plainRule
        rule.isEnabled = false
        var script = HopScript(rule)
        #expect(script.play([0.9, 0.9, 0.9]).isEmpty)
    }

    @Test func appliedThresholdCountsFromTheNextHopAndForgetsNothing() throws {
        var rule = HopScript.plainRule
        rule.smoothingWindows = 3
        var script = HopScript(rule)
        #expect(script.play([0.1, 0.7, 0.7, 0.7]).isEmpty)
        var settings = script.detector.settings
        settings.defaults.on = 0.65
        script.detector.apply(settings)
        #expect(script.play([0.7]).began.count == 1)
        settings.defaults.on = 0.99
        settings.defaults.off = 0.6
        script.detector.apply(settings)
        #expect(script.play([0.7, 0.7]).isEmpty)
        #expect(script.finish().ended.count == 1)
    }

    @Test func disablingAClassEndsItsEvent() {
        var script = HopScript(HopScript.plainRule)
        _ = script.play([0.1, 0.9, 0.9])
        var settings = script.detector.settings
        settings.defaults.isEnabled = false
        script.detector.apply(settings)
        #expect((script.play([0.9, nil]) + script.finish()).ended.count == 1)
    }
}
