import GRDB
import Testing

@testable import EventStore

@Suite("Errors of the store")
struct StoreErrorTests {
    @Test(arguments: [
        (ResultCode.SQLITE_BUSY, StoreError.locked(path: "/x")),
        (.SQLITE_LOCKED, .locked(path: "/x")),
        (.SQLITE_CORRUPT, .damaged(path: "/x", finding: "why")),
        (.SQLITE_NOTADB, .notADatabase(path: "/x")),
        (.SQLITE_FULL, .diskFull(path: "/x")),
        (.SQLITE_READONLY, .readOnly(path: "/x")),
        (.SQLITE_READONLY_DIRECTORY, .readOnly(path: "/x")),
        (.SQLITE_PERM, .notPermitted(path: "/x")),
        (.SQLITE_IOERR_WRITE, .failed(path: "/x", reason: "why")),
    ])
    func sqliteCodesHaveAMeaning(code: ResultCode, expected: StoreError) {
        #expect(StoreError(DatabaseError(resultCode: code, message: "why"), path: "/x") == expected)
    }

    @Test(arguments: [
        StoreError.missing(path: "/x"), .locked(path: "/x"), .damaged(path: "/x", finding: "f"),
        .notADatabase(path: "/x"), .foreignDatabase(path: "/x"),
        .newerVersion(path: "/x", found: 2, known: 1),
        .olderVersion(path: "/x", found: 1, known: 2), .diskFull(path: "/x"),
        .readOnly(path: "/x"), .notPermitted(path: "/x"), .cannotCreate(path: "/x", reason: "r"),
        .failed(path: "/x", reason: "r"),
    ])
    func everyMessageIsOneLineThatNamesTheFileAndWhatToDo(error: StoreError) {
        #expect(!error.description.contains("\n"))
        #expect(error.description.contains("'/x'"))
        #expect(error.description.hasSuffix("."))
        #expect(error.description.split(separator: ". ").count == 2)
    }

    @Test func linesOfAForeignMessageAreJoined() {
        let error = DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a\nb")
        #expect(StoreError(error, path: "/x") == .damaged(path: "/x", finding: "a b"))
    }
}
