import GRDB

extension StoreSchema {
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
}
