import Foundation
import GRDB

extension EventStore {
    /// Notes the clip of an event, or, with nil, that it is gone.
    ///
    /// - Parameters:
    ///   - id: The number of the event.
    ///   - path: The file, relative to the folder of clips.
    ///   - byteCount: The length of the file, in bytes.
    /// - Throws: ``StoreError/noSuchEvent(id:)`` if there is no such event.
    package func setClip(
        ofEvent id: Int64,
        path: String?,
        byteCount: Int64 = 0
    ) throws(StoreError) {
        try write { database in
            try database.execute(
                sql: "UPDATE event SET clip_path = ?, clip_bytes = ? WHERE id = ?",
                arguments: [path, path == nil ? nil : byteCount, id]
            )
            try Self.requireChange(ofEvent: id, in: database)
        }
    }

    /// The clips that are kept, the oldest first.
    package func clips(limit: Int = .max) throws(StoreError) -> [StoredClip] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT event.id, clip_path, clip_bytes, start_utc_ms, name, peak_score
                    FROM event JOIN class ON class.id = event.class_id
                    WHERE clip_path IS NOT NULL ORDER BY start_utc_ms, event.id LIMIT ?
                    """,
                arguments: [limit]
            ).map { row in
                StoredClip(
                    eventID: row["id"],
                    path: row["clip_path"],
                    byteCount: row["clip_bytes"] ?? 0,
                    start: Date(utcMilliseconds: row["start_utc_ms"]),
                    className: row["name"],
                    peakScore: row["peak_score"]
                )
            }
        }
    }
}
