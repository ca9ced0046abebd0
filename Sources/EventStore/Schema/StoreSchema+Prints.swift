extension StoreSchema {
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
