import Foundation
import Glibc
import Platform
import TestSupport
import Testing

@Suite struct OutputFileTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func path(_ name: String) -> String { folder.file(name) }

    private var names: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
    }

    private func text(_ name: String) throws -> String {
        try String(contentsOfFile: path(name), encoding: .utf8)
    }

    @Test func aPrivateFileIsItsOwnersAloneAlsoWhereItWasNot() throws {
        try OutputFile.write("old", to: path("word"))
        chmod(path("word"), 0o644)
        try OutputFile.write("secret", to: path("word"), isPrivate: true)
        var facts = stat()
        #expect(stat(path("word"), &facts) == 0)
        #expect(facts.st_mode & 0o777 == 0o600)
        #expect(try text("word") == "secret")
    }

    @Test func aFileHasItsNameOnlyWhenItIsWhole() throws {
        let file = try OutputFile(path: path("a.csv"))
        try file.write("one\n")
        try file.flush()
        #expect(!names.contains("a.csv"))
        try file.finish()
        #expect(names == ["a.csv"])
        #expect(try text("a.csv") == "one\n")
    }

    @Test func aFileThatIsLetGoLeavesNothingAndTheOldOneAsItWas() throws {
        try OutputFile.write("old", to: path("a.csv"))
        do {
            let file = try OutputFile(path: path("a.csv"))
            try file.write("new")
            try file.flush()
        }
        #expect(names == ["a.csv"])
        #expect(try text("a.csv") == "old")
    }

    @Test func aReplacedFileKeepsItsModeAndALinkStaysALink() throws {
        try OutputFile.write("old", to: path("real"))
        chmod(path("real"), 0o604)
        symlink("real", path("link"))
        try OutputFile.write("new", to: path("link"), isDurable: true)
        #expect(try text("real") == "new")
        var status = stat()
        #expect(lstat(path("link"), &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
        #expect(stat(path("real"), &status) == 0 && status.st_mode & 0o777 == 0o604)
    }

    @Test func aDeviceIsWrittenDirectlyAndStaysADevice() throws {
        let error = #expect(throws: FileWriteError.self) {
            try OutputFile.write("x", to: "/dev/full", isDurable: true)
        }
        #expect(error?.exitCode == 74)
        #expect(
            error?.description
                == "Cannot write '/dev/full': no space left on device. Free some space, or choose "
                + "another path."
        )
        try OutputFile.write("x", to: "/dev/null", isDurable: true)
        var status = stat()
        #expect(stat("/dev/full", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
    }

    @Test func aPlaceThatTakesNoFileIsNamedBeforeTheWork() throws {
        for (path, reason) in [
            ("/no/such/folder/x", "no such file or folder"), (folder.path, "it is a folder"),
        ] {
            let error = #expect(throws: FileWriteError.self) { _ = try OutputFile(path: path) }
            #expect(error?.exitCode == 73)
            #expect(error?.reason == reason)
        }
    }

    @Test func aNameAsLongAsNamesCanBeIsWritten() throws {
        let name = String(repeating: "n", count: 255)
        try OutputFile.write("x", to: path(name))
        #expect(names == [name])
    }

    @Test func aPipeThatTakesLittleAtATimeGetsAll() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let (output, input) = (ends[0], ends[1])
        // The writer must wait for room itself, as with a terminal that another program set so.
        _ = fcntl(input, F_SETFL, O_NONBLOCK)
        let sent = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
        let reader = Thread {
            while true {
                var buffer = [UInt8](repeating: 0, count: 1_000)
                guard read(output, &buffer, buffer.count) > 0 else { return }
            }
        }
        reader.start()
        #expect(OutputFile.writeAll(sent, to: input) == 0)
        close(input)
    }

    /// Hashes of bytes 7·i mod 251 as the reference implementation of XXH64 gives them.
    @Test(arguments: [
        (0, "ef46db3751d8e999"), (1, "e934a84adb052768"), (3, "9ff70a635a6209ab"),
        (4, "ae5acdc00a55ac41"), (7, "d734a6b26f3da63e"), (8, "87116b3365b924eb"),
        (31, "0f187c62b1e722b7"), (32, "91b0cb0931a8c629"), (33, "931b043cf8d65b94"),
        (63, "575186c12dcebcfd"), (100, "b7fe1d84b2f23a05"), (1 << 20, "df8d1dcbe50b083b"),
        ((1 << 20) + 13, "4a9a56c93c8fc00d"),
    ])
    func contentIsHashedAsTheReferenceDoes(count: Int, hash: String) throws {
        try OutputFile.write((0..<count).map { UInt8($0 * 7 % 251) }, to: path("x"))
        #expect(ContentHash.text(ofFile: path("x")) == hash)
        #expect(ContentHash.text(ofFile: path("y")) == nil)
    }
}

@Suite struct StateFileTests {
    private let folder: TemporaryFolder
    private var path: String { folder.file("file") }
    private let noon = Date(timeIntervalSince1970: 1_795_176_000)

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test func whatIsNoFileIsAnObstacleAndIsNeverRead() throws {
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
        for expected in ["", "-2", "-3"] {
            try Data(expected.utf8).write(to: URL(fileURLWithPath: path))
            let aside = StateFile.setAside(path, now: noon)
            #expect(aside == "\(path).damaged-20261120T120000Z\(expected)")
        }
        #expect(StateFile.setAside(inFolder: folder.path).count == 3)
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

@Suite struct FileFailureTests {
    private func reason(writingTo path: String) -> String? {
        let error = #expect(throws: (any Error).self) {
            try Data([1]).write(to: URL(fileURLWithPath: path), options: .atomic)
        }
        return error.map { FileFailure.reason($0) }
    }

    @Test func aFolderThatIsMissingIsSaidToBeMissing() {
        #expect(reason(writingTo: "/nowhere/x") == "no such file or folder")
    }

    @Test func aFolderInThePlaceOfTheFileIsSaidToBeOne() {
        #expect(reason(writingTo: "/tmp") == "it is a folder")
    }

    @Test func aFileInThePlaceOfAFolderIsSaidToBeInTheWay() {
        let error = #expect(throws: (any Error).self) {
            try FileManager.default.createDirectory(
                atPath: "/etc/passwd/x",
                withIntermediateDirectories: true
            )
        }
        #expect(
            error.map { FileFailure.reason($0) } == "a file exists where a folder is needed"
        )
    }

    @Test func whatOnlyTheSystemKnowsIsSaidInItsWordsWithoutAFullStop() {
        #expect(FileFailure.reason(code: ENOSPC) == "no space left on device")
        #expect(FileFailure.reason(code: EIO) == "input/output error")
    }
}
