import Foundation
import GRDB
import Testing

@testable import EventStore

@Suite("Counts of events")
struct CountTests {
    private let files: TemporaryStore
    private let store: EventStore

    init() throws {
        files = try TemporaryStore()
        store = try files.open()
    }

    /// Hours from noon on.
    private func hours(_ count: Int) -> [Date] {
        (0...count).map { noon(plus: Double($0) * 3_600) }
    }

    /// Days of UTC, of which the first holds noon.
    private func days(_ count: Int) -> [Date] {
        (0...count).map { noon(plus: Double($0) * 86_400 - 43_200) }
    }

    /// The kept counts are those that counting the events would give.
    private func expectTrueCounts(_ store: EventStore, _ comment: Comment? = nil) throws {
        let (kept, counted) = try store.read { database in
            let columns = "bin_minutes, start_utc_ms, source_id, class_id, events"
            let kept = try Row.fetchAll(
                database,
                sql: "SELECT \(columns) FROM event_count ORDER BY 1, 2, 3, 4"
            )
            let counted = try Row.fetchAll(
                database,
                sql: """
                    SELECT minutes AS bin_minutes,
                        start_utc_ms - start_utc_ms % (minutes * 60000) AS start_utc_ms,
                        source_id, class_id, count(*) AS events
                    FROM event, (SELECT 15 AS minutes UNION SELECT 60 UNION SELECT 1440)
                    WHERE end_utc_ms IS NOT NULL GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
                    """
            )
            return (kept, counted)
        }
        #expect(kept == counted, comment)
    }

    @Test func eventsAreCountedByBinClassAndSource() throws {
        _ = try store.addEvent(at: 10, peak: 0.5)
        _ = try store.addEvent(at: 3_599, peak: 0.75)
        _ = try store.addEvent("rain", at: 20, source: "garden")
        _ = try store.addEvent(at: 3_600, peak: 0.25)
        let counts = try store.eventCounts(inBins: hours(2))
        #expect(counts.map(\.count) == [1, 2, 1])
        #expect(counts.map(\.className) == ["rain", "dog_bark", "dog_bark"])
        #expect(counts.map(\.source) == ["garden", "porch", "porch"])
        #expect(counts.map(\.peakScore) == [Double(Float(0.9)), 0.75, 0.25])
        #expect(counts.map(\.start) == [noon, noon, noon(plus: 3_600)])
        #expect(try store.eventCounts(inBins: hours(2), classes: ["rain"]).count == 1)
        #expect(try store.eventCounts(inBins: hours(2), source: "porch").count == 2)
        #expect(try store.eventCounts(inBins: hours(1)).count == 2)
        try expectTrueCounts(store)
    }

    @Test func anEventCountsOnceItIsOverAndOnlyOnce() throws {
        let id = try store.addEvent(at: 10, lasting: nil, peak: 0.5)
        #expect(try store.eventCounts(inBins: hours(1)).isEmpty)
        let whole = EventRecord(
            id: id,
            source: "porch",
            model: TemporaryStore.model.key,
            className: "dog_bark",
            start: noon(plus: 10),
            end: noon(plus: 12),
            peakScore: 0.75,
            meanScore: 0.5,
            levelDBFS: -20
        )
        for _ in 1...2 { try store.write(entries: [.ended(whole)]) }
        let counts = try store.eventCounts(inBins: hours(1))
        #expect(counts.map(\.count) == [1])
        #expect(counts.map(\.peakScore) == [0.75])
        try expectTrueCounts(store)
    }

    @Test func anEventThatACrashLeftOpenCountsAfterTheNextStart() throws {
        _ = try store.addEvent(at: 10, lasting: nil)
        try store.write(entries: [.started(at: noon(plus: 100))])
        #expect(try store.eventCounts(inBins: hours(1)).map(\.count) == [1])
        try expectTrueCounts(store)
    }

