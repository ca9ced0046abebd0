import Foundation
import GRDB
import Testing

@testable import EventStore

@Suite("Opening a store")
struct OpeningTests {
    private let files: TemporaryStore

    init() throws {
        files = try TemporaryStore()
    }

    private func fill() throws {
        let store = try files.open()
        let source = try store.sourceID(named: "porch", now: noon)
        let model = try store.register(files.model, now: noon)
        for second in 0..<500 {
            _ = try store.begin(
                NewEvent(
                    sourceID: source,
                    classID: model.classIDs[0],
                    start: noon(plus: Double(second)),
                    end: noon(plus: Double(second) + 0.5),
                    peakScore: 1,
                    meanScore: 1,
                    levelDBFS: -10
                )
            )
        }
        try store.close()
    }

    private func error(_ body: () throws -> Void) -> StoreError? {
        do {
            try body()
            return nil
        } catch {
            return error as? StoreError
        }
    }

    @Test func aNewStoreMakesItsFolder() throws {
        let path = files.folder.appendingPathComponent("state/deep/events.sqlite").path
        let store = try EventStore(path: path, now: noon)
        #expect(FileManager.default.fileExists(atPath: path))
        #expect(store.size() > 0)
    }

    @Test func theFileIsInWriteAheadModeWithForeignKeysAndIncrementalVacuum() throws {
        try fill()
        let connection = try DatabaseQueue(path: files.path)
        let journal = try connection.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") }
        let vacuum = try connection.read { try Int.fetchOne($0, sql: "PRAGMA auto_vacuum") }
        let format = try connection.read { try Int.fetchOne($0, sql: "PRAGMA user_version") }
        let orphans = try connection.read {
            try Row.fetchAll($0, sql: "PRAGMA foreign_key_check").count
        }
        #expect(journal == "wal")
        #expect(vacuum == 2)
        #expect(format == StoreSchema.version)
        #expect(orphans == 0)
    }

