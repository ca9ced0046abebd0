package import Foundation
import GRDB
import Platform
import Synchronization

/// Messages that wait on disk until their receivers have them: one SQLite file, `outbox.sqlite`.
///
/// Who makes messages of events saves with them how far it has read, in one transaction, so that
/// after a kill no event is lost and none makes a message twice. Every call blocks until the disk
/// has answered and every returned change is durable: call it off the audio path.
package final class Outbox: Sendable {
    /// The file's name in the state folder.
    package static let fileName = "outbox.sqlite"

    /// Where the file is; nil while messages wait in memory only.
    package let path: String?
    private let queue: DatabaseQueue
    private let listeners = Mutex<[String: AsyncStream<Void>.Continuation]>([:])

    private init(_ queue: DatabaseQueue, path: String?) throws {
        self.queue = queue
        self.path = path
        try OutboxSchema.migrator.migrate(queue)
    }

    /// Creates an outbox in memory, which ends with the process.
    package static func inMemory() -> Outbox {
        do {
            return try Outbox(DatabaseQueue(configuration: OutboxSchema.configuration), path: nil)
        } catch {
            preconditionFailure("a database in memory opens: \(error)")
        }
    }

    /// Opens the outbox of a state folder, whatever is there.
    ///
    /// A damaged file is renamed with its date and a new one begun; where no file can be written,
    /// messages wait in memory.
    /// - Parameters:
    ///   - folder: The state folder.
    ///   - now: The date in the name of a file that is set aside.
    /// - Returns: The outbox, and a line about what was wrong; nil if nothing was.
    package static func open(
        inFolder folder: String,
        now: Date = Date()
    ) -> (outbox: Outbox, remark: String?) {
        let path = "\(folder)/\(fileName)"
        let found: String
        do {
            return (try open(path), nil)
        } catch {
            found = OutboxError(error, path: path).description
            guard error.isDamage else {
                return (inMemory(), "\(found) Messages wait in memory until the next start.")
            }
        }
        guard let aside = StateFile.setAside(path, now: now) else {
            let reason = FileFailure.reason(code: errno)
            return (
                inMemory(),
                "\(found) Setting it aside failed (\(reason)). Messages wait in memory."
            )
        }
        for suffix in ["-wal", "-shm"] {
            _ = rename(path + suffix, aside + suffix)
        }
        do {
            let new = try open(path)
            return (new, "\(found) It is set aside as '\(aside)'; what waited there is not sent.")
        } catch {
            return (inMemory(), "\(OutboxError(error, path: path)) Messages wait in memory.")
        }
    }

    private static func open(_ path: String) throws -> Outbox {
        if let obstacle = StateFile.obstacle(at: path) { throw OutboxDamage(obstacle.reason) }
        let queue = try DatabaseQueue(path: path, configuration: OutboxSchema.configuration)
        let finding = try queue.read { database in
            let owner = try Int64.fetchOne(database, sql: "PRAGMA application_id") ?? 0
            let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
            if owner != 0, owner != OutboxSchema.applicationID {
                return "it belongs to another program"
            }
            if version > OutboxSchema.version { return "a later version wrote it" }
            let check = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "ok"
            return check
        }
        guard finding == "ok" else { throw OutboxDamage(finding) }
        return try Outbox(queue, path: path)
    }

    /// Closes the file; nothing may be called afterwards.
    package func close() {
        listeners.withLock { listeners in
            for listener in listeners.values { listener.finish() }
            listeners = [:]
        }
        try? queue.close()
    }

    // MARK: - Adding

    /// Adds messages and saves how far their maker has read, both or neither.
    ///
    /// A message whose channel already had one of the same key is left out, also when that one was
    /// delivered.
    /// - Parameters:
    ///   - messages: The messages.
    ///   - progress: How far their maker has read; nil leaves it as it is.
    /// - Returns: How many were added.
    /// - Throws: Why nothing was saved.
    @discardableResult
    package func append(
        _ messages: [NewMessage],
        progress: ReaderProgress? = nil
    ) throws(OutboxError) -> Int {
        let channels = try change { database in
            if let progress { try OutboxSchema.save(progress, in: database) }
            return try messages.filter { try OutboxSchema.insert($0, in: database) }.map(\.channel)
        }
        listeners.withLock { listeners in
            for channel in Set(channels) { listeners[channel]?.yield() }
        }
        return channels.count
    }

    /// How far a reader has come; nil if it has never read.
    package func progress(of reader: String) throws(OutboxError) -> ReaderProgress? {
        try look { database in
            let sql = "SELECT last_event_id, state FROM reader WHERE name = ?"
            return try Row.fetchOne(database, sql: sql, arguments: [reader]).map { row in
                ReaderProgress(reader: reader, lastEvent: row[0], state: row[1])
            }
        }
    }

    /// A signal whenever a channel has new messages, for its only courier.
    ///
    /// Signals that come while it is busy are one.
    package func arrivals(in channel: String) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        listeners.withLock { listeners in
            listeners[channel]?.finish()
            listeners[channel] = continuation
        }
        return stream
    }

    /// Wakes up the courier of a channel.
    package func signal(_ channel: String) {
        listeners.withLock { _ = $0[channel]?.yield() }
    }

    // MARK: - Delivering

    /// The oldest message of a channel that is to be sent now; nil if there is none.
    ///
    /// Those whose time is over are given up first.
    /// - Parameters:
    ///   - channel: The channel.
    ///   - now: The present.
    ///   - inOrder: Whether a message that failed holds up those after it.
    /// - Returns: The message, which stays until it is delivered or given up.
    /// - Throws: Why the file can't be read.
    package func next(
        channel: String,
        now: Date,
        inOrder: Bool = false
    ) throws(OutboxError) -> OutboxMessage? {
        try giveUpExpired(channel: channel, now: now)
        let found = try look { database in
            try Row.fetchOne(
                database,
                sql: """
                    SELECT * FROM message WHERE channel = ? AND is_waiting = 1
                        AND (? OR retry_utc_ms <= ?) ORDER BY id LIMIT 1
                    """,
                arguments: [channel, inOrder, now.milliseconds]
            ).map(OutboxMessage.init)
        }
        guard let found, found.retryAt <= now else { return nil }
        return found
    }

    /// When a channel's next message is to be sent; nil if none waits.
    package func nextDate(channel: String) throws(OutboxError) -> Date? {
        try look { database in
            try Int64.fetchOne(
                database,
                sql: "SELECT min(retry_utc_ms) FROM message WHERE channel = ? AND is_waiting = 1",
                arguments: [channel]
            ).map { Date(milliseconds: $0) }
        }
    }

    /// Records that the receiver has a message.
    package func delivered(_ id: Int64, now: Date = Date()) throws(OutboxError) {
        try finish(id, counter: "delivered", date: "last_delivered_utc_ms", now: now, error: nil)
    }

    /// Records that a message was not delivered, and when to try again.
    package func failed(
        _ id: Int64,
        reason: String,
        retryAt: Date,
        now: Date = Date()
    ) throws(OutboxError) {
        try change { database in
            try database.execute(
                sql: "UPDATE message SET attempts = attempts + 1, retry_utc_ms = ? WHERE id = ?",
                arguments: [retryAt.milliseconds, id]
            )
            try Self.record(reason, ofMessage: id, now: now, in: database)
        }
    }

    /// Puts off a message that nothing is wrong with.
    package func postpone(_ id: Int64, until date: Date) throws(OutboxError) {
        try change { database in
            try database.execute(
                sql: "UPDATE message SET retry_utc_ms = min(?, expires_utc_ms) WHERE id = ?",
                arguments: [date.milliseconds, id]
            )
        }
    }

    /// Records that no waiting message of a channel will be delivered, and why.
    package func giveUpAll(
        in channel: String,
        reason: String,
        now: Date = Date()
    ) throws(OutboxError) {
        let ids = try look { database in
            try Int64.fetchAll(
                database,
                sql: "SELECT id FROM message WHERE channel = ? AND is_waiting = 1",
                arguments: [channel]
            )
        }
        for id in ids { try giveUp(id, reason: reason, now: now) }
    }

    /// Records that a message will never be delivered, and why.
    package func giveUp(_ id: Int64, reason: String, now: Date = Date()) throws(OutboxError) {
        try finish(id, counter: "given_up", date: "last_given_up_utc_ms", now: now, error: reason)
    }

    private func giveUpExpired(channel: String, now: Date) throws(OutboxError) {
        let expired = try look { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM message
                    WHERE channel = ? AND is_waiting = 1 AND expires_utc_ms <= ? ORDER BY id
                    """,
                arguments: [channel, now.milliseconds]
            ).map(OutboxMessage.init)
        }
        guard !expired.isEmpty else { return }
        // The reason that people need is why nothing could be sent all the time.
        let channelCounts = try counts().first { $0.channel == channel }
        let failure = channelCounts?.lastError.flatMap { failure in
            failure.date >= channelCounts?.lastDelivered ?? .distantPast ? failure : nil
        }
        for message in expired {
            let reason = failure?.reason ?? "it waited for too long"
            try giveUp(message.id, reason: reason, now: now)
        }
    }

    /// A message that is done stays without its content until its time is over, so that one of its
    /// key is known.
    private func finish(
        _ id: Int64,
        counter: String,
        date: String,
        now: Date,
        error: String?
    ) throws(OutboxError) {
        try change { database in
            try database.execute(
                sql: """
                    UPDATE channel SET \(counter) = \(counter) + 1, \(date) = ?
                    WHERE name = (SELECT channel FROM message WHERE id = ? AND is_waiting = 1)
                    """,
                arguments: [now.milliseconds, id]
            )
            if let error { try Self.record(error, ofMessage: id, now: now, in: database) }
            try database.execute(
                sql: "UPDATE message SET is_waiting = 0, payload = x'' WHERE id = ?",
                arguments: [id]
            )
            try database.execute(
                sql: "DELETE FROM message WHERE is_waiting = 0 AND expires_utc_ms <= ?",
                arguments: [now.milliseconds]
            )
        }
    }

    private static func record(
        _ reason: String,
        ofMessage id: Int64,
        now: Date,
        in database: Database
    ) throws {
        try database.execute(
            sql: """
                UPDATE channel SET last_error = ?, last_error_utc_ms = ?
                WHERE name = (SELECT channel FROM message WHERE id = ?)
                """,
            arguments: [reason, now.milliseconds, id]
        )
    }

    // MARK: - Status

    /// What became of the messages of every channel that ever had one, by name.
    package func counts() throws(OutboxError) -> [ChannelCounts] {
        try look { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT channel.*, (SELECT count(*) FROM message
                        WHERE message.channel = channel.name AND is_waiting = 1) AS waiting
                    FROM channel ORDER BY name
                    """
            ).map(ChannelCounts.init)
        }
    }

    private func look<Value>(_ body: (Database) throws -> Value) throws(OutboxError) -> Value {
        do {
            return try queue.read(body)
        } catch {
            throw OutboxError(error, path: path ?? "memory")
        }
    }

    func change<Value>(_ body: (Database) throws -> Value) throws(OutboxError) -> Value {
        do {
            return try queue.write(body)
        } catch {
            throw OutboxError(error, path: path ?? "memory")
        }
    }
}
