package import Foundation
import GRDB

/// A message to be sent.
package struct NewMessage: Sendable, Equatable {
    /// Who delivers it, such as `mqtt` or `webhook ntfy.sh`.
    package var channel: String
    /// What distinguishes it from every other message of its channel, such as `porch-bark/812`.
    package var key: String
    /// What is sent, as the channel's courier reads it.
    package var payload: Data
    /// When what it tells happened.
    package var createdAt: Date
    /// When it is given up.
    package var expiresAt: Date

    /// Creates the message from its parts.
    package init(channel: String, key: String, payload: Data, createdAt: Date, expiresAt: Date) {
        self.channel = channel
        self.key = key
        self.payload = payload
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}

/// A message that waits.
package struct OutboxMessage: Sendable, Equatable {
    /// Its number; later messages have higher ones.
    package var id: Int64
    /// Who delivers it.
    package var channel: String
    /// What distinguishes it from every other message of its channel.
    package var key: String
    /// What is sent.
    package var payload: Data
    /// When what it tells happened.
    package var createdAt: Date
    /// When it is given up.
    package var expiresAt: Date
    /// How often sending it has failed.
    package var attempts: Int
    /// When it is to be sent.
    package var retryAt: Date

    init(_ row: Row) {
        id = row["id"]
        channel = row["channel"]
        key = row["key"]
        payload = row["payload"]
        createdAt = Date(milliseconds: row["created_utc_ms"])
        expiresAt = Date(milliseconds: row["expires_utc_ms"])
        attempts = row["attempts"]
        retryAt = Date(milliseconds: row["retry_utc_ms"])
    }
}

/// How far one who makes messages of events has read.
package struct ReaderProgress: Sendable, Equatable {
    /// The reader's name, such as `rules` or `mqtt`.
    package var reader: String
    /// The number of the last event that it has seen.
    package var lastEvent: Int64
    /// What it remembers besides.
    package var state: Data

    /// Creates the progress from its parts.
    package init(reader: String, lastEvent: Int64, state: Data = Data()) {
        self.reader = reader
        self.lastEvent = lastEvent
        self.state = state
    }
}

/// What became of the messages of a channel.
package struct ChannelCounts: Sendable, Equatable {
    /// Why sending last failed, and when.
    package struct Failure: Sendable, Equatable {
        package var reason: String
        package var date: Date
    }

    /// The channel's name.
    package var channel: String
    /// How many wait.
    package var waiting: Int
    /// How many were delivered since the file was begun.
    package var delivered: Int
    /// How many were given up since then.
    package var givenUp: Int
    /// When one was delivered last.
    package var lastDelivered: Date?
    /// When one was given up last.
    package var lastGivenUp: Date?
    /// What went wrong last.
    package var lastError: Failure?

    init(_ row: Row) {
        channel = row["name"]
        waiting = row["waiting"]
        delivered = row["delivered"]
        givenUp = row["given_up"]
        lastDelivered = (row["last_delivered_utc_ms"] as Int64?).map { Date(milliseconds: $0) }
        lastGivenUp = (row["last_given_up_utc_ms"] as Int64?).map { Date(milliseconds: $0) }
        if let reason = row["last_error"] as String?, let at = row["last_error_utc_ms"] as Int64? {
            lastError = Failure(reason: reason, date: Date(milliseconds: at))
        }
    }
}

/// Why messages cannot be kept or read.
package struct OutboxError: Error, Equatable, CustomStringConvertible {
    /// The outbox's file.
    package var path: String
    /// Why, in words that fit into a sentence.
    package var reason: String

    init(_ error: any Error, path: String) {
        self.path = path
        switch error {
        case let damage as OutboxDamage: reason = damage.finding
        case let error as OutboxError: reason = error.reason
        case let error as DatabaseError:
            let text = error.message ?? "SQLite error \(error.resultCode.rawValue)"
            reason = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        default: reason = "\(error)"
        }
    }

    package var description: String { "The outbox '\(path)' cannot be used (\(reason))." }
}

/// Something that makes a file useless as an outbox.
struct OutboxDamage: Error {
    let finding: String

    init(_ finding: String) {
        self.finding = finding
    }
}

extension Error {
    /// Whether the file's content is at fault, rather than the disk or permissions.
    var isDamage: Bool {
        if self is OutboxDamage { return true }
        switch (self as? DatabaseError)?.resultCode {
        case .SQLITE_CORRUPT?, .SQLITE_NOTADB?: return true
        // The tables are not those that the file's mark promises.
        case .SQLITE_ERROR?: return true
        default: return false
        }
    }
}

/// The tables of the outbox.
enum OutboxSchema {
    /// Marks the file as ours, in SQLite's `application_id`: "EARO" in ASCII.
    static let applicationID: Int64 = 0x4541_524F
    /// The number of the last migration, also in SQLite's `user_version`.
    static let version = 1

    static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "Outbox"
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            // A power cut must not bring back a message that was delivered.
            try database.execute(sql: "PRAGMA synchronous = FULL")
        }
        return configuration
    }

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.execute(sql: tables)
            try database.execute(sql: "PRAGMA application_id = \(applicationID)")
            try database.execute(sql: "PRAGMA user_version = \(version)")
        }
        return migrator
    }

    /// Saves how far a reader has come.
    static func save(_ progress: ReaderProgress, in database: Database) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO reader (name, last_event_id, state) VALUES (?, ?, ?)",
            arguments: [progress.reader, progress.lastEvent, progress.state]
        )
    }

    /// Adds a message; false if its channel has had one of its key.
    static func insert(_ message: NewMessage, in database: Database) throws -> Bool {
        try database.execute(
            sql: "INSERT OR IGNORE INTO channel (name) VALUES (?)",
            arguments: [message.channel]
        )
        try database.execute(
            sql: """
                INSERT OR IGNORE INTO message
                    (channel, key, payload, created_utc_ms, expires_utc_ms, retry_utc_ms)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                message.channel, message.key, message.payload, message.createdAt.milliseconds,
                message.expiresAt.milliseconds, Int64(0),
            ]
        )
        return database.changesCount == 1
    }

    private static let tables = """
        CREATE TABLE message (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            channel TEXT NOT NULL,
            key TEXT NOT NULL,
            payload BLOB NOT NULL,
            created_utc_ms INTEGER NOT NULL,
            expires_utc_ms INTEGER NOT NULL,
            retry_utc_ms INTEGER NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            is_waiting INTEGER NOT NULL DEFAULT 1,
            UNIQUE (channel, key)
        ) STRICT;
        CREATE INDEX waiting_message ON message (channel, id) WHERE is_waiting = 1;

        CREATE TABLE channel (
            name TEXT PRIMARY KEY,
            delivered INTEGER NOT NULL DEFAULT 0,
            given_up INTEGER NOT NULL DEFAULT 0,
            last_delivered_utc_ms INTEGER,
            last_given_up_utc_ms INTEGER,
            last_error TEXT,
            last_error_utc_ms INTEGER
        ) STRICT;

        CREATE TABLE reader (
            name TEXT PRIMARY KEY,
            last_event_id INTEGER NOT NULL,
            state BLOB NOT NULL
        ) STRICT;
        """
}

extension Date {
    /// The seconds from one moment to another.
    static func - (later: Date, earlier: Date) -> TimeInterval {
        later.timeIntervalSince(earlier)
    }

    /// Milliseconds since 1970.
    var milliseconds: Int64 { Int64((timeIntervalSince1970 * 1000).rounded()) }

    init(milliseconds: Int64) {
        self.init(timeIntervalSince1970: Double(milliseconds) / 1000)
    }
}