    @Test func anEventOfAnUnknownClassIsRefusedByTheDatabase() throws {
        let store = try files.open()
        let found = error {
            _ = try store.begin(
                NewEvent(
                    sourceID: 1,
                    classID: 99,
                    start: noon,
                    peakScore: 1,
                    meanScore: 1,
                    levelDBFS: -10
                )
            )
        }
        #expect(
            found
                == .failed(path: files.path, reason: "FOREIGN KEY constraint failed")
        )
    }

    @Test func aStoreThatWasReadAndClosedIsASingleFile() throws {
        try fill()
        let store = try files.open()
        _ = try store.events(matching: EventFilter())
        _ = try store.sourceID(named: "porch", now: noon)
        try store.close()
        let names = try FileManager.default.contentsOfDirectory(atPath: files.folder.path)
        #expect(names == ["events.sqlite"], "a log beside it would hide what is done to the file")
    }

    @Test func whatWasWrittenIsThereAfterReopening() throws {
        try fill()
        let store = try files.open(now: noon(plus: 500))
        #expect(try store.events(matching: EventFilter()).count == 500)
    }

    @Test func aNewerFormatIsRefusedAndLeftAlone() throws {
        try fill()
        let connection = try DatabaseQueue(path: files.path)
        try connection.write { try $0.execute(sql: "PRAGMA user_version = 70") }
        try connection.close()
        let before = try Data(contentsOf: URL(fileURLWithPath: files.path))
        let expected = StoreError.newerVersion(
            path: files.path,
            found: 70,
            known: StoreSchema.version
        )
        #expect(error { _ = try files.open() } == expected)
        #expect(error { _ = try EventStore.openReadOnly(path: files.path) } == expected)
        #expect(try Data(contentsOf: URL(fileURLWithPath: files.path)) == before)
        #expect(
            expected.description
                == "The event history '\(files.path)' has format 70, this earwitness knows up to "
                + "\(StoreSchema.version). "
                + "Install the newer earwitness that wrote it."
        )
    }

    @Test func anOlderFormatIsNotReadWithoutBringingItUpToDate() throws {
        try fill()
        let connection = try DatabaseQueue(path: files.path)
        try connection.write { try $0.execute(sql: "PRAGMA user_version = 0") }
        try connection.close()
        #expect(
            error { _ = try EventStore.openReadOnly(path: files.path) }
                == .olderVersion(path: files.path, found: 0, known: StoreSchema.version)
        )
    }

    @Test func aTextFileIsNotADatabase() throws {
        try Data(repeating: 65, count: 5_000).write(to: URL(fileURLWithPath: files.path))
        #expect(error { _ = try files.open() } == .notADatabase(path: files.path))
        #expect(
            error { _ = try EventStore.openReadOnly(path: files.path) }
                == .notADatabase(path: files.path)
        )
    }

    @Test func aFolderIsNotADatabase() throws {
        #expect(
            error { _ = try EventStore(path: files.folder.path) }
                == .notADatabase(path: files.folder.path)
        )
    }

    @Test func anotherProgramsDatabaseIsLeftAlone() throws {
        let connection = try DatabaseQueue(path: files.path)
        try connection.write { try $0.execute(sql: "CREATE TABLE song (name TEXT)") }
        try connection.close()
        #expect(error { _ = try files.open() } == .foreignDatabase(path: files.path))
    }

    @Test func whatAKillLeavesBeforeTheFirstMigrationIsTakenForEmpty() throws {
        let connection = try DatabaseQueue(path: files.path)
        var nothing = DatabaseMigrator()
        nothing.registerMigration("never reached") { _ in throw CancellationError() }
        #expect(throws: (any Error).self) { try nothing.migrate(connection) }
        let tables = try connection.read {
            try String.fetchAll($0, sql: "SELECT tbl_name FROM sqlite_schema")
        }
        #expect(Set(tables) == ["grdb_migrations"])
        try connection.close()
        let store = try files.open()
        #expect(store.fault == nil)
        #expect(try store.lastEventID() == 0)
    }

    @Test func aDamagedFileIsFoundAtOpening() throws {
        try fill()
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: files.path))
        let pages = Int(try file.seekToEnd()) / 4_096
        for page in 3..<pages {
            try file.seek(toOffset: UInt64(page * 4_096 + 4))
            try file.write(contentsOf: Data(repeating: 0xA5, count: 64))
        }
        try file.close()
        guard case .damaged(files.path, _) = error({ _ = try files.open() }) else {
            Issue.record("not found to be damaged")
            return
        }
    }

    @Test func aTruncatedFileIsFoundAtOpening() throws {
        try fill()
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: files.path))
        try file.truncate(atOffset: 12_000)
        try file.close()
        guard case .damaged(files.path, _) = error({ _ = try files.open() }) else {
            Issue.record("not found to be damaged")
            return
        }
    }

    @Test func aFolderThatIsAFileCannotHoldAStore() throws {
        try Data().write(to: files.folder.appendingPathComponent("state"))
        let path = files.folder.appendingPathComponent("state/events.sqlite").path
        let found = error { _ = try EventStore(path: path) }
        let folder = files.folder.appendingPathComponent("state").path
        #expect(found == .cannotCreate(path: path, reason: "'\(folder)' is not a folder"))
    }

    @Test func aFolderThatCannotBeMadeIsNamed() {
        let found = error { _ = try EventStore(path: "/proc/earwitness/events.sqlite") }
        #expect(
            found
                == .cannotCreate(
                    path: "/proc/earwitness/events.sqlite",
                    reason: "the folder '/proc/earwitness' cannot be created"
                )
        )
    }

    @Test func aLockThatIsHeldTooLongIsReported() throws {
        try fill()
        var options = StoreOptions()
        options.busyTimeoutSeconds = 0.05
        let store = try EventStore(path: files.path, options: options, now: noon)
        let other = try DatabaseQueue(path: files.path)
        try other.inDatabase { database in
            try database.execute(sql: "BEGIN IMMEDIATE")
            #expect(
                error { _ = try store.sourceID(named: "garden") } == .locked(path: files.path)
            )
            let readable = try store.events(matching: EventFilter()).count
            #expect(readable == 500)
            try database.execute(sql: "ROLLBACK")
        }
        _ = try store.sourceID(named: "garden")
    }

    @Test func readingANonexistentStoreSaysThatThereIsNone() {
        let found = error { _ = try EventStore.openReadOnly(path: files.path) }
        #expect(found == .missing(path: files.path))
        #expect(!FileManager.default.fileExists(atPath: files.path))
    }

    @Test func aReadOnlyStoreReadsBesideTheWriterAndWritesNothing() throws {
        let writer = try files.open()
        _ = try writer.sourceID(named: "porch")
        let store = try EventStore.openReadOnly(path: files.path)
        #expect(try store.sourceNames() == ["porch"])
        _ = try writer.sourceID(named: "garden")
        #expect(try store.sourceNames() == ["garden", "porch"])
        #expect(
            error { _ = try store.sourceID(named: "cellar") } == .readOnly(path: files.path)
        )
    }

    /// Whoever runs the tests as root reads as usual; anybody else reads without locks.
    @Test func aStoreInAFolderThatCannotBeWrittenIsReadAsItIs() throws {
        try fill()
        let manager = FileManager.default
        try manager.setAttributes([.posixPermissions: 0o444], ofItemAtPath: files.path)
        try manager.setAttributes([.posixPermissions: 0o555], ofItemAtPath: files.folder.path)
        let store = try EventStore.openReadOnly(path: files.path)
        #expect(try store.events(matching: EventFilter()).count == 500)
        try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: files.folder.path)
    }

    @Test func aReadOnlyStoreReadsAfterTheWriterHasClosed() throws {
        try fill()
        let store = try EventStore.openReadOnly(path: files.path)
        #expect(try store.events(matching: EventFilter()).count == 500)
    }
}
