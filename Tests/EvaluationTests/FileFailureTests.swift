import Evaluation
import Foundation
import SoundDatasets
import Testing

@Suite struct FileFailureTests {
    @Test func aFolderThatCannotBeMadeIsRefusedWithTheReason() {
        let error = #expect(throws: ComposeError.self) { try SoundscapeWriter(folder: "/proc/x") }
        #expect(
            error?.description
                == "Cannot create '/proc/x': no such file or folder. Choose another place."
        )
    }

    @Test func aFileThatCannotBeWrittenSaysWhy() {
        let error = #expect(throws: (any Error).self) {
            try Data().write(to: URL(fileURLWithPath: "/nowhere/x"))
        }
        #expect(error.map { FileFailure.reason($0) } == "no such file or folder")
    }
}
