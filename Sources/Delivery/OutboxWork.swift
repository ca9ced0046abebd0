package import Foundation
import GRDB

/// What one did who delivers without messages, because it reads the history itself.
package struct ChannelWork: Sendable, Equatable {
    /// The channel.
    package var channel: String
    /// How many events were delivered.
    package var delivered = 0
    /// How many were given up.
    package var givenUp = 0
    /// What went wrong; nil if nothing did.
    package var error: String?
    /// When that was.
    package var date = Date()

    /// Creates the report of a channel that has delivered nothing.
    package init(channel: String, error: String? = nil) {
        self.channel = channel
        self.error = error
    }
}

extension Outbox {
    /// Counts what was delivered without messages and saves how far its reader has come, both or
    /// neither.
    ///
    /// Without an error, or with some that were given up, the receiver answered.
    /// - Parameters:
    ///   - work: What was done.
    ///   - progress: How far the reader has come; nil leaves it as it is.
    /// - Throws: Why nothing was saved.
    package func record(
        _ work: ChannelWork,
        progress: ReaderProgress? = nil
    ) throws(OutboxError) {
        let now = work.date.milliseconds
        let delivered = work.error == nil || work.delivered > 0 ? now : nil
        try change { database in
            if let progress { try OutboxSchema.save(progress, in: database) }
            try database.execute(
                sql: "INSERT OR IGNORE INTO channel (name) VALUES (?)",
                arguments: [work.channel]
            )
            try database.execute(
                sql: """
                    UPDATE channel SET delivered = delivered + :delivered,
                        given_up = given_up + :givenUp,
                        last_delivered_utc_ms = coalesce(:at, last_delivered_utc_ms),
                        last_given_up_utc_ms = iif(:givenUp > 0, :now, last_given_up_utc_ms),
                        last_error = coalesce(:error, last_error),
                        last_error_utc_ms = iif(:error IS NULL, last_error_utc_ms, :now)
                    WHERE name = :name
                    """,
                arguments: [
                    "delivered": work.delivered, "givenUp": work.givenUp, "at": delivered,
                    "now": now, "error": work.error, "name": work.channel,
                ]
            )
        }
    }
}
