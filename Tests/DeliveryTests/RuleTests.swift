import Foundation
import Messages
import Platform
import Settings
import Testing

@testable import Delivery

@Suite struct RuleTests {
    private let hour = 3_600.0

    @Test func onlyEventsOfItsClassesSourcesScoreAndLevelAreTold() throws {
        var rule = try rule(
            "when: {class: [dog_bark, doorbell], source: porch, score: 0.8, level_dbfs: -30}"
        )
        let told = rule.play([
            event(1, at: friday + 10),
            event(2, "speech", at: friday + 20),
            event(3, "doorbell", at: friday + 30),
            event(4, at: friday + 40, source: "garden"),
            event(5, at: friday + 50, score: 0.7),
            event(6, at: friday + 60, level: -40),
            event(7, at: friday + 70, level: nil),
        ])
        #expect(told.map(\.event?.id) == [1, 3])
        #expect(told.first?.title == "Dog Bark (porch)")
    }

    @Test func anEventIsToldOnceThoughItIsSeenToBeginAndToEnd() throws {
        var rule = try rule("when: {class: dog_bark, score: 0.8}")
        let begun = event(1, at: friday, lasting: nil)
        #expect(rule.update(begun, at: friday).count == 1)
        #expect(rule.update(event(1, at: friday), at: friday + 1).isEmpty)
    }

    @Test func anEventThatGrowsStrongIsToldWhenItIs() throws {
        var rule = try rule("when: {score: 0.8}")
        #expect(rule.update(event(1, at: friday, lasting: nil, score: 0.6), at: friday).isEmpty)
        #expect(rule.update(event(1, at: friday, score: 0.9), at: friday + 1).count == 1)
    }

    @Test func timesOfDayGoOverMidnightAndDaysAreThoseOfTheBeginning() throws {
        var rule = try rule("when: {between: 22:00-06:00, days: [fri]}")
        let told = rule.play([
            event(1, at: friday + 3 * hour),
            event(2, at: friday + 6 * hour),
            event(3, at: friday + 22 * hour),
            event(4, at: friday + 25 * hour),
        ])
        #expect(told.map(\.event?.id) == [1, 3])
    }

    @Test func aCountIsToldWhenItIsReachedWithinItsTimeAndBeginsAnew() throws {
        var rule = try rule("when: {class: dog_bark, count: 3, within: 1m}")
        let told = rule.play(
            [0, 50, 70, 80, 90, 100, 105].enumerated()
                .map { event(Int64($0 + 1), at: friday + Double($1)) }
        )
        #expect(told.map(\.event?.id) == [4, 7])
        #expect(told.map(\.count) == [3, 3])
    }

    @Test func aLongSoundIsToldWhileItGoesOn() throws {
        var rule = try rule("when: {class: dog_bark, longer_than: 30s}")
        #expect(rule.update(event(1, at: friday, lasting: nil), at: friday).isEmpty)
        #expect(rule.nextDeadline == friday + 30)
        #expect(rule.tick(at: friday + 29).isEmpty)
        #expect(rule.tick(at: friday + 31).map(\.event?.id) == [1])
        #expect(rule.update(event(1, at: friday, lasting: 60), at: friday + 60).isEmpty)
        #expect(rule.update(event(2, at: friday + 70, lasting: 5), at: friday + 75).isEmpty)
        #expect(rule.update(event(3, at: friday + 80, lasting: 40), at: friday + 120).count == 1)
    }

    @Test func severalClassesAreToldWhenTheLastOfThemIsHeardInAnyOrder() throws {
        var rule = try rule(
            "when: {class: glass, all: [[speech, shout], thud], within: 10s}"
        )
        let told = rule.play([
            event(1, "glass", at: friday),
            event(2, "shout", at: friday + 4),
            event(3, "thud", at: friday + 20),  // too late for the glass
            event(4, "speech", at: friday + 25, lasting: 20),
            event(5, "glass", at: friday + 29),
            event(6, "thud", at: friday + 31),
            event(7, "glass", at: friday + 33),  // the others are used up
        ])
        #expect(told.map(\.event?.id) == [5])
        #expect(told.first?.title == "Glass and Speech and Thud (porch)")
    }

    @Test func aClassIsToldUnlessAnotherIsOrWasHeardAroundIt() throws {
        let yaml = "when: {class: glass, not: [television, music], within: 10s, score: 0.8}"
        var rule = try rule(yaml)
        let told = rule.play([
            event(1, "glass", at: friday),
            event(2, "television", at: friday + 20, lasting: 5, score: 0.5),
            event(3, "glass", at: friday + 30),
            event(4, "glass", at: friday + 40),
        ])
        #expect(told.map(\.event?.id) == [1, 4])
        // One that goes on keeps it back however long ago it began.
        let later = friday + 100
        #expect(rule.update(event(5, "music", at: later, lasting: nil), at: later).isEmpty)
        #expect(rule.update(event(6, "glass", at: later + 60), at: later + 61).isEmpty)
        #expect(rule.update(event(5, "music", at: later, lasting: 70), at: later + 70).isEmpty)
        #expect(rule.update(event(7, "glass", at: later + 75), at: later + 76).isEmpty)
        #expect(rule.update(event(8, "glass", at: later + 85), at: later + 86).count == 1)
    }

