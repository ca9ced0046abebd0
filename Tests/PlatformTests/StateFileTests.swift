import Foundation
import Glibc
import Platform
import Testing

@Suite struct StateFileTests {
    private let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("ew-state-\(UUID().uuidString)").path
    private var path: String { "\(folder)/file" }
    private let noon = Date(timeIntervalSince1970: 1_795_176_000)

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func remove() { try? FileManager.default.removeItem(atPath: folder) }

    @Test func whatIsNoFileIsAnObstacleAndIsNeverRead() throws {
        defer { remove() }
        #expect(StateFile.obstacle(at: path) == nil, "nothing is there")
        mkfifo(path, 0o600)
        #expect(StateFile.obstacle(at: path) == .special)
        unlink(path)
        mkdir(path, 0o700)
        #expect(StateFile.obstacle(at: path) == .folder)
        rmdir(path)
        symlink("/nowhere/at/all", path)
        #expect(StateFile.obstacle(at: path) == .linkToNothing)
        unlink(path)
        symlink(path, path)
        #expect(StateFile.obstacle(at: path) == .linkToNothing)
        unlink(path)
        symlink("/etc/passwd", path)
        #expect(StateFile.obstacle(at: path) == nil, "a link to a file is one")
    }

    @Test func whatIsSetAsideHasItsDateAndReplacesNothing() throws {
        defer { remove() }
        for expected in ["", "-2", "-3"] {
            try Data(expected.utf8).write(to: URL(fileURLWithPath: path))
            let aside = StateFile.setAside(path, now: noon)
            #expect(aside == "\(path).damaged-20261120T120000Z\(expected)")
        }
        #expect(StateFile.setAside(inFolder: folder).count == 3)
        #expect(StateFile.setAside(path) == nil, "nothing is there any more")
    }
}

@Suite struct FreeRoomTests {
    private func room(files: Int64?, of total: Int64?) -> FreeRoom {
        FreeRoom(
            path: "/",
            freeBytes: 1 << 40,
            totalBytes: 1 << 41,
            freeFiles: files,
            totalFiles: total
        )
    }

    @Test func clipsLeaveOneFileInAHundredToOthersWithinBounds() {
        #expect(room(files: 0, of: 64).missingFiles == 8)
        #expect(room(files: 6, of: 64).missingFiles == 2)
        #expect(room(files: 8, of: 64).missingFiles == 0)
        #expect(room(files: 100, of: 50_000).missingFiles == 400)
        #expect(room(files: 0, of: 1 << 30).missingFiles == 1_000)
    }

    @Test func whereFilesAreNotCountedNoneAreMissing() {
        #expect(room(files: nil, of: nil).missingFiles == 0)
        #expect(room(files: nil, of: nil).shortage == nil)
    }

    @Test func theRoomOfTheNearestFolderIsRead() throws {
        let found = try #require(FreeRoom.read("/proc/nowhere/at/all"))
        #expect(found.path == "/proc")
        #expect(found.freeFiles == nil, "/proc counts no files")
    }
}
