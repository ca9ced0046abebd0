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

        private func startDemo(pace: Int = 10) throws -> RunningProgram {
            let service = try program.startAnswering("run", "--source", "demo", "--pace", "\(pace)")
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
            let first = try startDemo(pace: 40)
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
                let next = try startDemo(pace: 40)
                try Wait.until("more is heard", seconds: 60) {
                    try home.query("SELECT count(*) > 3 FROM event WHERE id > \(last)") == "1"
                }
                #expect(next.terminate().status == 0)
                #expect(try home.query(rows) == before)
            }
        }
    }
}

extension EndToEnd {
    /// The service killed at random moments: what it showed is there, and its database is whole.
    ///
    /// `EARWITNESS_KILLS` says how often, 80 times without it.
    @Suite struct KillTests {
        private static let kills =
            ProcessInfo.processInfo.environment["EARWITNESS_KILLS"].flatMap(Int.init) ?? 80
        /// Services that live side by side, each with a database of its own.
        private static let lanes = 4

        /// One database and everything that was ever shown of it.
        private final class Lane {
            let home: TestHome
            let program: BuiltProgram
            var shown: [Int: EventWatcher.Shown] = [:]
            var service: RunningProgram?
            var watcher = EventWatcher()
            var killsAfterConnecting = 0
            var end = Date.distantFuture

            init() throws {
                home = try TestHome()
                // The small model shows something within the second that a service lives.
                try home.write("model: household-1\nweb: {listen: off}\n", to: "earwitness.yaml")
                program = try home.program()
            }

            func begin() throws {
                watcher = EventWatcher()
                end = .distantFuture
                service = try program.start("run", "--source", "demo", "--pace", "40")
                // Every fourth life ends at any moment, also before it is ready.
                if Int.random(in: 0..<4) == 0 {
                    end = Date(timeIntervalSinceNow: .random(in: 0...1) * Wait.slowness)
                }
            }

            /// Kills the service when it is time; true if it is dead.
            func advance() throws -> Bool {
                guard let service else { return true }
                if watcher.connect(to: home.socket), end == .distantFuture {
                    end = Date(timeIntervalSinceNow: .random(in: 0...0.6) * Wait.slowness)
                    killsAfterConnecting += 1
                }
                guard Date() >= end else {
                    try #require(service.isRunning, "\(service.errors)")
                    return false
                }
                service.send(SIGKILL)
                service.waitUntilExit()
                self.service = nil
                shown.merge(watcher.shown()) { $1 }
                return true
            }

            /// Starts once more and stops in good order, so that nothing waits in the spool.
            func settle() throws {
                let last = try program.start("run", "--source", "demo")
                try Wait.until("the service answers after all kills") {
                    try program.run("status").status == 0
                }
                #expect(last.terminate().status == 0)
            }
        }

        private func expectEverythingShown(in lane: Lane) throws {
            #expect(try lane.home.query("PRAGMA integrity_check") == "ok")
            #expect(try lane.home.query("PRAGMA foreign_key_check") == "")
            let folder = try FileManager.default.contentsOfDirectory(
                atPath: lane.home.path("state")
            )
            #expect(!folder.contains { $0.contains("damaged") }, "\(folder)")
            let rows = try lane.home.query("SELECT id, start_utc, end_utc FROM heard")
            var stored: [Int: EventWatcher.Shown] = [:]
            for row in rows.split(separator: "\n") {
                let values = row.split(separator: "|", omittingEmptySubsequences: false)
                guard let id = Int(values[0]) else { continue }
                stored[id] = EventWatcher.Shown(
                    start: String(values[1]),
                    end: values[2].isEmpty ? nil : String(values[2])
                )
            }
            for (id, event) in lane.shown {
                let row = try #require(stored[id], "event \(id) was shown and is gone")
                #expect(row.start == event.start)
                #expect(row.end != nil, "what a kill left open is closed")
                if let end = event.end { #expect(row.end == end) }
            }
        }

        @Test func aServiceKilledAtRandomMomentsLosesNoShownEventAndNoDatabase() throws {
            let began = Date()
            let lanes = try (0..<Self.lanes).map { _ in try Lane() }
            var kills = 0
            while kills < Self.kills {
                let active = lanes.prefix(Self.kills - kills)
                for lane in active { try lane.begin() }
                var living = Array(active)
                try Wait.until("every service was killed", seconds: 120) {
                    living = try living.filter { try !$0.advance() }
                    return living.isEmpty
                }
                kills += active.count
            }
            for lane in lanes { try lane.settle() }
            for lane in lanes { try expectEverythingShown(in: lane) }
            let shown = lanes.map(\.shown.count).reduce(0, +)
            let connected = lanes.map(\.killsAfterConnecting).reduce(0, +)
            #expect(shown > kills / 4, "the services lived long enough to show something")
            print(
                "\(kills) kills, \(connected) of them while somebody listened, \(shown) events "
                    + "shown, none lost; \(Int(Date().timeIntervalSince(began))) s."
            )
        }

        @Test func whatWasShownFromTheSpoolOutlivesAKillToo() throws {
            let lane = try Lane()
            try lane.settle()
            for _ in 0..<max(3, Self.kills / 50) {
                let lock = try HeldLock(home: lane.home)
                try lane.begin()
                lane.end = Date(timeIntervalSinceNow: 6)
                try Wait.until("an event is shown", seconds: 60) {
                    _ = lane.watcher.connect(to: lane.home.socket)
                    return !lane.watcher.shown().isEmpty
                }
                lane.end = .distantPast
                #expect(try lane.advance())
                lock.release()
            }
            #expect(!lane.shown.isEmpty)
            try lane.settle()
            try expectEverythingShown(in: lane)
        }
    }
}
