import Testing

@testable import Detection

/// What becomes of sounds of no known class.
@Suite struct OpenSetDetectionTests {
    private static let quickUnknown: ClassRule = {
        var rule = HopScript.plainRule
        rule.on = 0.7
        rule.off = 0.5
        return rule
    }()

    private static func settings(reportsUnknown: Bool = true) -> DetectionSettings {
        var settings = DetectionSettings()
        settings.defaults = HopScript.plainRule
        settings.classes["unknown"] = quickUnknown
        settings.reportsUnknown = reportsUnknown
        return settings
    }

    @Test func soundOfNoKnownClassIsNothingUnlessAskedFor() {
        var script = HopScript(Self.settings(reportsUnknown: false))
        #expect((script.play([nil, 0.1, 0.1, 0.1, nil]) + script.finish()).isEmpty)
    }

    @Test func soundOfNoKnownClassIsUnknownIfAskedFor() {
        var script = HopScript(Self.settings())
        let transitions = script.play([nil, 0.1, 0.1, 0.1, nil, nil]) + script.finish()
        #expect(transitions.began.map(\.classIndex) == [1])
        #expect(transitions.ended.map(\.classIndex) == [1])
        #expect(transitions.ended.map(\.peakScore) == [0.9])
    }

    @Test func silenceIsNotUnknown() {
        var script = HopScript(Self.settings())
        #expect((script.play([nil, nil, nil]) + script.finish()).isEmpty)
    }

    @Test func knownSoundIsNotUnknownUntilItsEventHasEnded() {
        var settings = Self.settings()
        settings.defaults.mergeGapSeconds = 2
        var script = HopScript(settings)
        let transitions = script.play([nil, 0.9, 0.9, 0.1, 0.1, nil, nil]) + script.finish()
        #expect(transitions.began.map(\.classIndex) == [0])
    }

    @Test func soundOfAClassThatIsSwitchedOffIsKnown() {
        var settings = Self.settings()
        settings.classes["bark"] = HopScript.plainRule
        settings.classes["bark"]?.isEnabled = false
        var script = HopScript(settings)
        #expect((script.play([nil, 0.9, 0.9, 0.9, nil]) + script.finish()).isEmpty)
    }

    @Test func classThatCollectsOtherSoundsIsNeverAnEventAndItsSoundsAreUnknown() {
        var settings = Self.settings()
        settings.collectors = ["other"]
        var script = HopScript(settings, names: ["bark", "other"])
        let transitions =
            script.play(all: [nil, [0.1, 0.95], [0.1, 0.95], nil, nil]) + script.finish()
        #expect(transitions.began.map(\.classIndex) == [2])
    }

    @Test func unfamiliarWindowsCountAsNoScoreOfAnyClass() {
        var settings = Self.settings()
        settings.leastFamiliarity = 2
        var script = HopScript(settings)
        var transitions = script.play([nil])
        for familiarity: Float in [1.9, 1.9, 1.9] {
            var hop = script.nextHop([0.99])
            hop.familiarity = familiarity
            transitions += script.detector.update(hop)
        }
        #expect(transitions.began.map(\.classIndex) == [1])
        #expect(transitions.began.map(\.peakScore) == [1])
    }

    @Test func familiarWindowsAndWindowsOfUnknownFamiliarityCount() {
        for familiarity: Float? in [2, nil] {
            var settings = Self.settings()
            settings.leastFamiliarity = 2
            var script = HopScript(settings)
            var transitions = script.play([nil])
            var hop = script.nextHop([0.99])
            hop.familiarity = familiarity
            transitions += script.detector.update(hop)
            #expect(transitions.began.map(\.classIndex) == [0])
        }
    }

    @Test func unknownSoundsCanBeAskedForWhileItRuns() {
        var script = HopScript(Self.settings(reportsUnknown: false))
        #expect(script.play([nil, 0.1, 0.1]).isEmpty)
        script.detector.apply(Self.settings())
        #expect(script.play([0.1]).began.map(\.classIndex) == [1])
    }
}
