import EventStore
import Foundation
import GRDB
import Testing

@Suite("Sound levels")
struct LevelTests {
    private let files: TemporaryStore
    private let store: EventStore
    private let porch: Int64
    private let garden: Int64

    init() throws {
        files = try TemporaryStore()
        store = try files.open()
        porch = try store.sourceID(named: "porch", now: noon)
        garden = try store.sourceID(named: "garden", now: noon)
    }

    private func minute(
        _ index: Int,
        of source: Int64,
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
            sourceID: source,
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
            minute(0, of: porch, measured: 12.345), minute(1, of: porch, laeq: nil),
            minute(1, of: garden, calibration: 120.25),
        ]
        for minute in written { try store.append(minute) }
        let read = try store.levelMinutes(from: noon, to: noon(plus: 3_600))
        #expect(read.map(\.source) == ["porch", "garden", "porch"])
        #expect(read.map(\.minute) == [written[0], written[2], written[1]])
        let one = try store.levelMinutes(from: noon, to: noon(plus: 3_600), source: "garden")
        #expect(one.map(\.minute) == [written[2]])
    }

    @Test func minutesThatLieInTheTimeInPartAreGivenAndALimitKeepsTheNewest() throws {
        for index in 0..<10 { try store.append(minute(index, of: porch)) }
        let some = try store.levelMinutes(from: noon(plus: 90), to: noon(plus: 181))
        #expect(some.map(\.minute.clippedSamples) == [1, 2, 3])
        let newest = try store.levelMinutes(from: noon, to: noon(plus: 3_600), limit: 2)
        #expect(newest.map(\.minute.clippedSamples) == [8, 9])
    }

    @Test func summaryIsTheEnergyMeanOfWhatWasMeasured() throws {
        try store.append(minute(0, of: porch, laeq: -20, measured: 30))
        try store.append(minute(1, of: porch, laeq: -30, measured: 60))
        try store.append(minute(2, of: garden, laeq: nil))
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
        try store.append(minute(0, of: porch))
        try store.append(minute(1, of: porch, measured: 30))
        let summaries = try store.levelSummaries(from: noon(plus: 45), to: noon(plus: 90))
        #expect(summaries.map(\.measuredSeconds) == [15 + 15])
    }

    @Test func levelsBeforeAndAfterACalibrationAreNotMixed() throws {
        try store.append(minute(0, of: porch))
        try store.append(minute(1, of: porch, calibration: 120))
        try store.append(minute(2, of: porch, calibration: 121))
        let summaries = try store.levelSummaries(from: noon, to: noon(plus: 180))
        #expect(summaries.map(\.calibrationDB) == [nil, 120, 121])
        #expect(summaries.map(\.measuredSeconds) == [60, 60, 60])
    }

    @Test func viewGivesSoundPressureOnlyToWhatWasCalibrated() throws {
        try store.append(minute(0, of: porch))
        try store.append(minute(0, of: garden, calibration: 120))
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
        for day in 0..<5 { try store.append(minute(day * 1_440, of: porch)) }
        let now = noon(plus: 4 * 86_400 + 60)
        let kept = try store.applyRetention(RetentionPolicy(eventDays: 1), now: now)
        #expect(kept.removedLevelMinutes == 0)
        let report = try store.applyRetention(RetentionPolicy(levelDays: 2), now: now)
        #expect(report.removedLevelMinutes == 3)
        #expect(try store.levelMinutes(from: noon, to: now).count == 2)
    }

    @Test func levelsGoBeforeEventsWhenTheDatabaseIsTooLarge() throws {
        let model = try store.register(files.model, now: noon)
        for index in 0..<500 { try store.append(minute(index, of: porch)) }
        _ = try store.begin(
            NewEvent(
                sourceID: porch,
                classID: model.classIDs[0],
                start: noon,
                end: noon(plus: 1),
                peakScore: 1,
                meanScore: 1,
                levelDBFS: -10
            )
        )
        let full = try store.applyRetention(RetentionPolicy(maxBytes: 1 << 30), now: noon)
        #expect(full.removedLevelMinutes == 0)
        let report = try store.applyRetention(RetentionPolicy(maxBytes: 150_000), now: noon)
        #expect(report.removedLevelMinutes == 500)
        #expect(report.removedEvents == 0)
    }

    @Test func historyOfTheFormatBeforeGetsTheTableAndKeepsItsRows() throws {
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
        try newer.append(minute(0, of: porch))
        #expect(try newer.levelMinutes(from: noon, to: noon(plus: 60)).count == 1)
    }
}
