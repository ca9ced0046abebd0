import Testing

@testable import Detection

@Suite struct SettingsValidationTests {
    private static func message(_ change: (inout DetectionSettings) -> Void) -> String? {
        var settings = DetectionSettings()
        change(&settings)
        do {
            try settings.validate()
            return nil
        } catch {
            return "\(error)"
        }
    }

    private static func gateMessage(_ change: (inout GateSettings) -> Void) -> String? {
        var settings = GateSettings()
        change(&settings)
        do {
            try settings.validate()
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func defaultsAreValid() {
        #expect(Self.message { _ in } == nil)
        #expect(Self.gateMessage { _ in } == nil)
    }

    @Test func offAboveOnIsRefused() {
        #expect(
            Self.message { $0.defaults.off = 0.9 }
                == "detection.off is 0.9; it must be 0 to 'on', 0.8."
        )
    }

    @Test func valueThatIsNoNumberIsRefused() {
        #expect(
            Self.message { $0.defaults.on = .nan } == "detection.on is nan; it must be 0 to 1."
        )
    }

    @Test func noWindowsAreRefused() {
        #expect(
            Self.message { $0.defaults.smoothingWindows = 0 }
                == "detection.smoothing is 0; it must be over 1 to 64 windows."
        )
        #expect(
            Self.message { $0.defaults.confirmationWindows = 0 }
                == "detection.confirmation is 1 of 0; it must be k of n windows, k from 1 to n "
                + "and n at most 64."
        )
    }

    @Test func moreHitsThanWindowsAreRefused() {
        #expect(
            Self.message { $0.defaults.confirmationHits = 2 }
                == "detection.confirmation is 2 of 1; it must be k of n windows, k from 1 to n "
                + "and n at most 64."
        )
    }

    @Test func maximumUnderTheMinimumIsRefused() {
        #expect(
            Self.message {
                $0.defaults.minDurationSeconds = 9
                $0.defaults.maxDurationSeconds = 5
            }
                == "detection.max_duration_s is 5.0; it must be 1 to 86400 and not less than "
                + "'min_duration_s', 9.0."
        )
    }

    @Test func classesThatSuppressOneAnotherAreRefused() {
        #expect(
            Self.message {
                $0.classes["howl"] = ClassRule()
                $0.classes["howl"]?.suppressedBy = ["siren"]
                $0.classes["siren"] = ClassRule()
                $0.classes["siren"]?.suppressedBy = ["howl"]
            }
                == "detection.classes.howl.suppressed_by is siren; it must be classes that are "
                + "not themselves suppressed by 'howl'."
        )
    }

    @Test func ruleOfAClassIsNamedInTheMessage() {
        #expect(
            Self.message {
                $0.classes["howl"] = ClassRule()
                $0.classes["howl"]?.mergeGapSeconds = -1
            } == "detection.classes.howl.merge_gap_s is -1.0; it must be 0 to 3600."
        )
    }

    @Test func gateThatClosesAboveWhereItOpensIsRefused() {
        #expect(
            Self.gateMessage { $0.closeDBFS = -40 }
                == "gate.close_dbfs is -40.0; it must be -120 to 'open_dbfs', -55.0."
        )
    }

    @Test func gateLevelAboveFullScaleIsRefused() {
        #expect(
            Self.gateMessage { $0.openDBFS = 3 }
                == "gate.open_dbfs is 3.0; it must be -120 to 0."
        )
    }

    @Test func negativeHoldAndMarginAreRefused() {
        #expect(
            Self.gateMessage { $0.holdSeconds = -1 }
                == "gate.hold_s is -1.0; it must be 0 to 3600."
        )
        #expect(
            Self.gateMessage { $0.floorMarginDB = -1 }
                == "gate.floor_margin_db is -1.0; it must be 0 to 60."
        )
    }
}
