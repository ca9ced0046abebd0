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
            let service = try program.start("run", "--source", "demo", "--pace", "20")
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
                return watcher.shown().values.count { $0.end != nil } >= 10
            }
            #expect(service.terminate().status == 0)
            return try stored()
        }

        private func stored() throws -> Set<Int> {
            let ids = try home.query("SELECT id FROM event WHERE end_utc_ms IS NOT NULL")
            return Set(ids.split(separator: "\n").compactMap { Int($0) })
        }

        private func warnings() throws -> [String] {
            let status = JSONLines.objects(
                in: try program.run("status", "--format", "json").output
            ).first
            return status?["warnings"] as? [String] ?? []
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
                try warnings().contains { $0.contains("set aside") }
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
                try warnings().contains { $0.contains("set aside") }
            }
            #expect(service.errors.contains("The regular check of the event history failed"))
            let since = Set(watcher.shown().keys)
            try Wait.until("sounds go on being shown", seconds: 60) {
                watcher.shown().filter { $0.value.end != nil && !since.contains($0.key) }.count >= 2
            }
            let database = try #require(
                JSONLines.objects(in: try program.run("status", "--format", "json").output)
                    .first?["database"] as? [String: Any]
            )
            #expect(database["rescues"] as? Int == 1)
            #expect(database["checked"] is String)
            #expect(try program.run("status").output.contains("found whole"))
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
                try warnings().contains { $0.contains("set aside") }
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
