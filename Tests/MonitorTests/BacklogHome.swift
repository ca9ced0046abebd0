import EventStore
import Foundation
import GRDB

@testable import Monitor

/// A folder for one test's database and spool.
final class BacklogHome {
    let folder: String
    var database: String { "\(folder)/events.sqlite" }

    static let model = ModelIdentity(
        name: "m",
        version: "1",
        digest: "d",
        classes: [ClassIdentity(name: "dog_bark", label: "Dog bark")]
    )

    init() throws {
        folder =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("ew-backlog-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    func openStore() throws -> EventStore {
        var options = StoreOptions()
        options.busyTimeoutSeconds = 0.05
        return try EventStore(path: database, options: options)
    }

    func backlog(for store: EventStore, spoolFolders: [String]? = nil) -> StoreBacklog {
        var backlog = StoreBacklog(
            models: [Self.model],
            sources: [("porch", nil)],
            spool: EventSpool(folders: spoolFolders ?? [folder], models: [Self.model]),
            numbers: EventNumbers(folder: folder),
            grace: .zero
        )
        if store.fault == nil { backlog.opened(store, wasDamaged: false) }
        return backlog
    }

    static func event(_ id: Int64, end: Double? = nil) -> EventRecord {
        EventRecord(
            id: id,
            source: "porch",
            model: model.key,
            className: "dog_bark",
            start: Date(timeIntervalSince1970: Double(id)),
            end: end.map { Date(timeIntervalSince1970: $0) },
            peakScore: 0.9,
            meanScore: 0.8,
            levelDBFS: -20
        )
    }
}

/// Another program that has begun to write and does not come to an end.
struct DatabaseLock {
    private let connection: DatabaseQueue

    init(path: String) throws {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        connection = try DatabaseQueue(path: path, configuration: configuration)
        try connection.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
    }

    func release() throws {
        try connection.inDatabase { try $0.execute(sql: "ROLLBACK") }
    }
}
