import Foundation
import Platform
import Testing

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
            error.map { FileFailure.reason($0) } == "a file is in the way where a folder should be"
        )
    }

    @Test func whatOnlyTheSystemKnowsIsSaidInItsWordsWithoutAFullStop() {
        #expect(FileFailure.reason(code: ENOSPC) == "no space left on device")
        #expect(FileFailure.reason(code: EIO) == "input/output error")
    }
}
