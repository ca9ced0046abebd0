import Foundation
import Glibc
import Testing

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
            #expect(doctor.contains("A file that was damaged is set aside."))
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
                        "earwitness: The thresholds set by command cannot be read: line 3 has a "
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
                let status =
                    JSONLines.objects(
                        in: try program.run("status", "--format", "json").output
                    ).first?["database"] as? [String: Any]
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
                let clips =
                    JSONLines.objects(
                        in: try program.run("status", "--format", "json").output
                    ).first?["clips"] as? [String: Any]
                return (clips?["expired"] as? Int ?? 0) > 2
            }
            let status = try program.run("status").output
            #expect(!status.contains("FAULT"), "\(status)")
            #expect(!status.contains("Clips are lost"), "\(status)")
            #expect(mounted.service.terminate().status == 0)
        }
    }
}
