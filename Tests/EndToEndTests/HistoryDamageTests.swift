import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// The service whose database is damaged, on the demo recording played fast.
    @Suite struct HistoryDamageTests {
        private let home: TestHome
        private let program: BuiltProgram

        init() throws {
            home = try TestHome()
            program = try home.program()
        }

        private func start() throws -> RunningProgram {
            let service = try program.start("run", "--source", "demo", "--pace", "40")
            let socket = home.socket
            try Wait.until("the service answers", seconds: 60) {
                try #require(service.isRunning, "\(service.errors)")
                return FileManager.default.fileExists(atPath: socket)
            }
            return service
        }

        /// Fills a history and gives the numbers of its events.
        private func fill() throws -> Set<Int> {
            let service = try start()
            let watcher = EventWatcher()
            try Wait.until("some sounds are over", seconds: 60) {
                _ = watcher.connect(to: home.socket)
                return watcher.shown().values.count { $0.end != nil } >= 6
            }
            #expect(service.terminate().status == 0)
            return try stored()
        }

        private func stored() throws -> Set<Int> {
            let ids = try home.query("SELECT id FROM event WHERE end_utc_ms IS NOT NULL")
            return Set(ids.split(separator: "\n").compactMap { Int($0) })
        }

        private func warnings() throws -> [String] {
            let status = try program.status()
            return status["warnings"] as? [String] ?? []
        }

        private func aside() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: home.path("state"))
                .filter { $0.hasPrefix("events.sqlite.damaged-") }
        }

        /// Damages the closed database by a shell command in which `$DB` is its path.
        private func damage(_ command: String) throws {
            let shell = try RunningProgram(
                path: "/bin/sh",
                arguments: ["-c", command],
                environment: ["PATH": "/usr/bin:/bin", "DB": home.database]
            )
            let outcome = shell.outcome()
            try #require(outcome.status == 0, "\(outcome.errors)")
        }

        @Test(arguments: [
            "dd if=/dev/zero of=$DB bs=4096 seek=14 count=4 conv=notrunc",
            "dd if=/dev/urandom of=$DB bs=4096 seek=30 count=1 conv=notrunc",
            "truncate -s $(($(stat -c %s $DB) * 2 / 3)) $DB",
            "dd if=/dev/zero of=$DB bs=100 count=1 conv=notrunc",
            "head -c 70000 /dev/urandom > $DB",
        ])
        func damageFoundAtStartIsSetAsideAndTheServiceListens(command: String) throws {
            let before = try fill()
            try damage(command)
            let service = try start()
            try Wait.until("the status tells of the damage", seconds: 60) {
                try warnings().contains { $0.contains("was moved to") }
            }
            #expect(service.errors.contains("The event history was damaged"))
            #expect(try aside().count >= 1)
            #expect(try program.run("events").status == 0)
            let watcher = EventWatcher()
            try Wait.until("sounds are shown and written", seconds: 60) {
                _ = watcher.connect(to: home.socket)
                return watcher.shown().values.contains { $0.end != nil }
            }
            #expect(service.terminate().status == 0)
            #expect(try home.query("PRAGMA integrity_check") == "ok")
            let after = try stored()
            let new = Set(watcher.shown().filter { $0.value.end != nil }.keys)
            #expect(new.isSubset(of: after))
            #expect(new.isDisjoint(with: before), "no number is given twice")
        }

        @Test func damageThatNobodyMeetsIsFoundByTheRegularCheckAndNothingIsLost() throws {
            try home.write(
                "web: { listen: off }\nstorage: { check_hours: 0.001 }\n",
                to: "earwitness.yaml"
            )
            _ = try fill()
            let service = try start()
            let watcher = EventWatcher()
            try Wait.until("some sounds are shown", seconds: 60) {
                _ = watcher.connect(to: home.socket)
                return watcher.shown().values.count { $0.end != nil } >= 2
            }
            let before = try stored()
            _ = try home.query("PRAGMA wal_checkpoint(TRUNCATE)")
            // An index that only questions for a class need, which nobody asks.
            let page = try home.query("SELECT pageno FROM dbstat WHERE name = 'class_by_name'")
            let number = try #require(Int(page))
            try damage("dd if=/dev/urandom of=$DB bs=4096 seek=\(number - 1) count=1 conv=notrunc")
            try Wait.until("the status tells of the damage", seconds: 60) {
                try warnings().contains { $0.contains("was moved to") }
            }
            #expect(service.errors.contains("The integrity check of the event history failed"))
            let since = Set(watcher.shown().keys)
            try Wait.until("sounds go on being shown", seconds: 60) {
                watcher.shown().filter { $0.value.end != nil && !since.contains($0.key) }.count >= 2
            }
            let database = try #require(
                try program.status()["database"] as? [String: Any]
            )
            #expect(database["rescues"] as? Int == 1)
            #expect(database["checked"] is String)
            #expect(try program.run("status").output.contains("integrity check passed"))
            #expect(service.terminate().status == 0)
            #expect(try home.query("PRAGMA integrity_check") == "ok")
            let ended = Set(watcher.shown().filter { $0.value.end != nil }.keys)
            #expect(ended.union(before).isSubset(of: try stored()))
            let lost = try home.query("SELECT count(*) FROM coverage WHERE state = 'lost'")
            #expect(lost == "0", "no sample is lost meanwhile")
        }

        @Test func damageMetWhileTheServiceRunsIsSetAsideAndNothingShownIsLost() throws {
            let service = try start()
            let watcher = EventWatcher()
            try Wait.until("some sounds are shown", seconds: 60) {
                _ = watcher.connect(to: home.socket)
                return watcher.shown().values.count { $0.end != nil } >= 4
            }
            _ = try home.query("PRAGMA wal_checkpoint(TRUNCATE)")
            try damage("dd if=/dev/urandom of=$DB bs=4096 seek=1 count=60 conv=notrunc")
            // A reader meets it; writing alone might not for long.
            _ = try program.run("events", "--since", "1d")
            try Wait.until("the status tells of the damage", seconds: 60) {
                try warnings().contains { $0.contains("was moved to") }
            }
            let since = Set(watcher.shown().keys)
            try Wait.until("sounds go on being shown", seconds: 60) {
                watcher.shown().filter { $0.value.end != nil && !since.contains($0.key) }.count >= 2
            }
            #expect(service.terminate().status == 0)
            #expect(try home.query("PRAGMA integrity_check") == "ok")
            let new = watcher.shown().filter { $0.value.end != nil && !since.contains($0.key) }
            #expect(Set(new.keys).isSubset(of: try stored()))
        }
    }
}

