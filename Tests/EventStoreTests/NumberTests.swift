import EventStore
import Foundation
import Testing

@Suite("The history by its numbers")
struct NumberTests {
    private let files: TemporaryStore
    private let store: EventStore

    init() throws {
        files = try TemporaryStore()
        store = try files.open()
    }

    private func cover(_ state: CoverageState, _ start: Double, _ end: Double) throws {
        let stretch = CoverageStretch(
            state: state,
            start: noon(plus: start),
            end: noon(plus: end),
            lostSamples: 0,
            reason: nil
        )
        try store.write(entries: [.covered(source: "porch", stretch)])
    }

    @Test func eventsComeInTheOrderOfTheirNumbersWhateverTheirDates() throws {
        for start in [30.0, 10, 20] { _ = try store.addEvent(at: start) }
        _ = try store.addEvent("rain", at: 0, lasting: nil)
        #expect(try store.events(after: 0, limit: 3).map(\.id) == [1, 2, 3])
        let rest = try store.events(after: 2, limit: 10)
        #expect(rest.map(\.id) == [3, 4])
        #expect(rest.last?.end == nil)
        #expect(try store.eventCount(after: 1) == 3)
        #expect(try store.eventCount(after: 4) == 0)
    }

    @Test func labelsComeInTheOrderInWhichTheyWereGiven() throws {
        for _ in 1...3 { _ = try store.addEvent() }
        try store.setLabel(3, to: EventLabel(className: "rain", labelledAt: noon(plus: 5)))
        try store.setLabel(1, to: EventLabel(className: nil, labelledAt: noon(plus: 9)))
        #expect(try store.events(labelledAfter: .distantPast).map(\.id) == [3, 1])
        #expect(try store.events(labelledAfter: noon(plus: 5)).map(\.id) == [1])
        #expect(try store.events(labelledAfter: noon(plus: 9)).isEmpty)
    }

    @Test func aStretchOfCoverageKeepsItsNumberWhileItGrows() throws {
        try cover(.listening, 0, 10)
        try cover(.gated, 10, 20)
        let first = try store.coverage(after: 0, limit: 10)
        #expect(first.map(\.stretch.state) == [.listening, .gated])
        #expect(first.map(\.source) == ["porch", "porch"])
        try cover(.gated, 20, 30)
        let last = try #require(first.last)
        #expect(try store.coverage(after: last.id, limit: 10).isEmpty)
        let grown = try store.coverage(numbered: [last.id, 99])
        #expect(grown.map(\.stretch.end) == [noon(plus: 30)])
        #expect(try store.coverage(after: 0, limit: 1).map(\.id) == [first[0].id])
    }
}
