import Detection
import Foundation
import GRDB
import Testing

@testable import EventStore

@Suite("Prints of sounds")
struct PrintTests {
    private let files: TemporaryStore

    init() throws {
        files = try TemporaryStore()
    }

    private func print(_ seed: Int) throws -> SoundPrint {
        let values = (0..<128).map { Float(($0 * 31 + seed * 17) % 23) - 11 }
        let made = SoundPrint(of: values.span)
        return try #require(made)
    }

    /// A block with a print a second.
    private func block(at seconds: Double, count: Int, every step: Double = 1) throws -> PrintBlock
    {
        var block = PrintBlock(start: noon(plus: seconds), windowSeconds: 0.96)
        for index in 0..<count {
            block.append(try print(index), at: noon(plus: seconds + Double(index) * step))
        }
        return block
    }

    private func write(_ blocks: [PrintBlock], model: ModelIdentity = TemporaryStore.model) throws {
        let store = try files.open()
        defer { try? store.close() }
        try store.write(
            measurements: blocks.map { .prints(source: "porch", model: model.key, $0) },
            models: [model]
        )
    }

    private func stored(
        from: Double = 0,
        to: Double = 86_400,
        source: String? = nil,
        network: String? = nil
    ) throws -> [PrintBlock] {
        let store = try files.open()
        defer { try? store.close() }
        var blocks: [PrintBlock] = []
        try store.forEachPrintBlock(
            from: noon(plus: from),
            to: noon(plus: to),
            source: source,
            network: network
        ) { block, origin in
            #expect(origin.source == "porch")
            blocks.append(block)
        }
        return blocks
    }

    @Test func aBlockComesBackAsItWasWritten() throws {
        let blocks = [try block(at: 0, count: 60), try block(at: 70, count: 3, every: 97.31)]
        try write(blocks)
        #expect(try stored() == blocks)
        #expect(try stored(source: "attic").isEmpty)
        #expect(try stored(from: 71, to: 73) == blocks, "either may reach into that time")
        #expect(try stored(to: 70) == [blocks[0]])
        let last = try #require(try stored().last)
        #expect(abs(last.start(of: 2).timeIntervalSince(noon(plus: 70 + 194.62))) < 0.006)
        #expect(try last[2] == print(2))
    }

    @Test func aBlockHasRoomForSixtyPrintsOfFiveMinutes() throws {
        let block = try block(at: 0, count: 59)
        #expect(block.hasRoom(at: noon(plus: 300)) && !block.hasRoom(at: noon(plus: 300.1)))
        #expect(!block.hasRoom(at: noon(plus: -0.1)), "the clock was set back")
        #expect(try !self.block(at: 0, count: 60).hasRoom(at: noon(plus: 60)))
    }

    @Test func printsOfAnotherNetworkAreLeftOut() throws {
        var other = TemporaryStore.model
        other.digest = String(repeating: "b", count: 64)
        try write([try block(at: 0, count: 2)])
        try write([try block(at: 10, count: 3)], model: other)
        #expect(try stored(network: other.digest).map(\.count) == [3])
        #expect(try stored().map(\.count) == [2, 3])
    }

    @Test func aHistoryOfTheFormatBeforeGetsPrintsWhenTheServiceOpensIt() throws {
        try files.open().close()
        let old = try DatabaseQueue(path: files.path)
        try old.writeWithoutTransaction { database in
            try database.execute(
                sql: """
                    DROP TABLE print_block;
                    DELETE FROM grdb_migrations WHERE identifier = '10 sound prints';
                    PRAGMA user_version = 9;
                    """
            )
        }
        try old.close()
        #expect(
            throws: StoreError.olderVersion(path: files.path, found: 9, known: StoreSchema.version)
        ) {
            try EventStore.openReadOnly(path: files.path)
        }
        try write([try block(at: 0, count: 2)])
        #expect(try stored().map(\.count) == [2])
    }

    /// What it costs a year follows from it.
    @Test func aFullBlockTakesOnePageOfTheFile() throws {
        func pages() throws -> Int {
            try DatabaseQueue(path: files.path).read {
                try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0
            }
        }
        try write([])
        let before = try pages()
        try write(try (0..<500).map { try block(at: Double($0) * 60, count: 60) })
        #expect(try pages() - before < 520)
    }

    @Test func printsAreRemovedByTheirAgeAndForSpaceAfterScores() throws {
        let store = try files.open()
        try store.write(
            measurements: [
                .prints(
                    source: "porch",
                    model: TemporaryStore.model.key,
                    try block(at: 0, count: 60)
                )
            ]
        )
        let later = noon(plus: 2 * 86_400)
        let kept = try store.applyRetention(RetentionPolicy(printDays: 3), now: later)
        #expect(kept.removedPrintBlocks == 0 && kept.remark == nil)
        #expect(try store.oldestPrint(source: "porch") == noon)
        let removed = try store.applyRetention(RetentionPolicy(printDays: 1), now: later)
        #expect(removed.removedPrintBlocks == 1)
        #expect(
            removed.remark
                == "Removed 0 event(s), 0 block(s) of scores and 1 of prints older than the retention limits."
        )
        #expect(try store.oldestPrint(source: "porch") == nil)
        try store.close()

        try write([try block(at: 0, count: 60)])
        let full = try files.open()
        let event = try full.addEvent()
        let shrunk = try full.applyRetention(RetentionPolicy(maxBytes: 1), now: noon)
        #expect(shrunk.removedPrintBlocks == 1 && shrunk.removedEvents == 0)
        #expect(try full.event(event) != nil, "only events of the past go")
    }

    @Test func theEventThatCoversMostOfATimeIsFound() throws {
        let store = try files.open()
        let long = try store.addEvent("rain", at: -100, lasting: 103)
        let bark = try store.addEvent("dog_bark", at: 2.5, lasting: 2)
        let surer = try store.addEvent("speech", at: 2, lasting: 3, peak: 0.95)
        func covering(_ from: Double, _ to: Double) throws -> Int64? {
            try store.event(covering: noon(plus: from)..<noon(plus: to), ofSource: "porch")?.id
        }
        #expect(try covering(0, 1) == long)
        #expect(try covering(2.6, 3.6) == surer, "as much as the bark, and surer")
        #expect(try covering(5.5, 6) == nil)
        #expect(try store.event(covering: noon..<noon(plus: 1), ofSource: "attic") == nil)
        #expect(bark != surer)
    }
}