    @Test func anEventThatGoesOnCountsForOthersUntilItsEnd() throws {
        var rule = try rule("when: {all: [speech, glass], within: 5s}")
        #expect(rule.update(event(1, "speech", at: friday, lasting: nil), at: friday).isEmpty)
        #expect(rule.update(event(2, "glass", at: friday + 60), at: friday + 61).count == 1)
        #expect(rule.update(event(1, "speech", at: friday, lasting: 90), at: friday + 90).isEmpty)
        #expect(rule.update(event(3, "glass", at: friday + 93), at: friday + 94).isEmpty)
    }

    @Test func aSequenceIsToldIfTheSecondComesInTime() throws {
        let yaml = "when: {class: glass, then_class: speech, within: 20s}"
        var rule = try rule(yaml)
        let told = rule.play([
            event(1, "speech", at: friday),
            event(2, "glass", at: friday + 10),
            event(3, "speech", at: friday + 40),
            event(4, "glass", at: friday + 50),
            event(5, "speech", at: friday + 60),
            event(6, "speech", at: friday + 65),
        ])
        #expect(told.map(\.event?.id) == [5])
        #expect(told.first?.title == "Glass, then Speech (porch)")
    }

    @Test func whatIsNotHeardIsToldOnceUntilItIsHeardAgain() throws {
        var rule = try rule("when: {class: pump, absent_for: 20m}")
        let told = rule.play(
            [
                event(1, "pump", at: friday + 600), event(2, "pump", at: friday + 1_500),
                event(3, "pump", at: friday + 9_000),
            ],
            until: friday + 12_000
        )
        #expect(told.map(\.time) == [friday + 1_501 + 1_200, friday + 9_001 + 1_200])
        #expect(told.allSatisfy { $0.reason == .absence && $0.title == "No pump" })
    }

    @Test func nothingIsAbsentWhileItGoesOnOrNobodyListens() throws {
        var rule = try rule("when: {class: pump, absent_for: 20m}")
        _ = rule.update(event(1, "pump", at: friday, lasting: nil), at: friday)
        #expect(rule.tick(at: friday + 5_000).isEmpty)
        _ = rule.update(event(1, "pump", at: friday, lasting: 5_100), at: friday + 5_100)
        #expect(rule.tick(at: friday + 7_000, isListening: false).isEmpty)
        #expect(rule.tick(at: friday + 8_000).isEmpty)
        #expect(rule.tick(at: friday + 8_300).count == 1)
    }

    @Test func whatHasNotBeenHeardByATimeOfDayIsToldEachDay() throws {
        var rule = try rule("when: {class: kettle, absent_by: '10:00', days: weekdays}")
        let told = rule.play(
            [
                event(1, "kettle", at: friday + 9 * hour),
                event(2, "kettle", at: friday + 80 * hour),
            ],
            until: friday + 120 * hour
        )
        // Heard on Friday; Saturday and Sunday do not count; Monday at 8:00, and not on Tuesday.
        #expect(told.map(\.time) == [friday + 106 * hour])
    }

    @Test func aFaultIsToldOnceWhenItHasLasted() throws {
        var rule = try rule("when: {fault: [deaf, clock], longer_than: 1m}")
        let deaf = [MonitorFault.deaf: "porch hears nothing", .disk: "full"]
        #expect(rule.update(faults: deaf, at: friday).isEmpty)
        #expect(rule.update(faults: [:], at: friday + 30).isEmpty)
        #expect(rule.update(faults: deaf, at: friday + 40).isEmpty)
        #expect(rule.update(faults: deaf, at: friday + 100).map(\.reason) == [.fault])
        #expect(rule.update(faults: deaf, at: friday + 500).isEmpty)
    }

    @Test func theEndOfAToldFaultIsToldInSpiteOfTheCooldownAndOfNoOther() throws {
        var rule = try rule("{when: {fault: [deaf, disk], over: also}, cooldown: 1h}")
        let deaf = [MonitorFault.deaf: "porch hears nothing"]
        #expect(rule.update(faults: deaf, at: friday).map(\.reason) == [.fault])
        #expect(rule.update(faults: [:], unknown: [.deaf], at: friday + 30).isEmpty)
        let over = rule.update(faults: [:], at: friday + 60)
        #expect(over.map(\.reason) == [.recovery])
        #expect(over.first?.title == "Earwitness: Every source hears again")
        #expect(over.first?.text.contains("after 60 s") == true)
        // Another within the cool-down is not told, and so its end is not, either.
        #expect(rule.update(faults: deaf, at: friday + 90).isEmpty)
        #expect(rule.update(faults: [:], at: friday + 120).isEmpty)
    }