    @Test func daysOfAnyZoneAreMadeOfTheRightQuartersOfAnHour() throws {
        // 2026-11-20 in Kathmandu begins at 18:15 UTC the day before.
        let midnight = -43_200 - 20_700.0
        _ = try store.addEvent(at: midnight - 1)
        for seconds in [midnight, midnight + 86_399] { _ = try store.addEvent(at: seconds) }
        _ = try store.addEvent(at: midnight + 86_400)
        let edges = (0...1).map { noon(plus: midnight + Double($0) * 86_400) }
        #expect(try store.eventCounts(inBins: edges).map(\.count) == [2])
    }

    @Test func whatAUserCalledSomethingElseIsTakenOffIfItIsNotToCount() throws {
        let ids = try [10.0, 20, 3_599, 3_600].map { try store.addEvent(at: $0) }
        let rain = try store.addEvent("rain", at: 30)
        let labels = [nil, "dog_bark", "fox", nil].map {
            EventLabel(className: $0, labelledAt: noon)
        }
        for (id, label) in zip(ids, labels) { try store.setLabel(id, to: label) }
        #expect(try store.eventCounts(inBins: hours(2)).map(\.count) == [3, 1, 1])
        let right = try store.eventCounts(inBins: hours(2), hidesWrong: true)
        #expect(right.map(\.count) == [1, 1])
        #expect(right.map(\.className) == ["dog_bark", "rain"])
        try store.setLabel(rain, to: labels[0])
        try store.setLabel(ids[0], to: nil)
        let now = try store.eventCounts(inBins: hours(2), hidesWrong: true)
        #expect(now.map(\.className) == ["dog_bark"])
        #expect(now.map(\.count) == [2])
        let ofRain = try store.eventCounts(inBins: hours(2), classes: ["rain"], hidesWrong: true)
        #expect(ofRain.isEmpty)
        // Edges count as the quarter of an hour in which they lie.
        let late = [noon(plus: 5), noon(plus: 3_605)]
        #expect(try store.eventCounts(inBins: late, hidesWrong: true).map(\.count) == [2])
    }

