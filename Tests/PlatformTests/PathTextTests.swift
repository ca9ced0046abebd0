import Platform
import Testing

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
