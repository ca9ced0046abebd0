import Detection
import EventStore
import Foundation
import Messages
import TestSupport
import Testing

@testable import Monitor

/// Thresholds suggested from labels and stored scores of a made-up source, whose events are in the
/// history as it decided them.
@Suite struct ThresholdAdviceTests {
    private static let className = "dog_bark"
    /// What labels call wrong scores less than this, and what they call right more.
    private static let truth: Float = 0.8

    private let home: BacklogHome
    private let store: EventStore
    private let source: MadeUpSource
    private let settings: DetectionSettings
    private let model = ModelIdentity(
        name: "m",
        version: "1",
        digest: "d",
        classes: MadeUpSource.classNames.map { ClassIdentity(name: $0, label: $0) }
    )

    init() throws {
        home = try BacklogHome()
        store = try home.openStore()
        var settings = DetectionSettings()
        (settings.defaults.on, settings.defaults.off) = (0.4, 0.2)
        settings.defaults.smoothingWindows = 1
        self.settings = settings
        var random = SeededNumbers(seed: 18)
        source = MadeUpSource(hopSeconds: 0.24, rules: [settings], using: &random)
        let entries = source.events.enumerated().map { place, event in
            HistoryEntry.ended(
                EventRecord(
                    id: Int64(place + 1),
                    source: event.source,
                    model: model.key,
                    className: event.className,
                    start: event.start,
                    end: event.end,
                    peakScore: event.peakScore,
                    meanScore: event.meanScore,
                    levelDBFS: event.levelDBFS
                )
            )
        }
        _ = try store.apply(
            entries,
            measurements: source.blocks.map { .scores(source: "porch", model: model.key, $0) },
            keys: try store.keys(
                for: [model],
                sources: [("porch", nil)],
                now: MadeUpSource.noon
            )
        )
    }

    /// The events of the class, with the numbers they have in the history.
    private var events: [(id: Int64, event: PastEvent)] {
        source.events.enumerated().filter { $0.element.className == Self.className }
            .map { (Int64($0.offset + 1), $0.element) }
    }

    private func label(_ chosen: (Int) -> Bool) throws {
        for (place, entry) in events.enumerated() where chosen(place) {
            let isRight = entry.event.peakScore >= Self.truth
            let label = EventLabel(
                className: isRight ? Self.className : nil,
                labelledAt: MadeUpSource.noon
            )
            try store.setLabel(entry.id, to: label)
        }
    }

    private func advice(allowing most: Double) throws -> ThresholdAdviceMessage {
        try ThresholdAdvice(
            className: Self.className,
            model: JudgedModel(name: "m", settings: settings),
            maxFalseAlarmsPerWeek: most,
            from: MadeUpSource.noon - 60,
            to: source.end + 60
        ).answer(from: store)
    }

    private func wrongEvents(by on: Double) throws -> Int {
        let question = WhatIf(
            className: Self.className,
            model: JudgedModel(name: "m", settings: settings),
            trial: RuleTrial(on: on),
            from: MadeUpSource.noon - 60,
            to: source.end + 60
        )
        let past = try store.pastBlocks(from: .distantPast, to: .distantFuture, model: "m")
        return try question.events(of: past, from: store).count { $0.peakScore < Self.truth }
    }

    @Test func theLowestThresholdThatKeepsNoWrongEventIsSuggested() throws {
        try label { _ in true }
        let wrong = events.filter { $0.event.peakScore < Self.truth }
        let right = events.filter { $0.event.peakScore >= Self.truth }
        try #require(wrong.count > 5 && right.count > 5)
        let answer = try advice(allowing: 0)
        #expect(answer.verdict == .suggested)
        #expect(answer.inForce.wrong == wrong.count && answer.inForce.right == right.count)
        #expect(answer.inForce.unlabelled == 0)
        let on = try #require(answer.on)
        #expect(try wrongEvents(by: on) == 0)
        #expect(try wrongEvents(by: on - 0.01) > 0)
        let suggested = try #require(answer.suggested)
        #expect(suggested.on == on && suggested.wrong == 0 && suggested.wrongPerWeek == 0)
        #expect(suggested.knownSounds == right.count)
        #expect(suggested.knownSoundsKept == right.count { $0.event.peakScore >= Float(on) })
        // Nothing counted in a quarter of an hour says little of a week.
        #expect(!answer.isSure && suggested.wrongPerWeekHigh > 100)
    }

