import Evaluation
import Testing

@Suite struct SoundscapeWriterTests {
    @Test func aFolderThatCannotBeMadeIsRefusedWithTheReason() {
        let error = #expect(throws: ComposeError.self) { try SoundscapeWriter(folder: "/proc/x") }
        #expect(
            error?.description
                == "Cannot create '/proc/x': no such file or folder. Choose another place."
        )
    }
}
