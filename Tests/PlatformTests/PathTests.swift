import Foundation
import Glibc
import Platform
import TestSupport
import Testing

@Suite("The search for recordings in folders")
struct FileSearchTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func search(_ names: String...) throws -> FileSearch {
        try FileSearch(names.map { "\(folder.path)/\($0)" }, isWanted: RecordingEnding.isOn)
    }

    private func names(_ search: FileSearch) -> [String] {
        search.found.map { String($0.path.dropFirst(folder.path.count + 1)) }
    }

    @Test func recordingsAreFoundInFoldersBelowInTheOrderOfTheirBytes() throws {
        for name in ["d/b.wav", "d/a/z.FLAC", "d/B.mp3", "d/x.wav/y.ogg"] { try folder.touch(name) }
        let search = try search("d/")
        #expect(names(search) == ["d/B.mp3", "d/a/z.FLAC", "d/b.wav", "d/x.wav/y.ogg"])
        #expect(search.found.map(\.relativePath) == ["B.mp3", "a/z.FLAC", "b.wav", "x.wav/y.ogg"])
    }

    @Test func linksToFoldersAndFilesAreFollowed() throws {
        try folder.touch("real/x.wav")
        try folder.touch("single.wav")
        try folder.touch("d/own.wav")
        try folder.link("d/card", to: "../real")
        try folder.link("d/one.wav", to: "../single.wav")
        try folder.link("link", to: "real")
        #expect(try names(search("d")) == ["d/card/x.wav", "d/one.wav", "d/own.wav"])
        #expect(try names(search("link")) == ["link/x.wav"])
        #expect(try names(search("link/")) == ["link/x.wav"])
    }

    @Test func aFileThatIsReachedTwiceIsFoundOnceUnderItsOwnPath() throws {
        try folder.touch("d/z/x.wav")
        try folder.link("d/a", to: "z")
        try folder.link("d/a.wav", to: "z/x.wav")
        let search = try search("d", "d/z/x.wav")
        #expect(names(search) == ["d/z/x.wav"])
        #expect(search.repeatedCount == 2)
        #expect(search.linksBack.count == 1)
    }

    @Test func linksThatLeadBackEndTheSearchAndAreNamed() throws {
        try folder.touch("d/sub/x.wav")
        try folder.touch("outside.wav")
        try folder.link("d/self", to: ".")
        try folder.link("d/sub/up", to: "..")
        try folder.link("d/parent", to: "..")
        try folder.link("d/root", to: "/")
        let search = try search("d")
        #expect(names(search) == ["d/sub/x.wav"])
        #expect(search.linksBack.count == 4)
        #expect(search.obstacles.isEmpty)
    }

    @Test func manyFoldersThatLinkToOneAnotherAreSearchedOnceEach() throws {
        // Every path through these would be 2^30 of them.
        for number in 0..<30 {
            try folder.touch("chain/\(number)/x\(number).wav")
            for name in ["a", "b"] where number < 29 {
                try folder.link("chain/\(number)/\(name)", to: "../\(number + 1)")
            }
        }
        try folder.link("start", to: "chain/0")
        #expect(try search("start").found.count == 30)
    }

    @Test func hiddenFilesAndLitterAreLeftOutUnlessTheyAreNamed() throws {
        for name in [
            "d/._a.wav", "d/.Trashes/b.wav", "d/.Spotlight-V100/c.wav", "d/$RECYCLE.BIN/d.wav",
            "d/System Volume Information/e.wav", "d/@eaDir/f.wav", "d/lost+found/g.wav",
            "d/__MACOSX/h.wav", "d/Thumbs.db", "d/.DS_Store", "d/a.wav",
        ] { try folder.touch(name) }
        let all = try search("d")
        #expect(names(all) == ["d/a.wav"])
        #expect(all.otherEndings.isEmpty)
        #expect(try names(search("d/._a.wav")) == ["d/._a.wav"])
        #expect(try names(search("d/.Trashes")) == ["d/.Trashes/b.wav"])
    }

    @Test func whatIsNoRecordingIsCountedByItsEnding() throws {
        for name in ["d/a.cue", "d/b.TXT", "d/c.txt", "d/README", "d/x.wav"] {
            try folder.touch(name)
        }
        #expect(mkfifo("\(folder.path)/d/pipe.wav", 0o600) == 0)
        try folder.link("d/null.wav", to: "/dev/null")
        let search = try search("d")
        #expect(names(search) == ["d/x.wav"])
        #expect(search.otherEndings == ["cue": 1, "txt": 2, "": 1])
        #expect(search.deviceCount == 2)
    }

    @Test func aLinkThatLeadsNowhereIsAnObstacleAndTheRestIsFound() throws {
        try folder.touch("d/x.wav")
        try folder.link("d/gone.wav", to: "nowhere")
        try folder.link("d/usb", to: "/mnt/there/is/no/such/disk")
        try folder.link("d/circle", to: "circle")
        try folder.link("d/notes.txt", to: "nowhere")
        let search = try search("d")
        #expect(names(search) == ["d/x.wav"])
        #expect(search.obstacles.map(\.kind) == [.link, .link, .link])
        #expect(search.obstacles.map(\.code) == [ELOOP, ENOENT, ENOENT])
        #expect(search.otherEndings == ["txt": 1])
    }

    @Test func aPathWhereNothingIsIsRefusedWithWhereItsLinkLeads() throws {
        try folder.link("link", to: "nowhere")
        let missing = #expect(throws: FileSearch.Missing.self) { try search("link") }
        #expect(missing?.target == "nowhere")
        let none = #expect(throws: FileSearch.Missing.self) { try search("none") }
        #expect(none?.target == nil)
    }

    @Test func namesThatAreNotUTF8AndTwinsInUnicodeAreFoundAsTheyAre() throws {
        let names = [
            PathText.text(of: [0x63, 0xE9] + Array(".wav".utf8)), "e\u{301}.wav", "\u{E9}.wav",
            "line\nend.wav",
        ]
        for name in names { try folder.touch("d/" + name) }
        let found = try search("d").found.map { PathText.bytes(of: $0.relativePath) }
        #expect(Set(found) == Set(names.map(PathText.bytes(of:))))
    }
}

