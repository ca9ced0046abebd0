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
}
