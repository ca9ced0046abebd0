import EventStore
import Foundation
import GRDB
import Testing

@Suite("Sound levels")
struct LevelTests {
    private let files: TemporaryStore
    private let store: EventStore

    init() throws {
        files = try TemporaryStore()
        store = try files.open()
    }

    private func append(_ minute: LevelMinute, of source: String = "porch") throws {
        try store.write(measurements: [.levels(source: source, minute)])
    }

    private func minute(
        _ index: Int,
        laeq: Double? = -40,
        measured: Double = 60,
        calibration: Double? = nil
    ) -> LevelMinute {
        var levels = MeasuredLevels()
        levels.laeq = laeq
        levels.lceq = -38
        levels.lzeq = -37
        levels.lafMax = laeq.map { $0 + 10 }
        levels.laf10 = -39
        levels.laf50 = -45
        levels.laf90 = -50
        levels.rms = -36.5
        levels.peak = -20
        return LevelMinute(
            minute: noon(plus: Double(index) * 60),
            measuredSeconds: measured,
            sampleRateHz: 48_000,
            calibrationDB: calibration,
            levels: levels,
            clippedSamples: index
        )
    }

    @Test func whatIsWrittenIsRead() throws {
        let written = [
            minute(0, measured: 12.345), minute(1, laeq: nil), minute(1, calibration: 120.25),
        ]
        try append(written[0])
        try append(written[1])
        try append(written[2], of: "garden")
        let read = try store.levelMinutes(from: noon, to: noon(plus: 3_600))
        #expect(read.map(\.source) == ["porch", "garden", "porch"])
        #expect(read.map(\.minute) == [written[0], written[2], written[1]])
        let one = try store.levelMinutes(from: noon, to: noon(plus: 3_600), source: "garden")
        #expect(one.map(\.minute) == [written[2]])
    }

    @Test func minutesThatLieInTheTimeInPartAreGivenAndALimitKeepsTheNewest() throws {
        for index in 0..<10 { try append(minute(index)) }
        let some = try store.levelMinutes(from: noon(plus: 90), to: noon(plus: 181))
        #expect(some.map(\.minute.clippedSamples) == [1, 2, 3])
        let newest = try store.levelMinutes(from: noon, to: noon(plus: 3_600), limit: 2)
        #expect(newest.map(\.minute.clippedSamples) == [8, 9])
    }

    @Test func summaryIsTheEnergyMeanOfWhatWasMeasured() throws {
        try append(minute(0, laeq: -20, measured: 30))
        try append(minute(1, laeq: -30, measured: 60))
        try append(minute(2, laeq: nil), of: "garden")
        let summaries = try store.levelSummaries(from: noon, to: noon(plus: 180))
        #expect(summaries.map(\.source) == ["garden", "porch"])
        #expect(summaries.map(\.measuredSeconds) == [60, 90])
        #expect(summaries.map(\.askedSeconds) == [180, 180])
        #expect(summaries[0].laeq == nil)
        // 10 lg((30 · 10^-2 + 60 · 10^-3) / 90)
        #expect(abs((summaries[1].laeq ?? 0) + 23.9794) < 0.001)
        #expect(summaries[1].lafMax == -10)
    }

    @Test func minuteThatLiesInTheTimeInPartCountsInProportion() throws {
        try append(minute(0))
        try append(minute(1, measured: 30))
        let summaries = try store.levelSummaries(from: noon(plus: 45), to: noon(plus: 90))
        #expect(summaries.map(\.measuredSeconds) == [15 + 15])
    }

    @Test func levelsBeforeAndAfterACalibrationAreNotMixed() throws {
        try append(minute(0))
        try append(minute(1, calibration: 120))
        try append(minute(2, calibration: 121))
        let summaries = try store.levelSummaries(from: noon, to: noon(plus: 180))
        #expect(summaries.map(\.calibrationDB) == [nil, 120, 121])
        #expect(summaries.map(\.measuredSeconds) == [60, 60, 60])
    }

