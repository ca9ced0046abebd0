import EventStore
import Foundation
import Testing

@Suite("Score blocks")
struct ScoreBlockTests {
    private let files: TemporaryStore
    private let store: EventStore
    private let source: Int64
    private let model: RegisteredModel

    init() throws {
        files = try TemporaryStore()
        store = try files.open()
        source = try store.sourceID(named: "porch", now: noon)
        model = try store.register(files.model, now: noon)
    }

    private func block(at seconds: Double = 0) -> ScoreBlock {
        ScoreBlock(
            sourceID: source,
            modelID: model.modelID,
            start: noon(plus: seconds),
            hopMicroseconds: 240_000,
            classCount: 3
        )
    }

    @Test func scoresAndLevelsComeBackToAByte() throws {
        var block = block()
        block.append(scores: [0, 0.5, 1], levelDBFS: -20.2)
        block.append(scores: [], levelDBFS: -.infinity)
        block.append(scores: [-0.1, 1.2, 0.1], levelDBFS: -300)
        try store.append(block)
        let stored = try store.scoreBlocks(from: noon, to: noon(plus: 1))
        #expect(stored == [block])
        let read = try #require(stored.first)
        #expect(read.hopCount == 3)
        #expect(abs(read.end.timeIntervalSince(noon) - 0.72) < 1e-6)
        #expect(read.scores(ofHop: 0) == [0, 0.5, 1])
        #expect(read.scores(ofHop: 1) == nil)
        #expect(read.scores(ofHop: 2) == [0, 1, Float(25) / 254])
        #expect(read.levelDBFS(ofHop: 0) == -20)
        #expect(read.levelDBFS(ofHop: 1) == -.infinity)
        #expect(read.levelDBFS(ofHop: 2) == -127)
    }

    @Test func silenceIsNotWritten() throws {
        var block = block()
        try store.append(block)
        block.append(scores: [], levelDBFS: -80)
        block.append(scores: [], levelDBFS: -80)
        try store.append(block)
        #expect(try store.scoreBlocks(from: noon, to: noon(plus: 1)).isEmpty)
    }

    @Test func blocksThatOverlapTheTimeAreFound() throws {
        for minute in 0..<3 {
            var block = block(at: Double(minute) * 60)
            for _ in 0..<250 {
                block.append(scores: [0.1, 0.2, 0.3], levelDBFS: -30)
            }
            try store.append(block)
        }
        let found = try store.scoreBlocks(from: noon(plus: 59), to: noon(plus: 61))
        #expect(found.map(\.start) == [noon, noon(plus: 60)])
        #expect(
            try store.scoreBlocks(from: noon, to: noon(plus: 999), source: "garden").isEmpty
        )
    }
}
