import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// Two services, or a service and a command, on one state folder.
    @Suite struct OneWriterTests {
        private let home: TestHome
        private let program: BuiltProgram

        init() throws {
            home = try TestHome()
            program = try home.program()
        }

        /// The program with a runtime folder of its own, as cron's and a login's differ.
        private func other(_ changes: [String: String] = [:]) throws -> BuiltProgram {
            let run = home.path("other-run")
            try FileManager.default.createDirectory(
                atPath: run,
                withIntermediateDirectories: true
            )
            var other = program
            other.environment["RUNTIME_DIRECTORY"] = run
            other.environment.merge(changes) { $1 }
            return other
        }

        private func startDemo() throws -> RunningProgram {
            let service = try program.start("run", "--source", "demo", "--pace", "10")
            try Wait.until("the service answers") { try program.run("status").status == 0 }
            return service
        }

        /// The files of the state folder, without what the running service changes itself.
        private func names() throws -> Set<String> {
            Set(try FileManager.default.contentsOfDirectory(atPath: home.path("state")))
        }

        private func expectRefusal(_ program: BuiltProgram, _ process: pid_t) throws {
            let outcome = try program.run("run", "--source", "demo")
            #expect(outcome.status == 73, "\(outcome.errors)")
            #expect(
                outcome.errors.hasPrefix(
                    "earwitness: Another earwitness is already running: process \(process) writes "
                ),
                "\(outcome.errors)"
            )
            #expect(outcome.errors.split(separator: "\n").count == 1)
        }

        @Test func aSecondServiceWithAnotherRuntimeFolderIsRefusedByWhateverPathItComes() throws {
            let first = try startDemo()
            // Damage that it would set aside if it were the writer.
            try home.write("\0\0\0\0", to: "state/overrides.yaml")
            let before = try names()
            try expectRefusal(other(), first.identifier)
            let link = home.path("link")
            try FileManager.default.createSymbolicLink(
                atPath: link,
                withDestinationPath: home.path("state")
            )
            try expectRefusal(other(["STATE_DIRECTORY": link]), first.identifier)
            // Without a runtime folder, the socket would be in the state folder.
            try expectRefusal(other(["RUNTIME_DIRECTORY": home.path("state")]), first.identifier)
            unlink(home.path("state/history.lock"))
            #expect(try other().run("run", "--source", "demo").status == 73)
            // What the first one writes meanwhile is its own.
            let added = try names().subtracting(before)
            #expect(!added.contains { $0.contains(".damaged-") || $0.hasPrefix("api.sock") })
            #expect(first.terminate().status == 0)
        }

        @Test func aStoppedServiceHoldsItsHistoryAndAKilledOneDoesNot() throws {
            let first = try startDemo()
            first.send(SIGSTOP)
            try expectRefusal(other(), first.identifier)
            first.send(SIGKILL)
            // Not waited for: the next one comes at once.
            let second = try other().start("run", "--source", "demo")
            let socket = home.path("other-run/api.sock")
            try Wait.until("the next service answers") {
                try #require(second.isRunning, "\(second.errors)")
                return FileManager.default.fileExists(atPath: socket)
            }
            #expect(second.terminate().status == 0)
        }

        @Test func ofTwoThatStartAtOnceOneListens() throws {
            let both = [
                try program.start("run", "--source", "demo"),
                try other().start("run", "--source", "demo"),
            ]
            try Wait.until("one has ended") { both.contains { !$0.isRunning } }
            let ended = both.filter { !$0.isRunning }
            #expect(ended.count == 1)
            #expect(ended.first?.outcome().status == 73)
            #expect(both.first { $0.isRunning }?.terminate().status == 0)
        }

        @Test func aThresholdIsNotChangedBehindTheBackOfAServiceThatDoesNotAnswer() throws {
            let first = try startDemo()
            let outcome = try other().run("thresholds", "set", "dog_bark", "0.7")
            #expect(outcome.status == 69)
            #expect(outcome.errors.contains("process \(first.identifier)"), "\(outcome.errors)")
            #expect(outcome.errors.contains("Set RUNTIME_DIRECTORY"))
            #expect(try !names().contains("overrides.yaml"))
            #expect(first.terminate().status == 0)
            #expect(try other().run("thresholds", "set", "dog_bark", "0.7").status == 0)
        }

        @Test func aHistoryWhoseNumbersRanAheadLosesNoEvent() throws {
            let first = try startDemo()
            let heard = "SELECT count(*) > 5 FROM event WHERE end_utc_ms IS NOT NULL"
            try Wait.until("some sounds are heard", seconds: 60) { try home.query(heard) == "1" }
            #expect(first.terminate().status == 0)
            let rows = "SELECT * FROM event WHERE id <= (SELECT max(id) FROM old) ORDER BY id"
            _ = try home.query("CREATE TABLE old AS SELECT * FROM event")
            let before = try home.query("SELECT * FROM old ORDER BY id")
            // As with a history that was brought back from a copy, and with one that never had it.
            for promise in ["1\n", "\0\0\0\0", nil] {
                if let promise {
                    try home.write(promise, to: "state/next-event-id")
                } else {
                    unlink(home.path("state/next-event-id"))
                }
                let last = try home.query("SELECT max(id) FROM event")
                let next = try startDemo()
                try Wait.until("more is heard", seconds: 60) {
                    try home.query("SELECT count(*) > 3 FROM event WHERE id > \(last)") == "1"
                }
                #expect(next.terminate().status == 0)
                #expect(try home.query(rows) == before)
            }
        }
    }
}
