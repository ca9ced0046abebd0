import GRDB

/// The tables of what was computed window by window.
extension StoreSchema {
    /// What it takes beside scores to decide about the past anew.
    ///
    /// A table of its own, so that the highest scores of a month can be read without its scores;
    /// the long column comes last, which leaves the others on the first page of a row.
    static let scoreDetailTables = """
        CREATE TABLE rule_set (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            rules TEXT NOT NULL UNIQUE
        ) STRICT;

        CREATE TABLE score_detail (
            block_id INTEGER PRIMARY KEY REFERENCES score_block(id) ON DELETE CASCADE,
            listening_since_utc_ms INTEGER NOT NULL,
            sample_rate_hz INTEGER NOT NULL CHECK (sample_rate_hz > 0),
            first_sample INTEGER NOT NULL,
            silent_samples INTEGER NOT NULL CHECK (silent_samples >= 0),
            rule_set_id INTEGER NOT NULL REFERENCES rule_set(id),
            hop_runs BLOB NOT NULL CHECK (length(hop_runs) % 12 = 0),
            peaks BLOB NOT NULL,
            familiarity BLOB,
            envelope BLOB NOT NULL
        ) STRICT;
        """

    /// Scores of some minutes in one compressed piece, and where in it each block is.
    ///
    /// Tables of their own rather than columns of `score_block`: an index of it would have to read all
    /// of a large history when that is opened.
    static let scorePackTables = """
        CREATE TABLE score_pack (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            content BLOB NOT NULL
        ) STRICT;

        CREATE TABLE score_place (
            block_id INTEGER PRIMARY KEY REFERENCES score_block(id) ON DELETE CASCADE,
            pack_id INTEGER NOT NULL REFERENCES score_pack(id),
            place INTEGER NOT NULL CHECK (place >= 0)
        ) STRICT;
        CREATE INDEX score_place_by_pack ON score_place (pack_id);

        CREATE TRIGGER score_pack_left AFTER DELETE ON score_place BEGIN
            DELETE FROM score_pack WHERE id = OLD.pack_id
                AND NOT EXISTS (SELECT 1 FROM score_place WHERE pack_id = OLD.pack_id);
        END;
        """

    /// Lets the columns be NULL whose content goes into a pack.
    ///
    /// Only the text of the tables changes: to copy gigabytes into new ones would take minutes.
    /// https://www.sqlite.org/lang_altertable.html#making_other_kinds_of_table_schema_changes
    static func letScoresBePacked(in database: Database) throws {
        let version = try Int.fetchOne(database, sql: "PRAGMA schema_version") ?? 0
        try database.execute(
            sql: """
                PRAGMA writable_schema = ON;
                UPDATE sqlite_schema SET sql = replace(sql, 'scores BLOB NOT NULL', 'scores BLOB')
                    WHERE type = 'table' AND name = 'score_block';
                UPDATE sqlite_schema SET sql = replace(sql, 'envelope BLOB NOT NULL', 'envelope BLOB')
                    WHERE type = 'table' AND name = 'score_detail';
                PRAGMA schema_version = \(version + 1);
                PRAGMA writable_schema = RESET;
                """
        )
        database.clearSchemaCache()
    }

    /// Prints of sounds, up to sixty a row: as many as a page of the file holds.
    static let printTable = """
        CREATE TABLE print_block (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            source_id INTEGER NOT NULL REFERENCES source(id),
            model_id INTEGER NOT NULL REFERENCES model(id),
            start_utc_ms INTEGER NOT NULL,
            window_ms INTEGER NOT NULL CHECK (window_ms > 0),
            print_count INTEGER NOT NULL CHECK (print_count > 0),
            offsets BLOB NOT NULL CHECK (length(offsets) = 2 * print_count),
            prints BLOB NOT NULL CHECK (length(prints) = 64 * print_count)
        ) STRICT;
        CREATE INDEX print_block_by_start ON print_block (start_utc_ms);
        """
}
