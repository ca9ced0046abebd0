import ArgumentParser
import EventStore
import Foundation
import Messages
import MonitorClient
import Platform
import Testing

@testable import Commands

@Suite struct CommandFailureTests {
    private func failure(_ arguments: String...) throws -> CommandFailure {
        do {
            _ = try Earwitness.parseAsRoot(arguments)
        } catch {
            return try #require(CommandFailure(usage: error, arguments: arguments))
        }
        throw CommandFailure(.usage, "the arguments are accepted")
    }

    @Test func theErrorsOfThePartsHaveTheirOwnCodesAndWords() {
        let missing = StoreError.missing(path: "/s/events.sqlite")
        #expect(
            CommandFailure(describing: missing) == CommandFailure(.noInput, missing.description)
        )
        let stopped = ClientError.notRunning(path: "/run/api.sock")
        #expect(
            CommandFailure(describing: stopped) == CommandFailure(.unavailable, stopped.description)
        )
        let refused = ClientError.refused(
            status: 409,
            ErrorMessage(code: "ambiguous_class", message: "Choose one.")
        )
        #expect(CommandFailure(describing: refused) == CommandFailure(.usage, "Choose one."))
        let full = FileWriteError(path: "/x", code: ENOSPC, isCreation: false)
        #expect(CommandFailure(describing: full)?.status == .inputOutput)
        #expect(CommandFailure(describing: CancellationError()) == nil)
    }

    @Test func anUnexpectedErrorIsABugWithItsType() {
        struct Surprise: Error {}
        let failure = CommandFailure(unexpected: Surprise())
        #expect(failure.status == .bug)
        #expect(failure.message.contains("unexpected error '"))
        #expect(failure.message.contains("Surprise'. Please report this line and the command."))
        #expect(CommandFailure(unexpected: CancellationError()).status == .interrupted)
    }

    @Test func aFileThatCannotBeReadIsNamed() {
        let error = CocoaError(.fileReadNoSuchFile, userInfo: [NSFilePathErrorKey: "/x/y"])
        let failure = CommandFailure(unexpected: error)
        #expect(failure.status == .inputOutput)
        #expect(failure.message.hasPrefix("Cannot read or write '/x/y': "))
    }

    @Test func wrongUsageIsOneLineWithTheHelpThatExplainsIt() throws {
        let failure = try failure("events", "--limit", "0")
        #expect(failure.status == .usage)
        #expect(
            failure.message
                == "--limit is 0; give 1 to 10000, and use --until for older events. "
                + "See 'earwitness events --help'."
        )
    }

    @Test(arguments: [["evnts"], ["evnts", "--since", "1h"]])
    func aMistypedCommandIsNamedWhateverFollowsIt(arguments: [String]) throws {
        let error = #expect(throws: (any Error).self) { try Earwitness.parseAsRoot(arguments) }
        let failure = try CommandFailure(usage: #require(error), arguments: arguments)
        #expect(
            failure?.message
                == "There is no command 'evnts'; did you mean 'events'? See 'earwitness --help'."
        )
    }

    @Test func aPathOfTheConfigurationThatIsNotUTF8IsRefused() throws {
        let path = PathText.text(of: Array("/tmp/".utf8) + [0xFF])
        let failure = try failure("status", "--config", path)
        #expect(failure.status == .usage)
        #expect(
            PathText.shown(failure.message).hasPrefix(
                "--config is '/tmp/\\xFF', which is not UTF-8. Rename the file or folder"
            )
        )
    }

    @Test func aNegativeNumberIsExplained() throws {
        #expect(
            try failure("thresholds", "set", "rain", "-1").message
                .contains("'-1' looks like an option: put '--' before the arguments.")
        )
        #expect(
            try failure("events", "--min-score", "-1").message
                .contains("'-1' looks like an option: write '--min-score=-1'.")
        )
    }
}
