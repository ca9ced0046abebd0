import GRDB

/// The tables of the event history and their numbered migrations.
///
/// A step that has been released is never changed; a change is a new step. `docs/database.md`
/// describes every table and column, and a test fails while it does not.
enum StoreSchema {
    /// Marks the file as ours, in SQLite's `application_id`: "EARW" in ASCII.
    static let applicationID: Int64 = 0x4541_5257

    /// The number of the last step, also in SQLite's `user_version`.
    static let version = 11

    /// All steps in order.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.execute(sql: firstTables)
            try finish(step: 1, in: database)
        }
        migrator.registerMigration("2") { database in
            try database.execute(sql: levelTables)
            try finish(step: 2, in: database)
        }
        migrator.registerMigration("3") { database in
            try database.execute(sql: clipTable)
            try finish(step: 3, in: database)
        }
        migrator.registerMigration("4 spool and clock") { database in
            try database.execute(sql: spoolAndClockTables)
            try finish(step: 4, in: database)
        }
        migrator.registerMigration("5 second opinion") { database in
            try database.execute(sql: secondScoreColumn)
            try finish(step: 5, in: database)
        }
        migrator.registerMigration("6 counts") { database in
            try database.execute(sql: countTable)
            try database.execute(sql: countsOfPresentEvents)
            try finish(step: 6, in: database)
        }
        migrator.registerMigration("7 score details") { database in
            try database.execute(sql: scoreDetailTables)
            try finish(step: 7, in: database)
        }
        migrator.registerMigration("8 packed scores") { database in
            try letScoresBePacked(in: database)
            try database.execute(sql: scorePackTables)
            try finish(step: 8, in: database)
        }
        migrator.registerMigration("9 label origin") { database in
            try database.execute(sql: labelOriginColumn)
            try finish(step: 9, in: database)
        }
        migrator.registerMigration("10 sound prints") { database in
            try database.execute(sql: printTable)
            try finish(step: 10, in: database)
        }
        migrator.registerMigration("11 level bins") { database in
            try database.execute(sql: levelBinTable)
            try database.execute(sql: levelsOfPresentMinutes)
            try finish(step: 11, in: database)
        }
        return migrator
    }

    private static func finish(step: Int, in database: Database) throws {
        try database.execute(sql: "PRAGMA application_id = \(applicationID)")
        try database.execute(sql: "PRAGMA user_version = \(step)")
    }

    private static let firstTables = """
        CREATE TABLE source (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE,
            device TEXT,
            first_seen_utc_ms INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE model (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL,
            version TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            first_used_utc_ms INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE class (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            model_id INTEGER NOT NULL REFERENCES model(id),
            class_index INTEGER NOT NULL CHECK (class_index >= 0),
            name TEXT NOT NULL,
            label TEXT NOT NULL,
            is_private INTEGER NOT NULL CHECK (is_private IN (0, 1)),
            UNIQUE (model_id, class_index),
            UNIQUE (model_id, name)
        ) STRICT;
        CREATE INDEX class_by_name ON class (name);

        CREATE TABLE event (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            source_id INTEGER NOT NULL REFERENCES source(id),
            class_id INTEGER NOT NULL REFERENCES class(id),
            start_utc_ms INTEGER NOT NULL,
            end_utc_ms INTEGER CHECK (end_utc_ms >= start_utc_ms),
            peak_score REAL NOT NULL CHECK (peak_score BETWEEN 0 AND 1),
            mean_score REAL NOT NULL CHECK (mean_score BETWEEN 0 AND 1),
            level_dbfs REAL,
            clip_path TEXT,
            clip_bytes INTEGER CHECK (clip_bytes >= 0)
        ) STRICT;
        CREATE INDEX event_by_start ON event (start_utc_ms);
        CREATE INDEX event_by_class_and_start ON event (class_id, start_utc_ms);
        CREATE INDEX event_by_source_and_start ON event (source_id, start_utc_ms);
        CREATE INDEX event_going_on ON event (source_id) WHERE end_utc_ms IS NULL;
        CREATE INDEX event_with_clip ON event (start_utc_ms) WHERE clip_path IS NOT NULL;

        CREATE TABLE event_label (
            event_id INTEGER PRIMARY KEY REFERENCES event(id) ON DELETE CASCADE,
            class_name TEXT,
            note TEXT,
            labelled_utc_ms INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE coverage (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            source_id INTEGER NOT NULL REFERENCES source(id),
            start_utc_ms INTEGER NOT NULL,
            end_utc_ms INTEGER NOT NULL CHECK (end_utc_ms >= start_utc_ms),
            state TEXT NOT NULL
                CHECK (state IN ('listening', 'gated', 'lost', 'absent', 'stopped')),
            lost_samples INTEGER NOT NULL DEFAULT 0 CHECK (lost_samples >= 0),
            reason TEXT
        ) STRICT;
        CREATE INDEX coverage_by_source_and_start ON coverage (source_id, start_utc_ms);

        CREATE TABLE score_block (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            source_id INTEGER NOT NULL REFERENCES source(id),
            model_id INTEGER NOT NULL REFERENCES model(id),
            start_utc_ms INTEGER NOT NULL,
            hop_us INTEGER NOT NULL CHECK (hop_us > 0),
            hop_count INTEGER NOT NULL CHECK (hop_count > 0),
            class_count INTEGER NOT NULL CHECK (class_count > 0),
            scores BLOB NOT NULL CHECK (length(scores) = hop_count * class_count),
            levels BLOB CHECK (length(levels) = hop_count)
        ) STRICT;
        CREATE INDEX score_block_by_start ON score_block (start_utc_ms);

        CREATE TABLE event_day (
            day_start_utc_ms INTEGER NOT NULL,
            source_id INTEGER NOT NULL REFERENCES source(id),
            class_id INTEGER NOT NULL REFERENCES class(id),
            event_count INTEGER NOT NULL,
            sound_ms INTEGER NOT NULL,
            PRIMARY KEY (day_start_utc_ms, source_id, class_id)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE coverage_day (
            day_start_utc_ms INTEGER NOT NULL,
            source_id INTEGER NOT NULL REFERENCES source(id),
            state TEXT NOT NULL
                CHECK (state IN ('listening', 'gated', 'lost', 'absent', 'stopped')),
            covered_ms INTEGER NOT NULL,
            lost_samples INTEGER NOT NULL,
            PRIMARY KEY (day_start_utc_ms, source_id, state)
        ) STRICT, WITHOUT ROWID;

        CREATE VIEW heard AS
        SELECT
            event.id AS id,
            source.name AS source,
            class.name AS class,
            class.label AS label,
            strftime('%Y-%m-%dT%H:%M:%fZ', event.start_utc_ms / 1000.0, 'unixepoch') AS start_utc,
            strftime('%Y-%m-%dT%H:%M:%fZ', event.end_utc_ms / 1000.0, 'unixepoch') AS end_utc,
            (event.end_utc_ms - event.start_utc_ms) / 1000.0 AS duration_s,
            event.peak_score AS peak_score,
            event.mean_score AS mean_score,
            event.level_dbfs AS level_dbfs,
            model.name AS model,
            event.clip_path AS clip_path,
            event_label.class_name AS labelled_class
        FROM event
        JOIN source ON source.id = event.source_id
        JOIN class ON class.id = event.class_id
        JOIN model ON model.id = class.model_id
        LEFT JOIN event_label ON event_label.event_id = event.id;
        """

    private static let clipTable = """
        CREATE TABLE clip (
            event_id INTEGER PRIMARY KEY REFERENCES event(id) ON DELETE CASCADE,
            start_utc_ms INTEGER,
            length_ms INTEGER CHECK (length_ms >= 0),
            sample_rate_hz INTEGER CHECK (sample_rate_hz > 0),
            lost_ms INTEGER NOT NULL DEFAULT 0 CHECK (lost_ms >= 0),
            private_ms INTEGER NOT NULL DEFAULT 0 CHECK (private_ms >= 0),
            is_cut_short INTEGER NOT NULL DEFAULT 0 CHECK (is_cut_short IN (0, 1)),
            gone TEXT CHECK (gone IN ('expired', 'deleted', 'private', 'unwritable', 'dropped'))
        ) STRICT;
        """

    private static let secondScoreColumn = """
        ALTER TABLE event ADD COLUMN second_score REAL CHECK (second_score BETWEEN 0 AND 1);
        """

    private static let labelOriginColumn = "ALTER TABLE event_label ADD COLUMN origin TEXT;"

    private static let spoolAndClockTables = """
        CREATE TABLE spool_mark (
            spool TEXT PRIMARY KEY,
            last_record INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE clock_step (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at_utc_ms INTEGER NOT NULL,
            step_ms INTEGER NOT NULL,
            first_event_id INTEGER NOT NULL
        ) STRICT;
        """
}

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
