import Foundation
import GRDB

/// A look at the whole history for damage while others write and read it.
///
/// It has a connection of its own, because those in use know many pages by heart and would not see
/// what became of them on the disk. Nobody waits for it: in the mode that the file is in (WAL),
/// who reads holds up nobody who writes; only the log can't shrink meanwhile.
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
    /// damaged, as soon as somebody retries.
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
