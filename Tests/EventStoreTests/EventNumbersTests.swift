import EventStore
import Foundation
import Testing

@Suite("The numbers of events")
struct EventNumbersTests {
    private let files: TemporaryStore

    init() throws {
        files = try TemporaryStore()
    }

    @Test func numbersFollowThoseOfTheDatabase() {
        var numbers = EventNumbers(folder: files.folder.path)
        numbers.raise(pastDatabase: 41)
        #expect(numbers.take(now: noon) == 42)
        #expect(numbers.take(now: noon) == 43)
        numbers.raise(past: 10)
        #expect(numbers.take(now: noon) == 44)
    }

    @Test func withoutADatabaseNoNumberIsGivenThatAnEarlierRunMayHaveGiven() {
        var first = EventNumbers(folder: files.folder.path)
        first.raise(pastDatabase: 0)
        let given = (0..<250).map { _ in first.take(now: noon) }
        #expect(given == Array(1...250))
        var second = EventNumbers(folder: files.folder.path)
        #expect(second.take(now: noon) > 250)
    }

    @Test func afterDamageNumbersBeginBehindAllThatMayHaveBeenLost() {
        var first = EventNumbers(folder: files.folder.path)
        first.raise(pastDatabase: 500)
        _ = first.take(now: noon)
        var second = EventNumbers(folder: files.folder.path)
        second.raise(pastDatabase: 120)
        second.raisePastPromise()
        #expect(second.take(now: noon) > 501)
    }

    @Test func whenNothingIsKnownNumbersBeginWhereNoHistoryCounts() {
        var numbers = EventNumbers(folder: "/proc/nowhere")
        #expect(numbers.take(now: noon) == Int64(noon.timeIntervalSince1970))
    }

    @Test func anEmptySpoolSaysNothingOfTheDatabase() {
        var first = EventNumbers(folder: files.folder.path)
        first.raise(pastDatabase: 40)
        _ = first.take(now: noon)
        var second = EventNumbers(folder: files.folder.path)
        second.raise(past: 0)
        #expect(second.take(now: noon) == 142)
    }

    @Test func anOlderDatabaseIsKnownByThePromiseAndNoNumberIsGivenTwice() {
        var first = EventNumbers(folder: files.folder.path)
        first.raise(pastDatabase: 500)
        let last = (0..<30).map { _ in first.take(now: noon) }.last ?? 0
        var restored = EventNumbers(folder: files.folder.path)
        restored.raise(pastDatabase: 40)
        #expect(restored.take(now: noon) > last)
    }

    @Test func aRestartSkipsNoNumbers() {
        var first = EventNumbers(folder: files.folder.path)
        first.raise(pastDatabase: 500)
        _ = first.take(now: noon)
        var second = EventNumbers(folder: files.folder.path)
        second.raise(pastDatabase: 501)
        #expect(second.take(now: noon) == 502)
    }

    @Test(arguments: [
        "", "\0\0\0\0", "many", "-5\n", "9223372036854775807\n", "18446744073709551616\n",
    ])
    func aDamagedPromisePromisesNothing(content: String) throws {
        let path = files.folder.appendingPathComponent(EventNumbers.fileName)
        try Data(content.utf8).write(to: path)
        #expect(EventNumbers.damage(inFolder: files.folder.path) != nil)
        var numbers = EventNumbers(folder: files.folder.path)
        numbers.raise(pastDatabase: 7)
        #expect(numbers.take(now: noon) == 8)
    }

    @Test func aDatabaseWhoseNumbersAreUsedUpDoesNotStopTheService() {
        var numbers = EventNumbers(folder: files.folder.path)
        numbers.raise(pastDatabase: .max)
        #expect(numbers.take(now: noon) == 1)
    }
}
