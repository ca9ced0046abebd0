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
        let events = (0..<500).map { second in
            EventRecord(
                id: Int64(second + 1),
                source: "porch",
                model: TemporaryStore.model.key,
                className: "dog_bark",
                start: noon(plus: Double(second)),
                end: noon(plus: Double(second) + 0.5),
                peakScore: 1,
                meanScore: 1,
                levelDBFS: -10
            )
        }
        try store.write(entries: events.map { .ended($0) })
        try store.close()
    }

    private func open(_ path: String) throws -> EventStore {
        let store = EventStore(unopenedAt: path)
        _ = try store.open(now: noon)
        return store
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
        let store = try open(path)
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

    @Test func aStoreThatWasReadAndClosedIsASingleFile() throws {
        try fill()
        let store = try files.open()
        _ = try store.events(matching: EventFilter())
        try store.name(sources: "porch")
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
                == "The event history '\(files.path)' has format 70; this version supports up to "
                + "\(StoreSchema.version). Install the version that wrote it."
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
        #expect(
            error { _ = try EventStore.openReadOnly(path: files.path) }
                == .notADatabase(path: files.path)
        )
    }

    @Test func aFolderIsNotADatabase() throws {
        #expect(
            error { _ = try open(files.folder.path) }
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
        let found = error { _ = try EventStore.openReadOnly(path: files.path) }
        guard case .damaged(files.path, _) = found else {
            Issue.record("not found to be damaged")
            return
        }
    }

    /// Damages a page that no query for the newest event reads.
    private func damageAnOldEvent() throws {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: files.path))
        defer { try? file.close() }
        let content = [UInt8](try #require(try file.readToEnd()))
        let table = try DatabaseQueue(path: files.path).read { database in
            try Int.fetchOne(
                database,
                sql: "SELECT rootpage FROM sqlite_schema WHERE name = 'event'"
            )
        }
        // An inner page of a table: its cells begin with the number of a page below.
        let root = (try #require(table) - 1) * 4_096
        let isInner = content[root] == 5
        try #require(isInner)
        let cell = root + Int(content[root + 12]) << 8 + Int(content[root + 13])
        let child = content[cell..<cell + 4].reduce(0) { $0 << 8 | Int($1) }
        try file.seek(toOffset: UInt64((child - 1) * 4_096))
        try file.write(contentsOf: Data(repeating: 0xA5, count: 64))
    }

    @Test func aQuestionIsAnsweredWithoutASearchOfTheWholeFileAndMetDamageIsItsError() throws {
        try fill()
        try damageAnOldEvent()
        let store = try EventStore.openForQueries(path: files.path)
        #expect(try store.event(500)?.id == 500)
        let met = error { _ = try store.event(1) }
        #expect(met?.isDamage == true, "\(String(describing: met))")
        #expect(met?.description.contains("Start the service: it moves the file aside") == true)
        try store.close()
        #expect(error { _ = try EventStore.openReadOnly(path: files.path) }?.isDamage == true)
    }

    @Test func aFileThatWasNotClosedCleanlyIsSearchedBeforeAQuestionIsAnswered() throws {
        try fill()
        try damageAnOldEvent()
        // What a killed service leaves: its last transaction is in the log alone.
        let writer = try DatabaseQueue(path: files.path)
        try writer.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA journal_mode = WAL")
            try database.execute(
                sql: "INSERT INTO source (name, first_seen_utc_ms) VALUES ('garden', 0)"
            )
            #expect(error { _ = try EventStore.openForQueries(path: files.path) }?.isDamage == true)
        }
        try writer.close()
    }

    @Test func aTruncatedFileIsFoundAtOpening() throws {
        try fill()
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: files.path))
        try file.truncate(atOffset: 12_000)
        try file.close()
        let found = error { _ = try EventStore.openReadOnly(path: files.path) }
        guard case .damaged(files.path, _) = found else {
            Issue.record("not found to be damaged")
            return
        }
    }

    @Test func aFolderThatIsAFileCannotHoldAStore() throws {
        try Data().write(to: files.folder.appendingPathComponent("state"))
        let path = files.folder.appendingPathComponent("state/events.sqlite").path
        let found = error { _ = try open(path) }
        let folder = files.folder.appendingPathComponent("state").path
        #expect(found == .cannotCreate(path: path, reason: "'\(folder)' is not a folder"))
    }

    @Test func aFolderThatCannotBeMadeIsNamed() {
        let found = error { _ = try open("/proc/earwitness/events.sqlite") }
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
        let store = try files.open(options: options)
        let other = try DatabaseQueue(path: files.path)
        try other.inDatabase { database in
            try database.execute(sql: "BEGIN IMMEDIATE")
            #expect(
                error { try store.name(sources: "garden") } == .locked(path: files.path)
            )
            let readable = try store.events(matching: EventFilter()).count
            #expect(readable == 500)
            try database.execute(sql: "ROLLBACK")
        }
        try store.name(sources: "garden")
    }

    @Test func readingANonexistentStoreSaysThatThereIsNone() {
        let found = error { _ = try EventStore.openReadOnly(path: files.path) }
        #expect(found == .missing(path: files.path))
        #expect(!FileManager.default.fileExists(atPath: files.path))
    }

    @Test func aReadOnlyStoreReadsBesideTheWriterAndWritesNothing() throws {
        let writer = try files.open()
        try writer.name(sources: "porch")
        let store = try EventStore.openReadOnly(path: files.path)
        #expect(try store.sourceNames() == ["porch"])
        try writer.name(sources: "garden")
        #expect(try store.sourceNames() == ["garden", "porch"])
        #expect(
            error { try store.name(sources: "cellar") } == .readOnly(path: files.path)
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

@Suite("Errors of the store")
struct StoreErrorTests {
    @Test(arguments: [
        (ResultCode.SQLITE_BUSY, StoreError.locked(path: "/x")),
        (.SQLITE_LOCKED, .locked(path: "/x")),
        (.SQLITE_CORRUPT, .damaged(path: "/x", finding: "why")),
        (.SQLITE_NOTADB, .notADatabase(path: "/x")),
        (.SQLITE_FULL, .diskFull(path: "/x")),
        (.SQLITE_READONLY, .readOnly(path: "/x")),
        (.SQLITE_READONLY_DIRECTORY, .readOnly(path: "/x")),
        (.SQLITE_PERM, .notPermitted(path: "/x")),
        (.SQLITE_IOERR_WRITE, .failed(path: "/x", reason: "why")),
    ])
    func sqliteCodesHaveAMeaning(code: ResultCode, expected: StoreError) {
        #expect(StoreError(DatabaseError(resultCode: code, message: "why"), path: "/x") == expected)
    }

    @Test(arguments: [
        StoreError.missing(path: "/x"), .locked(path: "/x"), .damaged(path: "/x", finding: "f"),
        .notADatabase(path: "/x"), .foreignDatabase(path: "/x"),
        .newerVersion(path: "/x", found: 2, known: 1),
        .olderVersion(path: "/x", found: 1, known: 2), .diskFull(path: "/x"),
        .readOnly(path: "/x"), .notPermitted(path: "/x"), .cannotCreate(path: "/x", reason: "r"),
        .failed(path: "/x", reason: "r"),
    ])
    func everyMessageIsOneLineThatNamesTheFileAndWhatToDo(error: StoreError) {
        #expect(!error.description.contains("\n"))
        #expect(error.description.contains("'/x'"))
        #expect(error.description.hasSuffix("."))
        #expect(error.description.split(separator: ". ").count == 2)
    }

    @Test func linesOfAForeignMessageAreJoined() {
        let error = DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a\nb")
        #expect(StoreError(error, path: "/x") == .damaged(path: "/x", finding: "a b"))
    }
}
