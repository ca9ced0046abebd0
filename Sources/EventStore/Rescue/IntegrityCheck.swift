import Foundation
import GRDB

/// An integrity check of the whole file while others write and read it.
///
/// It has a connection of its own, because those in use cache pages and would not see damage on
/// the disk. In WAL mode a reader does not block the writer; only the WAL cannot be checkpointed
/// meanwhile.
package final class IntegrityCheck: Sendable {
    private let store: EventStore
    private let file: FileIdentity?
    private let connection: DatabaseQueue

    init(_ store: EventStore) throws(StoreError) {
        self.store = store
        file = FileIdentity(path: store.path)
        do {
            connection = try DatabaseQueue(
                path: store.path,
                configuration: EventStore.configuration(options: store.options, readOnly: true)
            )
        } catch {
            throw store.suspect(StoreError(error, path: store.path), of: file)
        }
    }

    /// Reads the whole file, which takes as long as the disk needs for that.
    ///
    /// What is found is remembered by the store, so that it is opened again, and rescued if it is
    /// damaged, at the next retry.
    /// - Throws: What is wrong with the file, or why it can't be read.
    package func run() throws(StoreError) {
        defer { try? connection.close() }
        do {
            let finding = try connection.read { database in
                try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "ok"
            }
            guard finding != "ok" else { return }
            throw StoreError.damaged(path: store.path, finding: StoreError.oneLine(finding))
        } catch {
            throw store.suspect(StoreError(error, path: store.path), of: file)
        }
    }

    /// Ends a check that runs; it then throws.
    package func interrupt() {
        connection.interrupt()
    }
}

extension EventStore {
    /// Prepares to look at the whole file.
    ///
    /// - Throws: Why it can't be read.
    package func makeIntegrityCheck() throws(StoreError) -> IntegrityCheck {
        try IntegrityCheck(self)
    }
}
