extension StoreSchema {
    /// The sound levels of every minute, and the view that gives them with their unit.
    static let levelTables = """
        CREATE TABLE level_minute (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            source_id INTEGER NOT NULL REFERENCES source(id),
            minute_utc_ms INTEGER NOT NULL CHECK (minute_utc_ms % 60000 = 0),
            measured_ms INTEGER NOT NULL CHECK (measured_ms BETWEEN 0 AND 60000),
            sample_rate_hz INTEGER NOT NULL CHECK (sample_rate_hz > 0),
            calibration_db REAL,
            laeq_dbfs REAL,
            lceq_dbfs REAL,
            lzeq_dbfs REAL,
            lafmax_dbfs REAL,
            laf10_dbfs REAL,
            laf50_dbfs REAL,
            laf90_dbfs REAL,
            rms_dbfs REAL,
            peak_dbfs REAL,
            clipped_samples INTEGER NOT NULL CHECK (clipped_samples >= 0)
        ) STRICT;
        CREATE INDEX level_minute_by_minute ON level_minute (minute_utc_ms);
        CREATE INDEX level_minute_by_source_and_minute ON level_minute (source_id, minute_utc_ms);

        CREATE VIEW sound_level AS
        SELECT
            source.name AS source,
            strftime('%Y-%m-%dT%H:%M:%SZ', minute_utc_ms / 1000, 'unixepoch') AS minute_utc,
            measured_ms / 1000.0 AS measured_s,
            iif(calibration_db IS NULL, 'dBFS', 'dB SPL') AS unit,
            laeq_dbfs + coalesce(calibration_db, 0) AS laeq,
            lceq_dbfs + coalesce(calibration_db, 0) AS lceq,
            lzeq_dbfs + coalesce(calibration_db, 0) AS lzeq,
            lafmax_dbfs + coalesce(calibration_db, 0) AS lafmax,
            laf10_dbfs + coalesce(calibration_db, 0) AS laf10,
            laf50_dbfs + coalesce(calibration_db, 0) AS laf50,
            laf90_dbfs + coalesce(calibration_db, 0) AS laf90,
            clipped_samples
        FROM level_minute JOIN source ON source.id = source_id;
        """
}
