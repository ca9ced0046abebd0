extension StoreSchema {
    /// The lengths of the bins that events are counted in, in minutes: every zone's hours and days
    /// can be put together from them.
    static let countedBinMinutes: [Int64] = [15, 60, 1_440]

    /// How many events there are in each bin of UTC, kept by triggers.
    ///
    /// Triggers, because every way to write, close or remove an event is then counted in its own
    /// transaction. An event counts once it is over.
    static let countTable =
        """
        CREATE TABLE event_count (
            bin_minutes INTEGER NOT NULL CHECK (bin_minutes IN (15, 60, 1440)),
            start_utc_ms INTEGER NOT NULL,
            source_id INTEGER NOT NULL REFERENCES source(id),
            class_id INTEGER NOT NULL REFERENCES class(id),
            events INTEGER NOT NULL CHECK (events >= 0),
            peak_score REAL NOT NULL,
            PRIMARY KEY (bin_minutes, start_utc_ms, source_id, class_id)
        ) STRICT, WITHOUT ROWID;

        """ + countingTriggers

    private static var countingTriggers: String {
        let minutes = countedBinMinutes
        return """
            CREATE TRIGGER event_written_whole AFTER INSERT ON event
            WHEN NEW.end_utc_ms IS NOT NULL BEGIN
            \(minutes.map { addition(of: "1", minutes: $0) }.joined(separator: "\n"))
            END;

            CREATE TRIGGER event_ended AFTER UPDATE OF end_utc_ms, peak_score ON event
            WHEN NEW.end_utc_ms IS NOT NULL BEGIN
            \(minutes.map { addition(of: "OLD.end_utc_ms IS NULL", minutes: $0) }
                .joined(separator: "\n"))
            END;

            CREATE TRIGGER event_removed AFTER DELETE ON event
            WHEN OLD.end_utc_ms IS NOT NULL BEGIN
            \(minutes.map(removal).joined(separator: "\n"))
            END;
            """
    }

    private static func addition(of count: String, minutes: Int64) -> String {
        """
            INSERT INTO event_count VALUES (\(minutes), \(beginning("NEW.start_utc_ms", minutes)),
                NEW.source_id, NEW.class_id, \(count), NEW.peak_score)
            ON CONFLICT DO UPDATE SET events = events + excluded.events,
                peak_score = max(peak_score, excluded.peak_score);
        """
    }

    private static func removal(minutes: Int64) -> String {
        let bin = """
            bin_minutes = \(minutes) AND start_utc_ms = \(beginning("OLD.start_utc_ms", minutes))
                AND source_id = OLD.source_id AND class_id = OLD.class_id
            """
        return """
                UPDATE event_count SET events = events - 1 WHERE \(bin);
                DELETE FROM event_count WHERE \(bin) AND events = 0;
            """
    }

    /// Fills the table from the events that are there.
    static let countsOfPresentEvents = """
        INSERT INTO event_count
        SELECT 15, start_utc_ms - start_utc_ms % 900000 AS bin, source_id, class_id,
            count(*), max(peak_score)
        FROM event WHERE end_utc_ms IS NOT NULL GROUP BY bin, source_id, class_id;

        INSERT INTO event_count
        SELECT 60, start_utc_ms - start_utc_ms % 3600000 AS bin, source_id, class_id,
            sum(events), max(peak_score)
        FROM event_count WHERE bin_minutes = 15 GROUP BY bin, source_id, class_id;

        INSERT INTO event_count
        SELECT 1440, start_utc_ms - start_utc_ms % 86400000 AS bin, source_id, class_id,
            sum(events), max(peak_score)
        FROM event_count WHERE bin_minutes = 60 GROUP BY bin, source_id, class_id;
        """

    private static func beginning(_ moment: String, _ minutes: Int64) -> String {
        "\(moment) - \(moment) % \(minutes * 60_000)"
    }
}
