import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// The service killed at random moments: what it showed is there, and its database is whole.
    ///
    /// `EARWITNESS_KILLS` says how often, 200 times without it.
    @Suite struct KillTests {
        private static let kills =
            ProcessInfo.processInfo.environment["EARWITNESS_KILLS"].flatMap(Int.init) ?? 200
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
