import Foundation
import Messages
import Testing

@testable import SoundDatasets

/// Files of labels as people write them.
@Suite struct LabelFileTests {
    private func parsed(_ text: String) throws(AnnotationError) -> [LabelEntry] {
        try LabelFile.parse(text, path: "x")
    }

    @Test func aTableGivesEventsByNumberOrByTime() throws {
        let entries = try parsed(
            """
            path,label,group,event,source,time,class,verdict
            dog_bark/812.flac,dog_bark,porch 2026-11-20,812,porch,2026-11-20T23:03:57.120Z,dog_bark,right
            false_alarm/813.flac,,porch 2026-11-20,813,porch,2026-11-20T23:04:00.000Z,rain,wrong
            ,"fox, small",,,attic,2026-11-20T23:05:00Z,,

            ,,,900,porch,,rain,
            """
        )
        let moments = ["23:03:57.120", "23:04:00", "23:05:00"].map {
            UTCTimestamp.moment("2026-11-20T\($0)Z")
        }
        #expect(
            entries == [
                LabelEntry(
                    line: 2,
                    eventID: 812,
                    source: "porch",
                    time: moments[0],
                    verdict: .was("dog_bark")
                ),
                LabelEntry(
                    line: 3,
                    eventID: 813,
                    source: "porch",
                    time: moments[1],
                    verdict: .wrong
                ),
                LabelEntry(
                    line: 4,
                    source: "attic",
                    time: moments[2],
                    verdict: .was("fox, small")
                ),
            ]
        )
    }

    @Test func aTableOfNumbersAndVerdictsIsEnough() throws {
        let entries = try parsed("event,verdict\n1,right\n2,wrong\n3,fox\n4,\n")
        #expect(entries.map(\.eventID) == [1, 2, 3])
        #expect(entries.map(\.verdict) == [.right, .wrong, .was("fox")])
    }

    @Test func aLabelTrackCountsSecondsAndEmptyLabelsSayNothing() throws {
        let entries = try parsed(
            "0,5\t1,25\tDog bark\n\\\t100\t8000\n2\t2\twrong\n3\t4\t\n5\t6\tright\n"
        )
        #expect(
            entries == [
                LabelEntry(line: 1, seconds: 0.5...1.25, verdict: .was("Dog bark")),
                LabelEntry(line: 3, seconds: 2...2, verdict: .wrong),
                LabelEntry(line: 5, seconds: 5...6, verdict: .right),
            ]
        )
    }

    @Test(arguments: [
        ("label,source\nfox,porch\n", "x:1: no column 'event' or 'time' among label, source."),
        ("event,source\n1,porch\n", "x:1: no column 'label' or 'verdict' among event, source."),
        // What 'events --format csv' prints has labels, but nobody said them.
        (
            "source,class,label,start\nporch,dog_bark,Dog bark,2026-11-20T23:00:00Z\n",
            "x:1: no column"
        ),
        (
            "event,label\n1,fox\nfive,fox\n",
            "x:3: found 'five,fox', expected the number of an event"
        ),
        ("event,label\n-1,fox\n", "x:2: found '-1,fox', expected the number of an event"),
        ("time,label\nlater,fox\n", "x:2: found 'later,fox', expected a date and time such as"),
        (
            "event,time,label\n,,fox\n",
            "x:2: found ',,fox', expected the number of an event or a time"
        ),
        ("event,label\n1\n", "x:2: found '1', expected 2 fields"),
        (
            "event,label\n1,\n2,\"unclosed\n",
            "x:3: found '2,\"unclosed', expected a second quote in the same line."
        ),
        ("event,label\n1,\"two\nlines\"\n", "x:2: found '1,\"two', expected a second quote"),
        ("event,label\n1,a;b\n", "x:2: found 'a;b', expected right, wrong or a name of 1 to 200"),
        ("0\t1\tdog\nx\ty\tdog\n", "x:2: found 'x y dog', expected begin and end in seconds"),
    ])
    func aFileThatCannotBeReadIsRefusedWithItsLine(text: String, words: String) {
        let error = #expect(throws: AnnotationError.self) { try parsed(text) }
        #expect(error?.description.hasPrefix(words) == true, "\(error?.description ?? "")")
    }

    @Test func aVerdictIsRightWrongOrAName() {
        #expect(LabelVerdict(" right ") == .right)
        #expect(LabelVerdict("wrong")?.className(of: "rain") == nil)
        #expect(LabelVerdict("Füchse")?.className(of: "rain") == "Füchse")
        for text in ["", "  ", "a;b", "a\u{7}", String(repeating: "x", count: 201)] {
            #expect(LabelVerdict(text) == nil, "\(text)")
        }
    }
}
