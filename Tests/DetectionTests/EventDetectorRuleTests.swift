import Testing

@testable import Detection

/// The decisions beyond thresholds, durations and gaps.
@Suite struct EventDetectorRuleTests {
    @Test func twoOfThreeWindowsConfirmWhatOneDoesNot() {
        var rule = HopScript.plainRule
        rule.confirmationHits = 2
        rule.confirmationWindows = 3
        var script = HopScript(rule)
        #expect(script.play([0.1, 0.9, 0.1, 0.1, 0.9]).isEmpty)
        #expect(script.play([0.1]).isEmpty)
        #expect(script.play([0.9]).began.count == 1)
    }

    @Test func longEventIsEndedAtTheMaximumDurationAndGoesOnAsTheNext() throws {
        var rule = HopScript.plainRule
        rule.maxDurationSeconds = 2
        rule.mergeGapSeconds = 1
        var script = HopScript(rule)
        let transitions =
            script.play([0.1] + [Float?](repeating: 0.9, count: 25)) + script.finish()
        let events = transitions.ended
        #expect(events.count == 4 || events.count == 3)
        for (event, next) in zip(events, events.dropFirst()) {
            #expect(event.end - event.start == 32_000)
            #expect(next.start == event.end)
        }
    }

    @Test func nothingBeginsDuringTheCoolDown() throws {
        var rule = HopScript.plainRule
        rule.coolDownSeconds = 5
        var script = HopScript(rule)
        let bark: [Float?] = [0.9, 0.9, 0.9, 0.9, nil, nil, nil, nil]
        let first = try #require(script.play(bark).ended.first)
        #expect(script.play(bark).isEmpty)
        let later = script.play([Float?](repeating: 0.9, count: 30)).began
        #expect(later.map(\.start) == [first.end + 5 * 16_000])
    }

    @Test func suppressedClassIsNotReportedWhileTheOtherIsOn() {
        var settings = DetectionSettings()
        settings.defaults = HopScript.plainRule
        settings.classes["howl"] = HopScript.plainRule
        settings.classes["howl"]?.suppressedBy = ["siren"]
        var script = HopScript(settings, names: ["howl", "siren"])
        let transitions = script.play(all: [[0.1, 0.1], [0.9, 0.9], [0.9, 0.9], [0.9, 0.7]])
        #expect(transitions.began.map(\.classIndex) == [1])
        #expect(script.play(all: [[0.9, 0.1]]).began.map(\.classIndex) == [0])
    }

    @Test func classThatIsSwitchedOffStillSuppresses() {
        var settings = DetectionSettings()
        settings.defaults = HopScript.plainRule
        settings.classes["howl"] = HopScript.plainRule
        settings.classes["howl"]?.suppressedBy = ["siren"]
        settings.classes["siren"] = HopScript.plainRule
        settings.classes["siren"]?.isEnabled = false
        var script = HopScript(settings, names: ["howl", "siren"])
        #expect(script.play(all: [[0.1, 0.1], [0.9, 0.9], [0.9, 0.9]]).isEmpty)
    }

    @Test func suppressionThatComesLaterEndsTheEvent() {
        var settings = DetectionSettings()
        settings.defaults = HopScript.plainRule
        settings.classes["howl"] = HopScript.plainRule
        settings.classes["howl"]?.suppressedBy = ["siren"]
        var script = HopScript(settings, names: ["howl", "siren"])
        let transitions = script.play(all: [
            [0.1, 0.1], [0.9, 0.1], [0.9, 0.1], [0.9, 0.9], [0.9, 0.9], [0.9, 0.9], [0.9, 0.9],
            [0.9, 0.9],
        ])
        #expect(transitions.began.map(\.classIndex) == [0, 1])
        #expect(transitions.ended.map(\.classIndex) == [0])
    }

    @Test func rulesOfSingleClassesHoldForThemAlone() {
        var settings = DetectionSettings()
        settings.defaults = HopScript.plainRule
        settings.classes["siren"] = HopScript.plainRule
        settings.classes["siren"]?.on = 0.95
        var script = HopScript(settings, names: ["bark", "siren"])
        #expect(script.play(all: [[0.1, 0.1], [0.9, 0.9]]).began.map(\.classIndex) == [0])
    }
}