    @Test func onlyTheEndOfAFaultThatLastedIsTold() throws {
        var rule = try rule("when: {fault: disk, over: only, longer_than: 1m}")
        let full = [MonitorFault.disk: "no space left"]
        #expect(rule.update(faults: full, at: friday).isEmpty)
        #expect(rule.update(faults: [:], at: friday + 30).isEmpty)
        #expect(rule.update(faults: full, at: friday + 40).isEmpty)
        #expect(rule.update(faults: full, at: friday + 110).isEmpty)
        #expect(rule.update(faults: [:], at: friday + 120).map(\.reason) == [.recovery])
    }

    @Test func absencesOfThePastAreReplayedWithTheirEnds() throws {
        let settings = try ruleSettings("when: {fault: deaf, over: also, longer_than: 1m}")
        func deaf(_ from: Double, _ to: Double, _ source: String = "porch") -> DeafTime {
            DeafTime(source: source, time: friday + from..<friday + to, reason: "gone")
        }
        let notices = RuleReplay.notices(
            of: [],
            // Stored in parts; another source is away meanwhile; a short absence; one that goes on.
            deafTimes: [
                deaf(0, 40), deaf(40.01, 90), deaf(80, 200, "shed"), deaf(300, 330),
                deaf(900, 1_000),
            ],
            by: ["health": settings],
            from: friday,
            to: friday + 1_000,
            zone: .utc
        )
        #expect(notices.map(\.reason) == [.fault, .recovery, .fault])
        #expect(notices.map(\.time) == [friday, friday + 200, friday + 900])
        #expect(notices.first?.text.contains("porch hears nothing: gone") == true)
    }

    @Test func afterAMessageTheRuleIsSilentForItsCooldownAndCountsWhatItLeftOut() throws {
        var rule = try rule("{when: {class: dog_bark}, cooldown: 1m}")
        let told = rule.play([0, 10, 50, 70].map { event(Int64($0) + 1, at: friday + Double($0)) })
        #expect(told.map(\.event?.id) == [1, 71])
        #expect(told.last?.text.hasSuffix("2 more were not sent before.") == true)
    }

    @Test func oneMessageThatWasLeftOutIsToldOfInTheSingular() throws {
        var rule = try rule("{when: {class: dog_bark}, cooldown: 1m}")
        let told = rule.play([0, 10, 70].map { event(Int64($0) + 1, at: friday + Double($0)) })
        #expect(told.last?.text.hasSuffix("1 more was not sent before.") == true)
    }

    @Test func quietHoursLeaveNewsOut() throws {
        var rule = try rule("{when: {class: dog_bark}, quiet: 22:00-07:00}")
        let told = rule.play([event(1, at: friday + 2 * hour), event(2, at: friday + 8 * hour)])
        #expect(told.map(\.event?.id) == [2])
    }

    @Test func aDigestTellsOfAllInOneMessageAfterTheQuietHours() throws {
        var rule = try rule("{when: {}, digest: 1h, quiet: 22:00-07:00}")
        var told = rule.play(
            (0..<12).map { event($0 + 1, at: friday + 8 * hour + Double($0) * 60) }
                + [event(20, "doorbell", at: friday + 8.5 * hour)],
            until: friday + 10 * hour
        )
        #expect(told.map(\.title) == ["12 × Dog Bark, 1 × Doorbell"])
        #expect(told.first?.count == 13)
        told = rule.play([event(30, at: friday + 22.5 * hour)], until: friday + 30 * hour)
        #expect(told.isEmpty)
        #expect(rule.tick(at: friday + 31 * hour).map(\.title) == ["1 × Dog Bark"])
    }

    @Test func eventsBeforeTheRuleWasMadeDoNotCount() throws {
        var rule = try rule("when: {class: dog_bark}")
        #expect(rule.play([event(1, at: friday - 10)]).isEmpty)
    }

    @Test func whatARuleRemembersSurvivesARestart() throws {
        var before = try rule("when: {class: dog_bark, count: 2, within: 1m}")
        _ = before.play([event(1, at: friday)])
        let saved = try NewsCoding.encoder.encode(before.state)
        var after = try rule("when: {class: dog_bark, count: 2, within: 1m}")
        after.restore(try NewsCoding.decoder.decode(RuleState.self, from: saved))
        #expect(after.play([event(2, at: friday + 30)]).count == 1)
    }
}
