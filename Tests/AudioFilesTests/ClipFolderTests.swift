import AudioFiles
import Foundation
import Glibc
import Platform
import TestSupport
import Testing

@Suite struct ClipFolderTests {
    private let place: TemporaryFolder
    private let folder: ClipFolder
    private let noon = Date(timeIntervalSince1970: 1_795_176_000)

    init() throws {
        place = try TemporaryFolder()
        folder = ClipFolder(path: place.file("clips"))
    }

    private func name(_ id: Int64) -> ClipName {
        ClipName(ofEvent: id, start: noon, fileExtension: "flac")
    }

    private func write(_ id: Int64, seconds: Int = 1) throws -> Int64 {
        let samples = (0..<16_000 * seconds).map { Float(($0 * 7_919) % 32_768) / 32_768 - 0.5 }
        return try folder.write(
            name(id),
            format: .flac16,
            sampleRateHz: 16_000,
            tags: RecordingTags(title: "Dog bark", date: "2026-11-20T12:00:00.000Z", comment: "c")
        ) { writer throws(RecordingError) in
            try writer.write(samples.span)
        }
    }

    @Test func aClipIsNamedAfterTheDayInUTCAndTheEvent() {
        #expect(name(812).path == "2026/11/20/812.flac")
        #expect(ClipName("2026/11/20/812.flac") == name(812))
    }

    @Test(arguments: [
        "", "812.flac", "/2026/11/20/812.flac", "2026/11/20/../812.flac", "2026/11/20/812.txt",
        "2026/11/20/08.flac", "2026/11/20/.812.flac.partial-7", "2026/11/2x/812.flac",
        "2026/11/20/812.flac/x", "../../../../etc/passwd", "2026/11/20/notes.wav",
        "2026/11/20/812.flac\n",
    ])
    func whatThisProgramNeverNamesAClipIsNone(path: String) {
        #expect(ClipName(path) == nil)
    }

    @Test func aClipIsWrittenWithItsTagsAndNothingBesideIt() throws {
        let bytes = try write(812)
        let path = folder.location(of: name(812))
        #expect(folder.contains(name(812)))
        let reader = try RecordingReader(path: path)
        #expect(reader.frameCount == 16_000)
        #expect(reader.tags.title == "Dog bark")
        #expect(reader.tags.date == "2026-11-20T12:00:00.000Z")
        #expect(reader.tags.comment == "c")
        let day = try FileManager.default.contentsOfDirectory(
            atPath: place.file("clips/2026/11/20")
        )
        #expect(day == ["812.flac"])
        #expect(folder.clips().map(\.byteCount) == [bytes])
        #expect(folder.clips().map(\.name.eventID) == [812])
    }

    @Test func foldersThatAreEmptyGoWithTheirLastClip() throws {
        _ = try write(1)
        _ = try write(2)
        #expect(folder.remove(name(1)))
        #expect(folder.contains(name(2)))
        #expect(folder.remove(name(2)))
        #expect(folder.remove(name(2)), "what is gone already is gone")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }

    @Test func onlyHalfWrittenFilesAndClipsAreFound() throws {
        _ = try write(1)
        let half = place.file("clips/2026/11/20/.2.flac.partial-77")
        for path in [half, place.file("clips/2026/11/20/notes.txt")] {
            try Data("x".utf8).write(to: URL(fileURLWithPath: path))
        }
        try FileManager.default.createSymbolicLink(
            atPath: place.file("clips/2026/11/20/3.flac"),
            withDestinationPath: "/etc/passwd"
        )
        #expect(folder.clips().map(\.name.eventID) == [1])
        #expect(!folder.contains(name(3)))
        #expect(folder.removeTemporaryFiles() == 1)
        #expect(!FileManager.default.fileExists(atPath: half))
        #expect(FileManager.default.fileExists(atPath: place.file("clips/2026/11/20/notes.txt")))
    }

    @Test func aFolderThatCannotBeMadeIsSaidSo() throws {
        try Data().write(to: URL(fileURLWithPath: folder.path))
        #expect(throws: RecordingError.self) { _ = try write(1) }
        #expect(folder.clips().isEmpty)
        #expect(folder.removeTemporaryFiles() == 0)
    }

    @Test func theFreeSpaceIsKnownBeforeThereIsAFolder() throws {
        let room = try #require(folder.room)
        #expect(room.freeBytes > 0)
    }
}
