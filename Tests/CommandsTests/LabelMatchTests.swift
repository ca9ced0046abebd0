import Foundation
import Messages
import SoundDatasets
import Testing

@testable import Commands

/// Which events the lines of a file of labels are about.
@Suite struct LabelMatchTests {
    private static let noon = Date(timeIntervalSince1970: 1_790_000_000)
    private static let classNames = ["dog_bark", "rain"]

    private func event(
        _ id: Int64,
        _ className: String,
        _ seconds: ClosedRange<Double>,
        source: String = "porch"
    ) -> EventMessage {
        EventMessage(
            id: id,
            source: source,
            className: className,
            label: className,
            start: Self.noon + seconds.lowerBound,
            end: Self.noon + seconds.upperBound,
            peakScore: 0.5,
            meanScore: 0.5,
            levelDBFS: -30,
            model: "m"
        )
    }

    private func match(
        _ entries: [LabelEntry],
        _ events: [EventMessage],
        origin: Date? = nil,
        source: String? = nil
    ) -> LabelMatch {
        LabelMatch(
            entries,
            among: events,
            classNames: Self.classNames,
            origin: origin,
            source: source
        )
    }

    private func found(_ match: LabelMatch) -> [String] {
        match.labels.map { "\($0.event.id) \($0.className ?? "-")" }
    }

    @Test func aNumberIsBelievedOnlyIfSourceAndTimeAreTheEvents() {
        let events = [event(5, "rain", 0...2)]
        func entry(_ source: String?, _ time: Double?) -> LabelEntry {
            LabelEntry(
                line: 2,
                eventID: 5,
                source: source,
                time: time.map { Self.noon + $0 },
                verdict: .right
            )
        }
        #expect(
            found(match([entry(nil, nil), entry("porch", 1)], events)) == ["5 rain", "5 rain"]
        )
        let others = match([entry("attic", nil), entry("porch", 3_600)], events)
        #expect(others.labels.isEmpty)
        #expect(others.unmatched[0].reason == "event 5 is of source 'porch', not 'attic'")
        #expect(others.unmatched[1].reason.hasPrefix("event 5 began at "))
        let none = match([LabelEntry(line: 7, eventID: 6, verdict: .wrong)], events)
        #expect(none.unmatched.map(\.line) == [7])
        #expect(none.unmatched.map(\.reason) == ["there is no event 6"])
    }

    @Test func ofSeveralEventsAtATimeTheOneThatIsNamedOrBeginsThenIsMeantElseNone() {
        let events = [
            event(1, "rain", 0...60), event(2, "dog_bark", 10...12),
            event(3, "dog_bark", 10.2...13, source: "attic"),
        ]
        func at(_ second: Double, _ verdict: LabelVerdict, source: String? = "porch") -> LabelEntry
        {
            LabelEntry(line: 1, source: source, time: Self.noon + second, verdict: verdict)
        }
        #expect(found(match([at(11, .was("Dog bark"))], events)) == ["2 dog_bark"])
        #expect(found(match([at(10, .was("fox"))], events)) == ["2 fox"])
        #expect(found(match([at(40, .wrong)], events)) == ["1 -"])
        #expect(found(match([at(11, .right, source: "attic")], events)) == ["3 dog_bark"])
        #expect(
            found(match([at(11, .right, source: nil)], events, source: "attic")) == ["3 dog_bark"]
        )
        let vague = match([at(11, .was("fox")), at(300, .wrong)], events)
        #expect(vague.labels.isEmpty)
        #expect(
            vague.unmatched.map(\.reason)
                == ["it may be any of the events 1, 2", "no event at that time"]
        )
    }

    @Test func aTracksLabelIsAboutAllEventsThatItNamesAndElseAboutTheOnlyOneLeft() {
        let events = [
            event(1, "dog_bark", 0...1), event(2, "dog_bark", 2...3), event(3, "dog_bark", 4...9),
            event(4, "rain", 20...30), event(5, "rain", 40...41), event(6, "dog_bark", 40...41),
        ]
        func label(_ seconds: ClosedRange<Double>, _ verdict: LabelVerdict) -> LabelEntry {
            LabelEntry(line: Int(seconds.lowerBound) + 1, seconds: seconds, verdict: verdict)
        }
        let labels = match(
            [
                // The third is covered by a tenth only.
                label(0...4.5, .was("Dog bark")), label(20...22, .was("fox")),
                // Rain is confirmed here, so it is the bark that was something else.
                label(40...41, .was("fox")), label(40...41, .was("rain")),
                label(50...51, .wrong), label(0...9, .wrong),
            ],
            events,
            origin: Self.noon
        )
        #expect(
            found(labels) == ["1 dog_bark", "2 dog_bark", "5 rain", "4 fox", "6 fox", "3 -"]
        )
        #expect(labels.unmatched.map(\.line) == [51])
    }
}

/// How right each class was, by labels.
@Suite struct LabelReportTests {
    private func event(_ className: String, was: String?) -> EventMessage {
        EventMessage(
            id: 1,
            source: "porch",
            className: className,
            label: className,
            start: Date(timeIntervalSince1970: 1_790_000_000),
            end: nil,
            peakScore: 0.5,
            meanScore: 0.5,
            levelDBFS: nil,
            model: "m",
            userLabel: LabelMessage(className: was)
        )
    }

    @Test func precisionComesWithItsIntervalAndWithWhatTheMistakesWere() {
        let report = LabelReport(
            counts: [
                ClassKey("m", "dog_bark"): 40, ClassKey("m", "rain"): 3, ClassKey("m", "siren"): 0,
            ],
            labelled: Array(repeating: event("dog_bark", was: "dog_bark"), count: 11)
                + [event("dog_bark", was: nil), event("rain", was: "dog_bark")]
        )
        #expect(report.classes.map(\.key.className) == ["dog_bark", "rain"])
        let dog = report.classes[0]
        #expect(dog.events == 40 && dog.labelled == 12 && dog.right == 11)
        #expect(dog.takenForOthers == 1 && dog.was == [nil: 1])
        // SciPy: beta.ppf([0.025, 0.975], [11, 12], [2, 1])
        #expect(abs(dog.interval.lowerBound - 0.6152) < 1e-4)
        #expect(abs(dog.interval.upperBound - 0.9979) < 1e-4)
        let text = report.text(days: 30)
        #expect(text.contains("92 %") && text.contains("62 % to 100 %"))
        #expect(text.contains("false alarm 1") && text.contains("dog_bark 1"))
        #expect(text.hasSuffix("13 of 43 event(s) of the last 30 day(s) are labelled.\n"))
    }

    @Test func aClassWithoutLabelsHasNoPrecision() {
        let report = LabelReport(counts: [ClassKey("m", "rain"): 3], labelled: [])
        #expect(report.classes.map(\.precision) == [nil])
        #expect(report.text(days: 1).contains("0 of 3 event(s)"))
    }
}
