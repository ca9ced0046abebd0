package import Foundation
import GRDB

/// An event filter in SQL.
///
/// Values are always bound, never part of the text.
struct EventQuery {
    let sql: String
    let arguments: StatementArguments

    /// The part of the query that says what is read; `StoredEvent.init(row:)` reads it.
    static let columnsAndTables = """
        SELECT event.id AS id, source.name AS source, class.name AS class,
            class.label AS label, class.is_private AS is_private, event.start_utc_ms,
            event.end_utc_ms, event.peak_score, event.mean_score, event.level_dbfs,
            event.second_score,
            model.name AS model, event.clip_path, event_label.class_name AS labelled_class,
            event_label.note AS note, event_label.labelled_utc_ms AS labelled_utc_ms
        FROM event
        CROSS JOIN source ON source.id = event.source_id
        CROSS JOIN class ON class.id = event.class_id
        CROSS JOIN model ON model.id = class.model_id
        LEFT JOIN event_label ON event_label.event_id = event.id
        """

    /// Writes the query; nil if the source, model or every class named is unknown, so that nothing can
    /// match.
    ///
    /// Names are resolved to row numbers first, and the joins are written so that SQLite starts
    /// at `event`: the query then walks one index of it in the order asked for.
    init?(_ filter: EventFilter, in database: Database) throws {
        var conditions: [String] = []
        var arguments = StatementArguments()
        if !filter.classes.isEmpty || filter.model != nil {
            let ids = try Self.classIDs(named: filter.classes, model: filter.model, in: database)
            guard !ids.isEmpty else {
                return nil
            }
            conditions.append("event.class_id \(Self.oneOf(ids.count))")
            arguments += StatementArguments(ids)
        }
        if let name = filter.source {
            let found = try Int64.fetchOne(
                database,
                sql: "SELECT id FROM source WHERE name = ?",
                arguments: [name]
            )
            guard let id = found else {
                return nil
            }
            conditions.append("event.source_id = ?")
            arguments += [id]
        }
        if let since = filter.since {
            conditions.append("event.start_utc_ms >= ?")
            arguments += [since.utcMilliseconds]
        }
        if let until = filter.until {
            conditions.append("event.start_utc_ms < ?")
            arguments += [until.utcMilliseconds]
        }
        if let minScore = filter.minScore {
            conditions.append("event.peak_score >= ?")
            arguments += [minScore]
        }
        if !filter.includesOngoing {
            conditions.append("event.end_utc_ms IS NOT NULL")
        }
        let direction = filter.order == .newestFirst ? "DESC" : "ASC"
        var sql = Self.columnsAndTables
        if !conditions.isEmpty {
            sql += "\nWHERE " + conditions.joined(separator: " AND ")
        }
        let order = try Self.order(in: database).map { "\($0) \(direction)" }
        sql += "\nORDER BY " + order.joined(separator: ", ")
        if let limit = filter.limit {
            precondition(limit >= 0, "a limit is not negative")
            sql += "\nLIMIT ?"
            arguments += [limit]
        }
        self.sql = sql
        self.arguments = arguments
    }

    /// By onset; events after a clock was set back come later, whatever their date.
    ///
    /// Only a history with such a step pays for it: the order is then not that of an index.
    private static func order(in database: Database) throws -> [String] {
        let byOnset = ["event.start_utc_ms", "event.id"]
        let wasSetBack = try Bool.fetchOne(
            database,
            sql: "SELECT EXISTS (SELECT 1 FROM clock_step WHERE step_ms < 0)"
        )
        guard wasSetBack == true else { return byOnset }
        let age = """
            (SELECT count(*) FROM clock_step
                WHERE step_ms < 0 AND first_event_id <= event.id)
            """
        return [age] + byOnset
    }

    /// The rows of classes.
    ///
    /// Without names all those of the model, without a model those of all.
    private static func classIDs(
        named names: [String],
        model: String?,
        in database: Database
    ) throws -> [Int64] {
        var conditions: [String] = []
        var arguments = StatementArguments()
        if !names.isEmpty {
            conditions.append("class.name \(oneOf(names.count))")
            arguments += StatementArguments(names)
        }
        if let model {
            conditions.append("model.name = ?")
            arguments += [model]
        }
        return try Int64.fetchAll(
            database,
            sql: """
                SELECT class.id FROM class JOIN model ON model.id = class.model_id
                WHERE \(conditions.joined(separator: " AND ")) ORDER BY class.id
                """,
            arguments: arguments
        )
    }

    private static func oneOf(_ count: Int) -> String {
        count == 1 ? "= ?" : "IN (\(Array(repeating: "?", count: count).joined(separator: ", ")))"
    }
}

/// Which events are asked for.
///
/// Without anything set: all that are over, the oldest first.
package struct EventFilter: Sendable, Equatable {
    /// In which order events come, by their onset, and which of them remain under a limit.
    package enum Order: Sendable, Equatable {
        /// The oldest first; a limit keeps the oldest.
        case oldestFirst
        /// The newest first; a limit keeps the newest.
        case newestFirst
    }

    /// Only events that begin at this time or later.
    package var since: Date?
    /// Only events that begin before this time.
    package var until: Date?
    /// Only events of these classes, by name; empty: all classes.
    package var classes: [String] = []
    /// Only events that this source heard.
    package var source: String?
    /// Only events that a model of this name named.
    package var model: String?
    /// Only events whose peak score is at least this, 0...1.
    package var minScore: Double?
    /// At most so many events, 0 or more.
    package var limit: Int?
    /// The order.
    package var order = Order.oldestFirst
    /// Whether events in progress are included, without an end.
    package var includesOngoing = false

    /// Creates a filter for all finished events.
    package init() {}
}
