import EventStore
import Foundation
import Testing

@testable import Monitor

@Suite struct ScorePackingTests {
    private static let noon = Date(timeIntervalSince1970: 1_790_000_100)
    private let home: BacklogHome
    private let store: EventStore

    init() throws {
        home = try BacklogHome()
        store = try home.openStore()
    }

    private func write(minutes: [Int]) throws {
        let model = ModelIdentity(
            name: "m",
            version: "1",
            digest: "d",
            classes: [ClassIdentity(name: "dog_bark", label: "Dog bark")]
        )
        let blocks = minutes.map { minute in
            var block = ScoreBlock(
                start: Self.noon + Double(minute) * 60,
                hopMicroseconds: 1_000_000,
                classCount: 1
            )
            for _ in 0..<60 { block.append(scores: [0.5], levelDBFS: -40) }
            return block
        }
        _ = try store.apply(
            [],
            measurements: blocks.map { .scores(source: "porch", model: model.key, $0) },
            keys: try store.keys(for: [model], now: Self.noon)
        )
    }

    /// The minutes whose blocks wait to be packed.
    private func waiting(since: Date = .distantPast) throws -> Date? {
        try store.packScores(from: since, before: .distantFuture)
    }

    @Test func scoresArePackedOnceTheirQuarterOfAnHourIsOverAndLateOnesToo() throws {
        try write(minutes: Array(0..<50))
        var packing = ScorePacking()
        let now = Self.noon + 40 * 60
        for _ in 0..<4 { packing.packSome(of: store, now: now) }
        try write(minutes: [5])
        packing.packSome(of: store, now: now + 300)
        #expect(try waiting() == Self.noon + 30 * 60)
        #expect(try waiting() == Self.noon + 45 * 60)
        #expect(try waiting() == nil)
        #expect(try store.scoreBlocks(from: Self.noon, to: now).count == 41)
    }
}
