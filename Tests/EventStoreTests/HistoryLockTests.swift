import Foundation
import Glibc
import Testing

@testable import EventStore

@Suite("The lock of a history")
struct HistoryLockTests {
    private let files: TemporaryStore
    private var folder: String { files.folder.path }

    init() throws {
        files = try TemporaryStore()
    }

    private func lock(_ path: String? = nil) throws(StoreError) -> HistoryLock {
        try HistoryLock(databasePath: path ?? files.path, patience: .milliseconds(50))
    }

    private func error(_ body: () throws -> Void) -> StoreError? {
        do {
            try body()
            return nil
        } catch {
            return error as? StoreError
        }
    }

    private func isHeld(_ path: String? = nil) -> Bool {
        do throws(StoreError) {
            _ = try lock(path)
            return false
        } catch {
            guard case .inUse = error else { return false }
            return true
        }
    }

    @Test func aFolderThatIsMadeAnewIsLockedBeforeTheHistoryGoesOnInIt() throws {
        let store = EventStore(unopenedAt: files.path, lock: try lock())
        _ = try store.open()
        let moved = folder + "-moved"
        defer { try? FileManager.default.removeItem(atPath: moved) }
        try FileManager.default.moveItem(atPath: folder, toPath: moved)
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: false
        )
        #expect(!isHeld())
        _ = try store.open()
        #expect(isHeld())
        #expect(store.fault == nil)
        try store.close()
    }

    @Test func aFolderThatAnotherServiceHasMadeItsOwnIsLeftToIt() throws {
        let store = EventStore(unopenedAt: files.path, lock: try lock())
        _ = try store.open()
        let moved = folder + "-moved"
        defer { try? FileManager.default.removeItem(atPath: moved) }
        try FileManager.default.moveItem(atPath: folder, toPath: moved)
        let other = try lock()
        let found = error { _ = try store.open() }
        #expect(found == .inUse(path: folder, holder: "process \(getpid())"))
        #expect(!FileManager.default.fileExists(atPath: files.path))
        withExtendedLifetime(other) {}
        try store.close()
    }

    @Test func aSecondOneIsRefusedAndToldWhoHoldsIt() throws {
        let first = try lock()
        #expect(first.warning == nil)
        let found = error { _ = try lock() }
        #expect(found == .inUse(path: folder, holder: "process \(getpid())"))
        #expect(
            found?.description
                == "Another earwitness is already running: process \(getpid()) writes the event "
                + "history in '\(folder)'. Stop it first, ask it with 'earwitness status', or give "
                + "this one a separate state folder (STATE_DIRECTORY)."
        )
        withExtendedLifetime(first) {}
    }

    @Test func itGoesWithItsHolder() throws {
        do { _ = try lock() }
        #expect(!isHeld())
    }

    @Test func aFolderThatIsReachedByAnotherPathIsTheSame() throws {
        let link = folder + "-link"
        defer { unlink(link) }
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder)
        let first = try lock()
        #expect(isHeld("\(link)/events.sqlite"))
        #expect(isHeld("\(folder)/../\(files.folder.lastPathComponent)/events.sqlite"))
        withExtendedLifetime(first) {}
    }

    @Test func aDatabaseThatIsALinkIsLockedWhereItReallyIs() throws {
        let other = folder + "-other"
        defer { try? FileManager.default.removeItem(atPath: other) }
        try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: "\(other)/events.sqlite",
            withDestinationPath: files.path
        )
        _ = FileManager.default.createFile(atPath: files.path, contents: nil)
        let first = try lock()
        #expect(isHeld("\(other)/events.sqlite"))
        withExtendedLifetime(first) {}
    }

    @Test func deletingItsFileDoesNotFreeIt() throws {
        let first = try lock()
        unlink("\(folder)/\(HistoryLock.fileName)")
        #expect(isHeld())
        withExtendedLifetime(first) {}
    }

    @Test func aFolderInThePlaceOfItsFileIsSetAside() throws {
        let path = "\(folder)/\(HistoryLock.fileName)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        let first = try lock()
        #expect(first.warning == nil)
        #expect(error { _ = try lock() } == .inUse(path: folder, holder: "process \(getpid())"))
        withExtendedLifetime(first) {}
    }

    @Test func aChildDoesNotKeepItFromTheNext() throws {
        var child = pid_t()
        var words = [strdup("/bin/sleep"), strdup("60"), nil]
        defer { words.forEach { free($0) } }
        do {
            let first = try lock()
            #expect(posix_spawn(&child, "/bin/sleep", nil, nil, &words, nil) == 0)
            withExtendedLifetime(first) {}
        }
        #expect(!isHeld())
        kill(child, SIGKILL)
        waitpid(child, nil, 0)
    }

    @Test func whatAHolderInAnotherContainerWroteIsNotTakenForAProcessHere() throws {
        let first = try lock()
        try "1 pid:[1] elsewhere\n".write(
            toFile: "\(folder)/\(HistoryLock.fileName)",
            atomically: false,
            encoding: .utf8
        )
        #expect(
            error { _ = try lock() }
                == .inUse(
                    path: folder,
                    holder: "a process in another container or on another machine, 'elsewhere',"
                )
        )
        withExtendedLifetime(first) {}
    }
}
