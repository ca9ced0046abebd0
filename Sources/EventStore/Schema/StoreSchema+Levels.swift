extension StoreSchema {
    /// The sound levels of each bin of UTC, kept by triggers as ``countTable`` is.
    ///
    /// What takes part in a mean is kept as a sum and its time. SQLite's `pow` is in every Debian and
    /// Ubuntu that is supported (`ENABLE_MATH_FUNCTIONS`).
    static let levelBinTable =
        """
        CREATE TABLE level_bin (
            bin_minutes INTEGER NOT NULL CHECK (bin_minutes IN (15, 60, 1440)),
            start_utc_ms INTEGER NOT NULL,
            source_id INTEGER NOT NULL REFERENCES source(id),
            calibration_db REAL,
            minutes INTEGER NOT NULL CHECK (minutes >= 0),
            measured_ms INTEGER NOT NULL CHECK (measured_ms >= 0),
            energy_ms REAL NOT NULL,
            lafmax_dbfs REAL,
            laf10_db_ms REAL NOT NULL,
            laf10_ms INTEGER NOT NULL,
            laf50_db_ms REAL NOT NULL,
            laf50_ms INTEGER NOT NULL,
            laf90_db_ms REAL NOT NULL,
            laf90_ms INTEGER NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX level_bin_by_start ON level_bin
            (bin_minutes, start_utc_ms, source_id, coalesce(calibration_db, -1000));

        CREATE TRIGGER level_minute_written AFTER INSERT ON level_minute BEGIN
        \(countedBinMinutes.map(addition).joined(separator: "\n"))
        END;

        CREATE TRIGGER level_minute_removed AFTER DELETE ON level_minute BEGIN
        \(countedBinMinutes.map(removal).joined(separator: "\n"))
        END;
        """

    /// Fills the table from the minutes that are there.
    static let levelsOfPresentMinutes = """
        INSERT INTO level_bin
        SELECT 15, minute_utc_ms - minute_utc_ms % 900000 AS bin, source_id, calibration_db,
            count(*), sum(measured_ms), sum(\(energy(""))), max(lafmax_dbfs),
            \([10, 50, 90].map { "sum(\(part($0, ""))), sum(\(time($0, "")))" }
                .joined(separator: ", "))
        FROM level_minute GROUP BY bin, source_id, calibration_db;
        \(longer(60, from: 15))
        \(longer(1_440, from: 60))
        """

    /// The columns that are added up, in their order.
    private static let sums =
        ["minutes", "measured_ms", "energy_ms"]
        + [10, 50, 90].flatMap { ["laf\($0)_db_ms", "laf\($0)_ms"] }

    private static func longer(_ minutes: Int64, from shorter: Int64) -> String {
        """
        INSERT INTO level_bin
        SELECT \(minutes), start_utc_ms - start_utc_ms % \(minutes * 60_000) AS bin, source_id,
            calibration_db, sum(minutes), sum(measured_ms), sum(energy_ms), max(lafmax_dbfs),
            \(sums.dropFirst(3).map { "sum(\($0))" }.joined(separator: ", "))
        FROM level_bin WHERE bin_minutes = \(shorter) GROUP BY bin, source_id, calibration_db;
        """
    }

    /// Power of a row's LAeq times its time; nothing for digital silence.
    private static func energy(_ row: String) -> String {
        "coalesce(pow(10, \(row)laeq_dbfs / 10), 0) * \(row)measured_ms"
    }

    /// A percentile level of a row times its time; nothing where there is none.
    private static func part(_ percent: Int, _ row: String) -> String {
        "coalesce(\(row)laf\(percent)_dbfs * \(row)measured_ms, 0)"
    }

    private static func time(_ percent: Int, _ row: String) -> String {
        "iif(\(row)laf\(percent)_dbfs IS NULL, 0, \(row)measured_ms)"
    }

    /// What a row adds to each of ``sums``.
    private static func additions(of row: String) -> [String] {
        ["1", "\(row)measured_ms", energy(row)]
            + [10, 50, 90].flatMap { [part($0, row), time($0, row)] }
    }

    private static func addition(minutes: Int64) -> String {
        let added = additions(of: "NEW.")
        return """
                INSERT INTO level_bin VALUES (\(minutes),
                    NEW.minute_utc_ms - NEW.minute_utc_ms % \(minutes * 60_000),
                    NEW.source_id, NEW.calibration_db, \(added.prefix(3).joined(separator: ", ")),
                    NEW.lafmax_dbfs, \(added.dropFirst(3).joined(separator: ", ")))
                ON CONFLICT DO UPDATE SET
                    \(sums.map { "\($0) = \($0) + excluded.\($0)" }.joined(separator: ", ")),
                    lafmax_dbfs = max(coalesce(lafmax_dbfs, excluded.lafmax_dbfs),
                        coalesce(excluded.lafmax_dbfs, lafmax_dbfs));
            """
    }

    private static func removal(minutes: Int64) -> String {
        let bin = """
            bin_minutes = \(minutes) AND source_id = OLD.source_id
                AND start_utc_ms = OLD.minute_utc_ms - OLD.minute_utc_ms % \(minutes * 60_000)
                AND coalesce(calibration_db, -1000) = coalesce(OLD.calibration_db, -1000)
            """
        let changes = zip(sums, additions(of: "OLD.")).map { "\($0) = \($0) - \($1)" }
        return """
                UPDATE level_bin SET \(changes.joined(separator: ", ")) WHERE \(bin);
                DELETE FROM level_bin WHERE \(bin) AND minutes = 0;
            """
    }
}