    @Test func viewGivesSoundPressureOnlyToWhatWasCalibrated() throws {
        try append(minute(0))
        try append(minute(0, calibration: 120), of: "garden")
        let database = try DatabaseQueue(path: files.path)
        let rows = try database.read {
            try Row.fetchAll($0, sql: "SELECT * FROM sound_level ORDER BY source")
        }
        #expect(rows.map { $0["source"] as String } == ["garden", "porch"])
        #expect(rows.map { $0["unit"] as String } == ["dB SPL", "dBFS"])
        #expect(rows.map { $0["laeq"] as Double } == [80, -40])
        #expect(rows.map { $0["minute_utc"] as String }.first == "2026-11-20T12:00:00Z")
    }

    @Test func oldLevelsGoWithTheirOwnRetention() throws {
        for day in 0..<5 { try append(minute(day * 1_440)) }
        let now = noon(plus: 4 * 86_400 + 60)
        let kept = try store.applyRetention(RetentionPolicy(eventDays: 1), now: now)
        #expect(kept.removedLevelMinutes == 0)
        let report = try store.applyRetention(RetentionPolicy(levelDays: 2), now: now)
        #expect(report.removedLevelMinutes == 3)
        #expect(try store.levelMinutes(from: noon, to: now).count == 2)
    }

    @Test func levelsGoBeforeEventsWhenTheDatabaseIsTooLarge() throws {
        let minutes = (0..<500).map { SoundMeasurement.levels(source: "porch", minute($0)) }
        try store.write(measurements: minutes)
        _ = try store.addEvent()
        let full = try store.applyRetention(RetentionPolicy(maxBytes: 1 << 30), now: noon)
        #expect(full.removedLevelMinutes == 0)
        let report = try store.applyRetention(RetentionPolicy(maxBytes: 150_000), now: noon)
        #expect(report.removedLevelMinutes == 500)
        #expect(report.removedEvents == 0)
    }

    @Test func historyOfTheFormatBeforeGetsTheTableAndKeepsItsRows() throws {
        try store.name(sources: "garden", "porch")
        try store.close()
        // What a store of format 1 is: without the tables of format 2.
        let database = try DatabaseQueue(path: files.path)
        try database.write { database in
            try database.execute(
                sql: """
                    DROP VIEW sound_level;
                    DROP TABLE level_minute;
                    DELETE FROM grdb_migrations WHERE identifier = '2';
                    PRAGMA user_version = 1;
                    """
            )
        }
        try database.close()
        let newer = try files.open()
        #expect(try newer.sourceNames() == ["garden", "porch"])
        try newer.write(measurements: [.levels(source: "porch", minute(0))])
        #expect(try newer.levelMinutes(from: noon, to: noon(plus: 60)).count == 1)
    }
}

@Suite("Score blocks")
struct ScoreBlockTests {
    private let files: TemporaryStore
    private let store: EventStore

    init() throws {
        files = try TemporaryStore()
        store = try files.open()
    }

    private func append(_ block: ScoreBlock) throws {
        let model = TemporaryStore.model.key
        try store.write(measurements: [.scores(source: "porch", model: model, block)])
    }

    private func block(at seconds: Double = 0) -> ScoreBlock {
        ScoreBlock(
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
        try append(block)
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
        try append(block)
        block.append(scores: [], levelDBFS: -80)
        block.append(scores: [], levelDBFS: -80)
        try append(block)
        #expect(try store.scoreBlocks(from: noon, to: noon(plus: 1)).isEmpty)
    }

    @Test func blocksThatOverlapTheTimeAreFound() throws {
        for minute in 0..<3 {
            var block = block(at: Double(minute) * 60)
            for _ in 0..<250 {
                block.append(scores: [0.1, 0.2, 0.3], levelDBFS: -30)
            }
            try append(block)
        }
        let found = try store.scoreBlocks(from: noon(plus: 59), to: noon(plus: 61))
        #expect(found.map(\.start) == [noon, noon(plus: 60)])
        #expect(
            try store.scoreBlocks(from: noon, to: noon(plus: 999), source: "garden").isEmpty
        )
    }
}
