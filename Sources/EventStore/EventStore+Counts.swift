package import Foundation
import GRDB

extension EventStore {
    /// How often each class was heard, the most frequent first; classes of the same name in
    /// several models are one.
    ///
    /// Events that retention has removed are counted by the day: those of each UTC day that
    /// begins within the time. Without a source, all are counted.
    package func eventCounts(
        from: Date,
        to: Date,
        source: String? = nil
    ) throws(StoreError) -> [EventCount] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    WITH counted AS (
                        SELECT class_id, source_id, 1 AS events,
                            end_utc_ms - start_utc_ms AS sound_ms
                        FROM event
                        WHERE start_utc_ms >= :from AND start_utc_ms < :to
                            AND end_utc_ms IS NOT NULL
                        UNION ALL
                        SELECT class_id, source_id, event_count, sound_ms FROM event_day
                        WHERE day_start_utc_ms >= :from AND day_start_utc_ms < :to
                    )
                    SELECT class.name AS name, max(class.label) AS label,
                        sum(events) AS events, sum(sound_ms) AS sound_ms
                    FROM counted
                    JOIN class ON class.id = class_id
                    JOIN source ON source.id = source_id
                    WHERE :source IS NULL OR source.name = :source
                    GROUP BY class.name ORDER BY events DESC, class.name
                    """,
                arguments: [
                    "from": from.utcMilliseconds, "to": to.utcMilliseconds, "source": source,
                ]
            ).map { row in
                let soundMilliseconds: Int64 = row["sound_ms"]
                return EventCount(
                    className: row["name"],
                    label: row["label"],
                    count: row["events"],
                    soundSeconds: Double(soundMilliseconds) / 1000
                )
            }
        }
    }
}
