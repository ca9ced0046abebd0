import Evaluation
import Testing

@Suite struct SoundscapeWriterTests {
    @Test func aFolderThatCannotBeMadeIsRefusedWithTheReason() {
        let error = #expect(throws: (any Error).self) { try SoundscapeWriter(folder: "/proc/x") }
        #expect(
            error.map { "\($0)" }
                == "Cannot create '/proc/x': no such file or folder. Choose another path."
        )
    }
}