extension EndToEnd {
    /// The service and commands on state that is damaged, and on a disk without inodes.
    @Suite struct DamagedStateTests {
        private let home: TestHome
        private let program: BuiltProgram

        init() throws {
            home = try TestHome()
            program = try home.program()
        }

        private func startDemo() throws -> RunningProgram {
            let service = try program.start("run", "--source", "demo", "--pace", "10")
            try Wait.until("the service answers") {
                try #require(service.isRunning, "\(service.errors)")
                return try program.run("status").status == 0
            }
            return service
        }

        private func asides(of name: String) throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: home.path("state"))
                .filter { $0.hasPrefix("\(name).damaged-") }
        }

        @Test func aServiceListensWhateverBecameOfItsFiles() throws {
            try home.write(String(repeating: "\0", count: 4_096), to: "state/overrides.yaml")
            try home.write("", to: "state/noise-floors.json")
            try home.write("9223372036854775807\n", to: "state/next-event-id")
            for name in ["state/events.spool", "state/events.sqlite", "run/api.sock"] {
                mkdir(home.path(name), 0o700)
            }
            mkfifo(home.path("state/history.lock"), 0o600)
            let service = try startDemo()
            let status = try program.run("status").output
            for name in [
                "overrides.yaml", "noise-floors.json", "next-event-id", "events.spool",
                "events.sqlite",
            ] {
                #expect(try asides(of: name).count == 1)
                #expect(status.contains("warning    '\(home.path("state/" + name))'"), "\(status)")
                #expect(service.errors.contains("'\(home.path("state/" + name))'"))
            }
            try Wait.until("a sound is in the new history", seconds: 60) {
                try home.query("SELECT count(*) > 0 FROM event") == "1"
            }
            let doctor = try program.run("doctor", "--no-listen").output
            #expect(doctor.contains("A damaged file was moved aside."))
            #expect(service.terminate().status == 0)
        }

        @Test func commandsSayThatTheOverridesAreDamagedAndLoseNothing() throws {
            let damaged = "thresholds:\n  'rain': 0.7\n  'sea_wa"
            try home.write(damaged, to: "state/overrides.yaml")
            for command in [["config", "show"], ["thresholds"]] {
                let outcome = try program.run(arguments: command)
                #expect(outcome.status == 0)
                #expect(
                    outcome.errors.hasPrefix(
                        "earwitness: Cannot read the thresholds set by command: line 3 has a "
                            + "syntax error"
                    ),
                    "\(outcome.errors)"
                )
                #expect(try asides(of: "overrides.yaml").isEmpty)
            }
            let outcome = try program.run("thresholds", "set", "dog_bark", "0.7")
            #expect(outcome.status == 0)
            let aside = try #require(try asides(of: "overrides.yaml").first)
            #expect(outcome.errors.contains(aside))
            #expect(
                try String(contentsOfFile: home.path("state/\(aside)"), encoding: .utf8) == damaged
            )
        }

        @Test func aHistoryOfALaterVersionIsLeftAloneAndEventsWaitForIt() throws {
            let first = try startDemo()
            #expect(first.terminate().status == 0)
            let version = try home.query("PRAGMA user_version")
            _ = try home.query("PRAGMA user_version = 99")
            let service = try startDemo()
            try Wait.until("events wait in the spool", seconds: 60) {
                let status = try program.status()["database"] as? [String: Any]
                return (status?["spooled_events"] as? Int ?? 0) > 0
                    && (status?["fault"] as? String)?.contains("has format 99") == true
            }
            #expect(service.terminate().status == 0)
            _ = try home.query("PRAGMA user_version = \(version)")
            let next = try startDemo()
            try Wait.until("what waited is in the history", seconds: 60) {
                try home.query("SELECT count(*) > 0 FROM event") == "1"
            }
            #expect(next.terminate().status == 0)
        }

        @Test func onADiskWithoutInodesOldClipsGiveWayAndTheHistoryGoesOn() throws {
            try home.write(
                "web: { listen: off }\nclips: { keep: events, min_free: 0 }\n",
                to: "earwitness.yaml"
            )
            let mounted = try MountedState(home: home, megabytes: 64, options: "nr_inodes=48")
            try Wait.until("clips gave way", seconds: 120) {
                let clips = try program.status()["clips"] as? [String: Any]
                return (clips?["expired"] as? Int ?? 0) > 2
            }
            let status = try program.run("status").output
            #expect(!status.contains("FAULT"), "\(status)")
            #expect(!status.contains("Clips cannot be written"), "\(status)")
            #expect(mounted.service.terminate().status == 0)
        }
    }
}
