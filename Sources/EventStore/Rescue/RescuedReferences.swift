import GRDB

/// Gives rows that point at lost ones something to point at, and removes what then still points
/// nowhere.
enum RescuedReferences {
    static func repair(_ database: Database) throws {
        try database.inTransaction {
            try nameLostSources(in: database)
            try nameLostClasses(in: database)
            try removeOrphans(in: database)
            return .commit
        }
    }

    private static func nameLostSources(in database: Database) throws {
        try database.execute(
            sql: """
                INSERT OR IGNORE INTO source (id, name, device, first_seen_utc_ms)
                SELECT id, 'lost-source-' || id, NULL, min(seen) FROM (
                    SELECT source_id AS id, start_utc_ms AS seen FROM event
                    UNION ALL SELECT source_id, start_utc_ms FROM coverage
                    UNION ALL SELECT source_id, start_utc_ms FROM score_block
                    UNION ALL SELECT source_id, start_utc_ms FROM print_block
                    UNION ALL SELECT source_id, day_start_utc_ms FROM event_day
                    UNION ALL SELECT source_id, day_start_utc_ms FROM coverage_day
                ) WHERE id NOT IN (SELECT id FROM source) GROUP BY id
                """
        )
    }

    private static func nameLostClasses(in database: Database) throws {
        // Classes whose model is lost, and classes that are lost themselves.
        try database.execute(
            sql: """
                INSERT OR IGNORE INTO model (id, name, version, sha256, first_used_utc_ms)
                SELECT DISTINCT model_id, 'lost-model-' || model_id, '', '', 0 FROM (
                    SELECT model_id FROM class UNION SELECT model_id FROM score_block
                ) WHERE model_id NOT IN (SELECT id FROM model)
                """
        )
        let lost = """
            SELECT class_id FROM event UNION SELECT class_id FROM event_day
            EXCEPT SELECT id FROM class
            """
        guard try Int64.fetchOne(database, sql: lost) != nil else { return }
        try database.execute(
            sql: """
                INSERT INTO model (name, version, sha256, first_used_utc_ms)
                VALUES ('lost-model', '', '', 0)
                """
        )
        let model = database.lastInsertedRowID
        try database.execute(
            sql: """
                INSERT INTO class (id, model_id, class_index, name, label, is_private)
                SELECT class_id, ?, class_id, 'lost_class_' || class_id,
                    'Lost class ' || class_id, 1 FROM (\(lost))
                """,
            arguments: [model]
        )
    }

    private static func removeOrphans(in database: Database) throws {
        let violations = try Row.fetchAll(database, sql: "PRAGMA foreign_key_check")
        for violation in violations {
            guard let number = violation["rowid"] as Int64? else { continue }
            let table: String = violation["table"]
            try database.execute(
                sql: "DELETE FROM \(quoted(table)) WHERE rowid = ?",
                arguments: [number]
            )
        }
        try database.execute(
            sql: """
                DELETE FROM score_block
                    WHERE scores IS NULL AND id NOT IN (SELECT block_id FROM score_place);
                DELETE FROM score_pack WHERE id NOT IN (SELECT pack_id FROM score_place);
                """
        )
    }
}
