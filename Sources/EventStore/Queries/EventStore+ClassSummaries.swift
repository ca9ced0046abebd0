package import Foundation
import GRDB

extension EventStore {
    /// How often each class of each model was heard in a time, and what users said of its events.
    ///
    /// - Parameters:
    ///   - from: The beginning; it counts as the hour of UTC in which it lies.
    ///   - to: The end.
    /// - Returns: In no order; a class that was not heard is not in it.
    /// - Throws: Any ``StoreError`` of reading.
    package func classSummaries(from: Date, to: Date) throws(StoreError) -> [ClassSummary] {
        let hour: Int64 = 3_600_000
        let start = from.utcMilliseconds - from.utcMilliseconds % hour
        return try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    WITH counted AS (
                        SELECT class_id, sum(events) AS events, 0 AS rights, 0 AS wrongs
                        FROM event_count
                        WHERE bin_minutes = 60 AND start_utc_ms >= :from AND start_utc_ms < :to
                        GROUP BY class_id
                        UNION ALL
                        SELECT class_id, 0, sum(event_label.class_name IS class.name),
                            sum(event_label.class_name IS NOT class.name)
                        FROM event_label
                        CROSS JOIN event ON event.id = event_id
                        CROSS JOIN class ON class.id = class_id
                        WHERE start_utc_ms >= :from AND start_utc_ms < :to
                        GROUP BY class_id
                    )
                    SELECT model.name, class.name, sum(events), sum(rights), sum(wrongs)
                    FROM counted
                    JOIN class ON class.id = class_id
                    JOIN model ON model.id = model_id
                    GROUP BY model.name, class.name
                    """,
                arguments: ["from": start, "to": to.utcMilliseconds]
            ).map { row in
                ClassSummary(
                    model: row[0],
                    className: row[1],
                    events: row[2],
                    rightLabels: row[3],
                    wrongLabels: row[4]
                )
            }
        }
    }
}

/// How often a class of a model was heard in a time, and what users said of its events.
package struct ClassSummary: Sendable, Equatable {
    /// The name of the model; all its versions are one.
    package var model: String
    /// The name of the class, such as `dog_bark`.
    package var className: String
    /// The number of events.
    package var events: Int
    /// How many of them a user called what they are.
    package var rightLabels: Int
    /// How many of them a user called something else, or false alarms.
    package var wrongLabels: Int
}