@Suite("Paths as text")
struct PathTextTests {
    @Test(
        arguments: [
            Array("dog.wav".utf8), Array("chien qui aboie \u{E9}\u{301}.wav".utf8),
            [0x63, 0x61, 0x66, 0xE9, 0x2E, 0x77, 0x61, 0x76], [0xFF], [0x80, 0x0A, 0x1B, 0x7F],
            // A name that holds a stand-in itself, whole and cut short.
            Array("\u{EFE9}.wav".utf8), [0xEE, 0xBF], [0xED, 0xA0, 0x80],
            [0xF0, 0x9F, 0x90, 0xB6, 0xF0],
        ] as [[UInt8]]
    )
    func everySequenceOfBytesComesBack(bytes: [UInt8]) {
        #expect(PathText.bytes(of: PathText.text(of: bytes)) == bytes)
    }

    @Test func everyByteAndPairOfBytesHasATextOfItsOwn() {
        var texts: Set<[UInt8]> = []
        for first in UInt8(1)...255 {
            for second in UInt8(1)...255 {
                let text = PathText.text(of: [first, second])
                #expect(PathText.bytes(of: text) == [first, second])
                texts.insert(Array(text.utf8))
            }
        }
        #expect(texts.count == 255 * 255)
    }

    @Test func aNameInUTF8IsItsOwnText() {
        #expect(PathText.text(of: "Übung 1/犬.wav".utf8) == "Übung 1/犬.wav")
    }

    @Test func aByteThatIsNotUTF8StandsAsAnUnusedCharacter() {
        #expect(PathText.text(of: [0x63, 0x61, 0x66, 0xE9]) == "caf\u{EFE9}")
    }

    @Test(arguments: [
        ("caf\u{EFE9}.wav", "caf\\xE9.wav"), ("a\nb\tc\r.wav", "a\\nb\\tc\\r.wav"),
        ("\u{1B}[31mred", "\\x1B[31mred"), ("\u{9B}31m", "\\u009B31m"),
        ("\u{202E}vaw", "\\u202Evaw"), ("plain\\n é", "plain\\n é"),
    ])
    func aTerminalIsShownNothingThatCommandsIt(text: String, shown: String) {
        #expect(PathText.shown(text) == shown)
    }

    @Test(arguments: [
        ("a/b.wav", "a", "b.wav", "b", "wav"), ("b.WAV", ".", "b.WAV", "b", "wav"),
        ("/b", "/", "b", "b", ""), ("d/.wav", "d", ".wav", ".wav", ""),
        ("d/04.30.00.flac", "d", "04.30.00.flac", "04.30.00", "flac"),
        // An accent alone makes one character of itself and the slash.
        ("d/\u{301}x.wav", "d", "\u{301}x.wav", "\u{301}x", "wav"),
    ])
    func aPathIsTakenApartAtItsSlashesAndDots(
        path: String,
        folder: String,
        name: String,
        stem: String,
        ending: String
    ) {
        #expect(PathText.folder(of: path) == folder)
        #expect(Array(PathText.lastPart(of: path).utf8) == Array(name.utf8))
        #expect(Array(PathText.stem(of: path).utf8) == Array(stem.utf8))
        #expect(PathText.ending(of: path) == ending)
    }

    @Test func aFileIsWrittenAndReadUnderANameThatIsNotUTF8() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/" + PathText.text(of: [0xE9, 0x0A, 0x2E])
        try OutputFile.write([1, 2, 3], to: path)
        #expect(try FileContents.read(path) == [1, 2, 3])
        let listing = try FolderListing(folder.path, followsLinks: false)
        #expect(listing.entries.map { PathText.bytes(of: $0.name) } == [[0xE9, 0x0A, 0x2E]])
    }
}

extension TemporaryFolder {
    /// Writes an empty file, and the folders that it is in; the name may stand for any bytes.
    fileprivate func touch(_ name: String) throws {
        try OutputFile.createFolder(PathText.folder(of: file(name)))
        try OutputFile.write("", to: file(name))
    }
}