    @Test func unlabelledEventsAreCountedByTheLabelledOnesAndBothBoundsAreGiven() throws {
        try label { $0 % 5 < 2 }
        let answer = try advice(allowing: 0)
        let kept = answer.inForce
        let weeks = answer.listenedSeconds / 604_800
        #expect(kept.right + kept.wrong + kept.unlabelled == events.count)
        #expect(kept.unlabelled > kept.right + kept.wrong)
        let share = Double(kept.wrong) / Double(kept.wrong + kept.right)
        let expected = Double(kept.wrong) + Double(kept.unlabelled) * share
        #expect(abs(kept.wrongPerWeek * weeks - expected) < 1e-6)
        #expect(abs(kept.wrongPerWeekIfUnlabelledRight * weeks - Double(kept.wrong)) < 1e-6)
        #expect(
            abs(kept.wrongPerWeekIfUnlabelledWrong * weeks - Double(kept.wrong + kept.unlabelled))
                < 1e-6
        )
        let truth = Double(events.count { $0.event.peakScore < Self.truth }) / weeks
        #expect(kept.wrongPerWeekLow < truth && truth < kept.wrongPerWeekHigh)
        // By the lowest threshold without wrong labels some that have none may still be wrong.
        let suggested = try #require(answer.suggested)
        #expect(suggested.wrong == 0 && suggested.wrongPerWeek == 0)
        #expect(suggested.wrongPerWeekIfUnlabelledWrong >= suggested.wrongPerWeekIfUnlabelledRight)
    }

    @Test func nineLabelsAreTooFewAndTenAreNot() throws {
        try label { $0 < ThresholdAdvice.leastLabels - 1 }
        let few = try advice(allowing: 0)
        #expect(few.verdict == .tooFewLabels && few.on == nil && few.suggested == nil)
        #expect(few.inForce.right + few.inForce.wrong == 9)
        try label { $0 < ThresholdAdvice.leastLabels }
        #expect(try advice(allowing: 0).verdict != .tooFewLabels)
    }

    @Test func theThresholdInForceStaysWhereItKeepsFewEnough() throws {
        try label { _ in true }
        let answer = try advice(allowing: 1e6)
        #expect(answer.verdict == .inForce && answer.isSure)
        #expect(answer.on == answer.inForce.on && answer.suggested == answer.inForce)
    }

    @Test func aSoundThatWasTakenForAnotherIsKnownNeverthelessAndMissed() throws {
        try label { _ in true }
        let known = try advice(allowing: 0).inForce
        // In the place of a sound of another class, away from any of this one.
        let other = try #require(
            source.events.enumerated().first { place, event in
                event.className == "rain"
                    && events.allSatisfy {
                        $0.event.end < event.start - 1 || $0.event.start > event.end + 1
                    }
            }
        )
        let label = EventLabel(className: Self.className, labelledAt: MadeUpSource.noon)
        try store.setLabel(Int64(other.offset + 1), to: label)
        let kept = try advice(allowing: 0).inForce
        #expect(kept.knownSounds == known.knownSounds + 1)
        #expect(kept.knownSoundsKept == known.knownSoundsKept)
        #expect(kept.keptShareHigh < 1 && known.keptShareHigh == 1)
    }

    @Test func withoutScoresNothingIsSuggested() throws {
        try label { _ in true }
        _ = try store.applyRetention(RetentionPolicy(scoreDays: 0), now: source.end + 600)
        let answer = try advice(allowing: 0)
        #expect(answer.verdict == .noScores && answer.on == nil)
        #expect(answer.listenedSeconds == 0)
    }
}
