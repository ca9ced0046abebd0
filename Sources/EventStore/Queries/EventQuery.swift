package import Foundation
import GRDB

/// An event filter in SQL.
///
/// Values are always bound, never part of the text.
struct EventQuery {
    let sql: String
    let arguments: StatementArguments

    /// The part of a query for single events; `StoredEvent.init(row:)` reads it.
    static let columnsAndTables = columns + " " + tables(labelledOnly: false)

    /// What is read of each event.
    private static let columns = """
        SELECT event.id AS id, source.name AS source, class.name AS class,
            class.label AS label, class.is_private AS is_private, event.start_utc_ms,
            event.end_utc_ms, event.peak_score, event.mean_score, event.level_dbfs,
            event.second_score,
            model.name AS model, event.clip_path, event_label.class_name AS labelled_class,
            event_label.note AS note, event_label.labelled_utc_ms AS labelled_utc_ms,
            event_label.origin AS label_origin
        """

    /// What `EventIndex` is made of.
    static let indexColumns = "SELECT event.id, event.start_utc_ms, model.name"

    /// Labels are few: those who ask for them begin with them.
    private static func tables(labelledOnly: Bool) -> String {
        let events =
            labelledOnly
            ? "FROM event_label CROSS JOIN event ON event.id = event_label.event_id"
            : "FROM event"
        let labels =
            labelledOnly ? "" : "LEFT JOIN event_label ON event_label.event_id = event.id"
        return """
            \(events)
            CROSS JOIN source ON source.id = event.source_id
            CROSS JOIN class ON class.id = event.class_id
            CROSS JOIN model ON model.id = class.model_id
            \(labels)
            """
    }

    /// Writes the query; nil if the source, model or every class named is unknown, so that nothing can
    /// match.
    ///
    /// Names are resolved to row numbers first, and the joins are written so that SQLite starts
    /// at `event`: the query then walks one index of it in the order asked for.
    ///
    /// - Parameters:
    ///   - filter: Which events.
    ///   - selection: What is read of each, if it is not a whole event.
    ///   - database: The database.
    /// - Throws: What SQLite reports.
    init?(
        _ filter: EventFilter,
        reading selection: String? = nil,
        in database: Database
    ) throws {
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
        if let hasClip = filter.hasClip {
            conditions.append("event.clip_path IS \(hasClip ? "NOT " : "")NULL")
        }
        if let label = filter.label { conditions.append(label.condition) }
        if filter.hidesWrong {
            conditions.append(
                "(event_label.event_id IS NULL OR event_label.class_name IS class.name)"
            )
        }
        if !filter.includesOngoing {
            conditions.append("event.end_utc_ms IS NOT NULL")
        }
        let direction = filter.order == .newestFirst ? "DESC" : "ASC"
        let isLabelled = ![nil, .unlabelled].contains(filter.label)
        var sql = (selection ?? Self.columns) + "\n" + Self.tables(labelledOnly: isLabelled)
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

    /// What a user said of events.
    package enum Label: String, Sendable, CaseIterable {
        /// That they are what they were taken for.
        case right
        /// That they are something else, or false alarms.
        case wrong
        /// Anything.
        case any
        /// Nothing.
        case unlabelled = "none"
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
    /// Only events with a clip, or only those without; nil: both.
    package var hasClip: Bool?
    /// Only events of which a user said this; nil: all.
    package var label: Label?
    /// Whether events are left out of which a user said that they are something else.
    package var hidesWrong = false
    /// At most so many events, 0 or more.
    package var limit: Int?
    /// The order.
    package var order = Order.oldestFirst
    /// Whether events in progress are included, without an end.
    package var includesOngoing = false

    /// Creates a filter for all finished events.
    package init() {}
}

extension EventFilter.Label {
    /// A label of nothing is a false alarm, so that `IS` is meant and not `=`.
    fileprivate var condition: String {
        switch self {
        case .right: "event_label.class_name IS class.name"
        case .wrong: "event_label.class_name IS NOT class.name"
        case .any: "event_label.event_id IS NOT NULL"
        case .unlabelled: "event_label.event_id IS NULL"
        }
    }
}
