import Detection
import EventStore
import Foundation
import Testing

@testable import Monitor

@Suite struct PrintTrackTests {
    private static let noon = Date(timeIntervalSince1970: 1_790_000_000)
    private static let rateHz: Int64 = 1_000

    /// Hops of half a second with windows of a second, as they go by a track into a history.
    private final class Source {
        var track = PrintTrack(source: "porch", models: [BacklogHome.model.key])
        private let home: BacklogHome
        private let store: EventStore
        private var backlog: StoreBacklog
        private var hops: Int64 = 0

        init() throws {
            home = try BacklogHome()
            store = try home.openStore()
            backlog = home.backlog(for: store)
            track.begin(sampleRateHz: Int(PrintTrackTests.rateHz))
        }

        /// Hears hops, each with a print that shows its number.
        func hear(levels: [Float?]) throws {
            for level in levels {
                hops += 1
                let end = SampleTime(hops * 500 + 500)
                var hop = ScoredHop(
                    window: (end - 1_000)..<end,
                    hop: (end - 500)..<end,
                    gate: level == nil ? .closed : .open,
                    scores: level == nil ? [] : [0],
                    levelDBFS: level ?? -90,
                    envelope: []
                )
                hop.print = level == nil ? nil : try PrintTrackTests.print(Int(hops))
                track.append(
                    hop,
                    of: .leading,
                    endingAt: PrintTrackTests.noon + Double(end.index) / 1_000,
                    to: &backlog
                )
            }
        }

        func flush(hasEnded: Bool) {
            track.flush(hasEnded: hasEnded, to: &backlog)
        }

        /// The hops whose prints are in the history, and when their windows began, in seconds.
        func written() throws -> [(hop: Int, start: Double)] {
            _ = backlog.write(to: store)
            var found: [(hop: Int, start: Double)] = []
            let numbers = try (1...Int(hops)).map { (try PrintTrackTests.print($0), $0) }
            try store.forEachPrintBlock(from: .distantPast, to: .distantFuture) { block, _ in
                for index in 0..<block.count {
                    let hop = numbers.first { $0.0 == block[index] }?.1
                    let start = block.start(of: index).timeIntervalSince(PrintTrackTests.noon)
                    found.append((hop ?? 0, (start * 100).rounded() / 100))
                }
            }
            return found
        }
    }

    private static func print(_ number: Int) throws -> SoundPrint {
        var values = [Float](repeating: 0, count: 1_024)
        for index in 0..<16 { values[(number * 61 + index * 7) % 1_024] = 1 + Float(index % 3) }
        let made = SoundPrint(of: values.span)
        return try #require(made)
    }

    private func event(_ start: Int64, _ end: Int64) -> DetectedEvent {
        DetectedEvent(
            number: 1,
            classIndex: 0,
            start: SampleTime(start),
            end: SampleTime(end),
            peakScore: 0.9,
            meanScore: 0.8,
            levelDBFS: -20
        )
    }

    private let key = EventKey(source: 0, model: .leading, number: 1)

    @Test func theLoudestWindowOfEachSecondIsKeptAndNoneOfSilence() throws {
        let source = try Source()
        // Windows end at 1, 1.5, 2, 2.5, 3, 3.5, ... seconds.
        try source.hear(levels: [-30, -20, -20, -30, nil, nil, -40, nil])
        source.flush(hasEnded: true)
        let written = try source.written()
        #expect(written.map(\.hop) == [2, 3, 7])
        #expect(written.map(\.start) == [0.5, 1, 3])
    }

    @Test func aPrintWaitsUntilNoPrivateEventCanTurnUpForIt() throws {
        let source = try Source()
        try source.hear(levels: Array(repeating: -20, count: 100))
        source.flush(hasEnded: false)
        #expect(try source.written().isEmpty, "an event may be announced a minute late")
        try source.hear(levels: Array(repeating: nil, count: 40))
        source.flush(hasEnded: false)
        #expect(try source.written().map(\.hop).last == 19, "its window ended 60 s before the last")
        source.flush(hasEnded: true)
        #expect(try source.written().count == 50)
    }

    @Test func nothingIsKeptOfAPrivateSoundThatIsAnnouncedLate() throws {
        let source = try Source()
        try source.hear(levels: Array(repeating: -20, count: 40))
        source.track.beginPrivate(event(5_000, 5_000), as: key)
        try source.hear(levels: Array(repeating: -20, count: 20))
        source.track.end(event(5_000, 25_000), as: key)
        try source.hear(levels: Array(repeating: nil, count: 400))
        source.flush(hasEnded: true)
        let windows = try source.written().map { ($0.start, $0.start + 1) }
        #expect(!windows.isEmpty)
        // Half a second around it is private too.
        #expect(windows.allSatisfy { $0.1 <= 4.5 || $0.0 >= 25.5 }, "\(windows)")
        #expect(windows.contains { $0.1 >= 4 } && windows.contains { $0.0 <= 27 })
    }

    @Test func aPrivateSoundThatGoesOnHidesAllThatFollows() throws {
        let source = try Source()
        source.track.beginPrivate(event(5_000, 5_000), as: key)
        try source.hear(levels: Array(repeating: -20, count: 300))
        source.flush(hasEnded: true)
        #expect(try source.written().allSatisfy { $0.start + 1 <= 4.5 })
    }

    @Test func nothingIsKeptWherePrintsAreOff() throws {
        let source = try Source()
        source.track.isOn = false
        try source.hear(levels: [-20, -20, -20])
        source.flush(hasEnded: true)
        #expect(try source.written().isEmpty)
    }
}
