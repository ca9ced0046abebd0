package import Foundation
import GRDB

extension EventStore {
    /// Records the clip of an event.
    ///
    /// - Throws: ``StoreError/noSuchEvent(id:)`` if retention or a user has removed the event.
    package func setClip(ofEvent id: Int64, to clip: NewClip) throws(StoreError) {
        try write { database in
            try database.execute(
                sql: "UPDATE event SET clip_path = ?, clip_bytes = ? WHERE id = ?",
                arguments: [clip.path, clip.byteCount, id]
            )
            try Self.requireChange(ofEvent: id, in: database)
            try database.execute(
                sql: """
                    INSERT OR REPLACE INTO clip (event_id, start_utc_ms, length_ms,
                        sample_rate_hz, lost_ms, private_ms, is_cut_short, gone)
                    VALUES (?, ?, ?, ?, ?, ?, ?, NULL)
                    """,
                arguments: [
                    id, clip.start.utcMilliseconds, milliseconds(clip.seconds),
                    clip.sampleRateHz, milliseconds(clip.lostSeconds),
                    milliseconds(clip.privateSeconds), clip.isCutShort,
                ]
            )
        }
    }

    /// Records why events have no clip any more, or never got the one that was due.
    ///
    /// Events that are no longer in the history are passed over.
    package func clearClips(
        ofEvents ids: [Int64],
        because absence: ClipAbsence
    ) throws(StoreError) {
        guard !ids.isEmpty else { return }
        try write { database in
            let forget = try database.cachedStatement(
                sql: "UPDATE event SET clip_path = NULL, clip_bytes = NULL WHERE id = ?"
            )
            let explain = try database.cachedStatement(
                sql: """
                    INSERT INTO clip (event_id, gone) VALUES (?, ?)
                    ON CONFLICT (event_id) DO UPDATE SET gone = excluded.gone
                    """
            )
            for id in ids {
                try forget.execute(arguments: [id])
                guard database.changesCount == 1 else { continue }
                try explain.execute(arguments: [id, absence.rawValue])
            }
        }
    }

    /// Why there is no clip of an event; nil if there is one, or if none was due.
    package func clipAbsence(ofEvent id: Int64) throws(StoreError) -> ClipAbsence? {
        try read { database in
            try String.fetchOne(
                database,
                sql: "SELECT gone FROM clip WHERE event_id = ?",
                arguments: [id]
            ).flatMap(ClipAbsence.init)
        }
    }

    /// The moment of the first sample of an event's clip; nil if it is not known.
    package func clipStart(ofEvent id: Int64) throws(StoreError) -> Date? {
        try read { database in
            try Int64.fetchOne(
                database,
                sql: "SELECT start_utc_ms FROM clip WHERE event_id = ?",
                arguments: [id]
            ).map(Date.init(utcMilliseconds:))
        }
    }

    /// The clips that are kept, in an order.
    ///
    /// - Parameters:
    ///   - order: Which come first.
    ///   - className: Only clips of this class; nil: of all.
    ///   - before: Only clips of events that began before this moment; nil: of all.
    ///   - limit: The most to give.
    /// - Returns: The clips.
    /// - Throws: Any ``StoreError`` of reading.
    package func clips(
        _ order: ClipOrder = .oldestFirst,
        ofClass className: String? = nil,
        before: Date? = nil,
        limit: Int = .max
    ) throws(StoreError) -> [StoredClip] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT event.id, clip_path, clip_bytes, start_utc_ms, name, peak_score
                    FROM event JOIN class ON class.id = event.class_id
                    WHERE clip_path IS NOT NULL AND (:class IS NULL OR name = :class)
                        AND start_utc_ms < :before
                    ORDER BY \(order.sql) LIMIT :limit
                    """,
                arguments: [
                    "class": className, "before": before?.utcMilliseconds ?? Int64.max,
                    "limit": limit,
                ]
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

    /// When the history begins: the moment of its first source or model.
    package func birth() throws(StoreError) -> Date? {
        try read { database in
            try Int64.fetchOne(
                database,
                sql: """
                    SELECT min(moment) FROM (
                        SELECT min(first_seen_utc_ms) AS moment FROM source
                        UNION ALL SELECT min(first_used_utc_ms) FROM model)
                    """
            ).map(Date.init(utcMilliseconds:))
        }
    }
}

private func milliseconds(_ seconds: Double) -> Int64 {
    Int64((seconds * 1_000).rounded())
}

/// A clip that was written, to be noted with its event.
package struct NewClip: Sendable, Equatable {
    /// Where it is, relative to the folder of clips.
    package var path: String
    /// The length of the file, in bytes.
    package var byteCount: Int64
    /// The moment of its first sample.
    package var start: Date
    /// How long it sounds, in seconds.
    package var seconds: Double
    /// Samples per second.
    package var sampleRateHz: Int
    /// How much of it is silence in place of lost samples, in seconds.
    package var lostSeconds: Double
    /// How much of it is silence in place of private sound, in seconds.
    package var privateSeconds: Double
    /// Whether it ends before the event does, because clips have a greatest length.
    package var isCutShort: Bool

    /// Creates the description from its parts.
    package init(
        path: String,
        byteCount: Int64,
        start: Date,
        seconds: Double,
        sampleRateHz: Int,
        lostSeconds: Double = 0,
        privateSeconds: Double = 0,
        isCutShort: Bool = false
    ) {
        self.path = path
        self.byteCount = byteCount
        self.start = start
        self.seconds = seconds
        self.sampleRateHz = sampleRateHz
        self.lostSeconds = lostSeconds
        self.privateSeconds = privateSeconds
        self.isCutShort = isCutShort
    }
}

/// A clip in the history.
package struct StoredClip: Sendable, Equatable {
    /// The event whose sound it is.
    package var eventID: Int64
    /// Where it is, relative to the folder of clips.
    package var path: String
    /// How long the file is, in bytes.
    package var byteCount: Int64
    /// The onset of the event.
    package var start: Date
    /// The class of the event.
    package var className: String
    /// The peak score of the event, 0...1.
    package var peakScore: Double
}

/// Which of the clips come first.
package enum ClipOrder: Sendable {
    /// By the onset of the event.
    case oldestFirst
    /// In the order in which they may go: those of events that a person labelled come last, since they
    /// are what models learn from. Of the others the oldest day comes first, in it the least certain.
    case mostExpendableFirst

    /// The terms of the order, which are constants.
    var sql: String {
        switch self {
        case .oldestFirst: "start_utc_ms, event.id"
        case .mostExpendableFirst:
            """
            EXISTS (SELECT 1 FROM event_label WHERE event_id = event.id),
            start_utc_ms / \(millisecondsPerDay), peak_score, start_utc_ms, event.id
            """
        }
    }
}

/// Why there is no clip of an event of which one was due, as the database words it.
package enum ClipAbsence: String, Sendable, CaseIterable {
    /// It was removed by age, by the space that clips may take, or to leave space for the history.
    case expired
    /// The file was deleted by hand, or clips were switched off.
    case deleted
    /// A private class was heard the whole time.
    case `private`
    /// It could not be written.
    case unwritable
    /// The queue of clips was full.
    case dropped
}