    @Test func aTimeIsCoveredByAsFewRowsAsPossibleAndByAllOfThem() {
        let day = millisecondsPerDay
        let pieces = CountedPiece.pieces(from: day - 4_500_000, to: 3 * day + 3_600_000)
        #expect(
            pieces == [
                CountedPiece(minutes: 15, time: (day - 4_500_000)..<(day - 3_600_000)),
                CountedPiece(minutes: 60, time: (day - 3_600_000)..<day),
                CountedPiece(minutes: 1_440, time: day..<(3 * day)),
                CountedPiece(minutes: 60, time: (3 * day)..<(3 * day + 3_600_000)),
            ]
        )
        for (start, end) in [(0, 900_000), (1_800_000, 5_400_000), (7_200_000, 7_200_000)] {
            let pieces = CountedPiece.pieces(from: Int64(start), to: Int64(end))
            #expect(pieces.reduce(0) { $0 + $1.time.count } == end - start)
        }
    }

    @Test func aMonthOfHoursIsReadInOneGoAndOtherBinsPieceByPiece() throws {
        let hour: Int64 = 3_600_000
        let hours = (0...720).map { Int64($0) * hour }
        let month = CountedPiece(minutes: 60, time: 0..<(720 * hour))
        #expect(
            CountedRun.runs(ofBins: hours) == [CountedRun(piece: month, isOfSingleRows: true)]
        )
        // A day of another zone is hours of two days of UTC.
        let days = [-2 * hour, 22 * hour, 46 * hour]
        #expect(CountedRun.runs(ofBins: days).map(\.isOfSingleRows) == [false, false])
        // Hours of zones that are a quarter of an hour off, and a bin that holds none.
        let odd = [900_000, 900_000 + hour, 900_000 + hour, 900_000 + 2 * hour]
        let runs = CountedRun.runs(ofBins: odd)
        #expect(runs.reduce(0) { $0 + $1.piece.time.count } == Int(2 * hour))
        for (run, next) in zip(runs, runs.dropFirst()) {
            #expect(run.piece.time.upperBound == next.piece.time.lowerBound)
        }
        for second in stride(from: 0, to: 40_000, by: 700) {
            _ = try store.addEvent(at: Double(second))
        }
        for offset in [0.0, 900, 2_700] {
            let edges = (0...12).map { noon(plus: Double($0) * 3_600 + offset) }
            for (count, start) in zip(try store.eventCounts(inBins: edges), edges) {
                let times = stride(from: 0.0, to: 40_000, by: 700).map { noon(plus: $0) }
                #expect(count.start == start)
                #expect(count.count == times.count { $0 >= start && $0 < start + 3_600 })
            }
        }
    }

    @Test func removedEventsCountByTheDayAndNotByTheHour() throws {
        for day in 0..<3 { _ = try store.addEvent(at: Double(day) * 86_400) }
        let now = noon(plus: 3 * 86_400)
        let report = try store.applyRetention(RetentionPolicy(eventDays: 2), now: now)
        #expect(report.removedEvents == 1)
        try expectTrueCounts(store)
        #expect(try store.eventCounts(inBins: days(3)).map(\.count) == [1, 1, 1])
        #expect(try store.eventCounts(inBins: days(3))[0].peakScore == nil)
        #expect(try store.eventCounts(inBins: hours(1)).isEmpty)
        #expect(try store.eventCounts(inBins: hours(25)).map(\.count) == [1])
    }

    @Test func whatTheFormatBeforeHeldIsCounted() throws {
        for second in 0..<50 {
            let name = second.isMultiple(of: 3) ? "rain" : "dog_bark"
            _ = try store.addEvent(name, at: Double(second) * 500)
        }
        _ = try store.addEvent(at: 5, lasting: nil)
        let counts = try store.eventCounts(inBins: days(1))
        try store.close()
        let database = try DatabaseQueue(path: files.path)
        try database.write { database in
            try database.execute(
                sql: """
                    DROP TRIGGER event_written_whole;
                    DROP TRIGGER event_ended;
                    DROP TRIGGER event_removed;
                    DROP TABLE event_count;
                    DELETE FROM grdb_migrations WHERE identifier = '6 counts';
                    PRAGMA user_version = 5;
                    """
            )
        }
        try database.close()
        let newer = try files.open()
        #expect(try newer.eventCounts(inBins: days(1)) == counts)
        try expectTrueCounts(newer)
        _ = try newer.addEvent(at: 30)
        try expectTrueCounts(newer)
    }

    @Test func aRescuedHistoryCountsWhatWasRescued() throws {
        let keys = try store.keys(for: [TemporaryStore.model], now: noon)
        let entries = (1...3_000).map { number in
            HistoryEntry.ended(
                EventRecord(
                    id: Int64(number),
                    source: "porch",
                    model: TemporaryStore.model.key,
                    className: "rain",
                    start: noon(plus: Double(number)),
                    end: noon(plus: Double(number) + 0.5),
                    peakScore: 0.75,
                    meanScore: 0.5,
                    levelDBFS: -30
                )
            )
        }
        _ = try store.apply(entries, keys: keys)
        try store.close()
        let queue = try DatabaseQueue(path: files.path)
        try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        try queue.close()
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: files.path))
        let pages = Int(try file.seekToEnd()) / 4_096
        for page in stride(from: pages / 3, to: pages / 3 + 6, by: 1) {
            try file.seek(toOffset: UInt64(page * 4_096))
            try file.write(contentsOf: Data(repeating: 0xA5, count: 4_096))
        }
        try file.close()
        let rescued = EventStore(unopenedAt: files.path)
        #expect(try rescued.open(now: noon) != nil)
        try expectTrueCounts(rescued)
        let counts = try rescued.eventCounts(inBins: hours(1))
        #expect((counts.first?.count ?? 0) > 0)
    }

    /// With a year of ten sounds in every hour, a month by day reads hours, not events.
    @Test func countsAreReadByTheIndexOfTheirBins() throws {
        let steps = try store.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    EXPLAIN QUERY PLAN
                    SELECT source_id, class_id, sum(events), max(peak_score) FROM event_count
                    WHERE bin_minutes = 60 AND start_utc_ms >= 0 AND start_utc_ms < 9
                    GROUP BY source_id, class_id
                    """
            ).map { $0["detail"] as String }
        }
        #expect(steps.first?.contains("SEARCH event_count USING PRIMARY KEY") == true, "\(steps)")
    }
}

@Suite("Bins of coverage and levels")
struct BinTests {
    private let files: TemporaryStore
    private let store: EventStore

    init() throws {
        files = try TemporaryStore()
        store = try files.open()
    }

    private let edges = (0...3).map { noon(plus: Double($0) * 3_600) }

    private func cover(
        _ state: CoverageState,
        _ start: Double,
        _ end: Double,
        lost: Int64 = 0
    )
        throws
    {
        let stretch = CoverageStretch(
            state: state,
            start: noon(plus: start),
            end: noon(plus: end),
            lostSamples: lost
        )
        try store.write(entries: [.covered(source: "porch", stretch)])
    }

    @Test func everyHourSaysHowMuchOfItWasListenedTo() throws {
        try store.name(sources: "attic", "porch")
        try cover(.listening, 1_800, 5_400)
        try cover(.lost, 5_400, 5_409, lost: 144_000)
        try cover(.gated, 5_409, 7_200)
        let bins = try store.coverage(inBins: edges)
        // The attic was never listened to.
        #expect(bins.map(\.source) == ["porch", "porch", "porch"])
        #expect(bins.map(\.totals.listenedFraction) == [0.5, 3_591 / 3_600, 0])
        #expect(bins.map(\.totals.lostSamples) == [0, 144_000, 0])
        let both = try store.coverage(inBins: edges, source: "attic")
        #expect(both.map(\.totals.listenedSeconds) == [0, 0, 0])
    }

    @Test func theSumOfTheBinsIsTheCoverageOfTheTime() throws {
        try cover(.listening, -86_400, 7_000)
        try cover(.absent, 7_000, 90_000)
        _ = try store.applyRetention(RetentionPolicy(eventDays: 0), now: noon(plus: 86_400))
        let edges = [-86_400, -40_000, 3_000, 80_000].map { noon(plus: $0) }
        let whole = try store.coverage(from: edges[0], to: edges[3], source: "porch").totals
        let bins = try store.coverage(inBins: edges, source: "porch").map(\.totals)
        let sum = bins.reduce(CoverageTotals(), +)
        #expect(abs(sum.listenedSeconds - whole.listenedSeconds) < 0.01)
        #expect(abs((sum.seconds[.absent] ?? 0) - (whole.seconds[.absent] ?? 0)) < 0.01)
    }

    @Test func levelsOfAnHourAreTheEnergyOfItsMinutes() throws {
        func minute(_ number: Int, laeq: Double?, laf90: Double, max: Double) -> SoundMeasurement {
            var levels = MeasuredLevels()
            levels.laeq = laeq
            levels.laf90 = laf90
            levels.lafMax = max
            let minute = LevelMinute(
                minute: noon(plus: Double(number) * 60),
                measuredSeconds: number == 0 ? 30 : 60,
                sampleRateHz: 48_000,
                calibrationDB: nil,
                levels: levels,
                clippedSamples: 0
            )
            return .levels(source: "porch", minute)
        }
        try store.write(measurements: [
            minute(0, laeq: -40, laf90: -60, max: -20), minute(1, laeq: -30, laf90: -50, max: -25),
            minute(70, laeq: nil, laf90: -80, max: -70),
        ])
        let bins = try store.levels(inBins: edges)
        #expect(bins.map(\.start) == [edges[0], edges[1]])
        #expect(bins.map(\.measuredSeconds) == [90, 60])
        let mean = 10 * log10((1e-4 * 30 + 1e-3 * 60) / 90)
        #expect(abs((bins[0].levels.laeq ?? 0) - mean) < 1e-9)
        #expect(abs((bins[0].levels.laf90 ?? 0) - (-60 * 30 - 50 * 60) / 90.0) < 1e-9)
        #expect(bins[0].levels.lafMax == -20)
        #expect(bins[0].levels.laf10 == nil)
        #expect(bins[1].levels.laeq == nil)
    }

    /// Minutes of three hours of two sources, of which one is calibrated anew; some are silent.
    private func writeMinutes() throws {
        var random = SystemRandomNumberGenerator()
        var measurements: [SoundMeasurement] = []
        for number in 0..<180 {
            var levels = MeasuredLevels()
            if number % 7 != 0 {
                levels.laeq = Double.random(in: -90 ... -20, using: &random)
                levels.laf10 = levels.laeq.map { $0 + 3 }
                levels.laf50 = levels.laeq.map { $0 - 2 }
                levels.laf90 = levels.laeq.map { $0 - 9 }
            }
            levels.lafMax = Double.random(in: -60 ... -5, using: &random)
            for source in ["porch", "garden"] {
                let isLate = source == "porch" && number > 100
                let minute = LevelMinute(
                    minute: noon(plus: Double(number) * 60),
                    measuredSeconds: Double(number % 61),
                    sampleRateHz: 48_000,
                    calibrationDB: isLate ? 94 : nil,
                    levels: levels,
                    clippedSamples: 0
                )
                measurements.append(.levels(source: source, minute))
            }
        }
        try store.write(measurements: measurements)
    }

    /// The bins that are kept give what the minutes themselves do.
    private func expectTrueLevels(_ store: EventStore, _ comment: Comment? = nil) throws {
        for offset in [0.0, 900, 1_800] {
            let edges = (0...4).map { noon(plus: Double($0 - 1) * 3_600 + offset) }
            // An edge between two minutes has them read.
            let minutes = edges.dropLast() + [edges[4] + 0.001]
            let (kept, counted) = (
                try store.levels(inBins: edges), try store.levels(inBins: Array(minutes))
            )
            #expect(kept.map(\.start) == counted.map(\.start), comment)
            #expect(kept.map(\.source) == counted.map(\.source), comment)
            #expect(kept.map(\.calibrationDB) == counted.map(\.calibrationDB), comment)
            #expect(kept.map(\.measuredSeconds) == counted.map(\.measuredSeconds), comment)
            for (bin, other) in zip(kept, counted) {
                for level in [\MeasuredLevels.laeq, \.laf10, \.laf50, \.laf90] {
                    let (one, two) = (bin.levels[keyPath: level], other.levels[keyPath: level])
                    #expect((one == nil) == (two == nil), comment)
                    #expect(abs((one ?? 0) - (two ?? 0)) < 1e-6, comment)
                }
            }
        }
    }

    @Test func keptBinsOfLevelsAreWhatTheirMinutesAddUpTo() throws {
        try store.name(sources: "garden", "porch")
        try writeMinutes()
        let bins = try store.levels(inBins: edges)
        #expect(
            bins.map(\.source) == [
                "garden", "porch", "garden", "porch", "porch", "garden", "porch",
            ]
        )
        try expectTrueLevels(store)
        #expect(try store.levels(inBins: edges, source: "garden").map(\.source).count == 3)
    }

    @Test func levelsThatRetentionRemovedAreInNoBin() throws {
        try writeMinutes()
        // In the middle of a quarter of an hour.
        let now = noon(plus: 86_400 + 3_600 + 400)
        _ = try store.applyRetention(RetentionPolicy(levelDays: 1), now: now)
        try expectTrueLevels(store)
        #expect(try store.levels(inBins: edges).first?.start == edges[1])
        _ = try store.applyRetention(RetentionPolicy(levelDays: 0), now: now + 86_400)
        let left = try store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM level_bin") }
        #expect(left == 0)
    }

    @Test func levelsOfTheFormatBeforeAreAddedUp() throws {
        try writeMinutes()
        let before = try store.levels(inBins: edges)
        try store.close()
        let database = try DatabaseQueue(path: files.path)
        try database.write { database in
            try database.execute(
                sql: """
                    DROP TRIGGER level_minute_written;
                    DROP TRIGGER level_minute_removed;
                    DROP TABLE level_bin;
                    DELETE FROM grdb_migrations WHERE identifier = '11 level bins';
                    PRAGMA user_version = 10;
                    """
            )
        }
        try database.close()
        let newer = try files.open()
        let after = try newer.levels(inBins: edges)
        #expect(after.map(\.measuredSeconds) == before.map(\.measuredSeconds))
        #expect(after.map(\.levels.lafMax) == before.map(\.levels.lafMax))
        try expectTrueLevels(newer)
    }
}
