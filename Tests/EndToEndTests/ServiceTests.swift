import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// The service as systemd and its user handle it, on the demo recording.
    @Suite struct ServiceTests {
        private let home: TestHome
        private let program: BuiltProgram

        init() throws {
            home = try TestHome()
            program = try home.program()
        }

        private func startDemo(_ program: BuiltProgram) throws -> RunningProgram {
            let service = try program.startAnswering("run", "--source", "demo")
            return service
        }

        private func ongoing() throws -> [[String: Any]] {
            let status = try program.status()
            return status["ongoing"] as? [[String: Any]] ?? []
        }

        @Test func aServiceToldToStopClosesWhatIsOpenWritesItAndEndsWithZero() throws {
            let service = try startDemo(program)
            try Wait.until("a sound of the demo goes on", seconds: 60) { try !ongoing().isEmpty }
            let id = try #require(try ongoing().first?["id"] as? Int)
            let outcome = service.terminate()
            #expect(outcome.status == 0, "\(outcome.errors)")
            let row = try home.query(
                "SELECT end_utc_ms > start_utc_ms, peak_score > 0.5 FROM event WHERE id = \(id)"
            )
            #expect(row == "1|1")
            #expect(try home.query("SELECT count(*) FROM event WHERE end_utc_ms IS NULL") == "0")
            let history = JSONLines.objects(
                in: try program.run("events", "--format", "json").output
            )
            #expect(history.contains { $0["id"] as? Int == id })
            #expect(!FileManager.default.fileExists(atPath: home.socket))
        }

        @Test func aKilledServiceLosesNoEventAndTheNextSaysHowLongNobodyListened() throws {
            let service = try startDemo(program)
            try Wait.until("a sound of the demo goes on", seconds: 60) { try !ongoing().isEmpty }
            let id = try #require(try ongoing().first?["id"] as? Int)
            service.send(SIGKILL)
            service.waitUntilExit()
            Thread.sleep(forTimeInterval: 2)

            let next = try startDemo(program)
            #expect(next.errors.contains("Not listening for"))
            #expect(
                try home.query("SELECT end_utc_ms IS NOT NULL FROM event WHERE id = \(id)") == "1"
            )
            let stopped = try home.query(
                "SELECT sum(end_utc_ms - start_utc_ms) > 1500 FROM coverage "
                    + "WHERE state = 'stopped'"
            )
            #expect(stopped == "1")
            #expect(next.terminate().status == 0)
        }

        @Test func atLogLevelDebugTheWayOfASoundFromTheDeviceToItsRowIsTold() throws {
            try home.write("web: { listen: off }\nlog: debug\n", to: "earwitness.yaml")
            let service = try startDemo(program)
            let line = /Event (\d+) was written (\S+) s after .* and (\S+) s after the deciding/
            try Wait.until("an event is told of", seconds: 60) {
                service.errors.firstMatch(of: line) != nil
            }
            let match = try #require(service.errors.firstMatch(of: line))
            let sinceFirst = try #require(Double(match.2))
            let sinceDeciding = try #require(Double(match.3))
            #expect(try home.query("SELECT count(*) FROM event WHERE id = \(match.1)") == "1")
            #expect(sinceDeciding > 0 && sinceDeciding < 10)
            #expect(sinceFirst >= sinceDeciding && sinceFirst < 20)
            #expect(service.terminate().status == 0)
        }

        @Test func systemdIsToldOfReadinessLifeAndTheEnd() throws {
            let supervisor = try NotifySocket(path: home.path("notify"))
            var program = program
            program.environment["NOTIFY_SOCKET"] = supervisor.path
            program.environment["WATCHDOG_USEC"] = "1000000"
            let service = try startDemo(program)
            try Wait.until("two signs of life came") {
                supervisor.messages().filter { $0.contains("WATCHDOG=1") }.count >= 2
            }
            #expect(supervisor.messages().first?.contains("READY=1") == true)
            #expect(service.terminate().status == 0)
            #expect(supervisor.messages().contains { $0.contains("STOPPING=1") })
        }

        @Test func aThresholdSetWhileItRunsIsObeyedAndOutlivesTheService() throws {
            let service = try startDemo(program)
            #expect(try program.run("thresholds", "set", "dog_bark", "0.33").status == 0)
            #expect(try threshold("dog_bark") == 0.33)
            #expect(service.terminate().status == 0)
            #expect(try threshold("dog_bark") == 0.33)
            #expect(try program.run("thresholds", "reset", "dog_bark").status == 0)
            #expect(try threshold("dog_bark") != 0.33)
        }

        @Test func aChangedConfigurationIsTakenOverOnHangupAndAWrongOneIsNot() throws {
            let service = try startDemo(program)
            let correct = "web: {listen: off}\ndetection: {classes: {rooster: {on: 0.61}}}\n"
            try home.write(correct, to: "earwitness.yaml")
            service.send(SIGHUP)
            try Wait.until("the new threshold is in force") { try threshold("rooster") == 0.61 }

            try home.write("gate: {open_dbsf: 3}\n", to: "earwitness.yaml")
            service.send(SIGHUP)
            try Wait.until("the log names the wrong key") { service.errors.contains("open_dbsf") }
            try home.write(correct, to: "earwitness.yaml")
            #expect(try threshold("rooster") == 0.61)
            #expect(service.terminate().status == 0)
        }

        private func threshold(_ className: String) throws -> Double? {
            let lines = JSONLines.objects(
                in: try program.run("thresholds", "show", "--format", "json").output
            )
            return lines.first { $0["class"] as? String == className }?["on"] as? Double
        }
    }
}

extension EndToEnd {
    /// What is changed while the service listens: obeyed at once, without losing a sample.
    @Suite struct LiveConfigurationTests {
        private let home: TestHome
        private let program: BuiltProgram

        init() throws {
            home = try TestHome()
            program = try home.program()
            try FileManager.default.createDirectory(
                atPath: home.path("earwitness.d"),
                withIntermediateDirectories: true
            )
        }

        private func start(_ options: String...) throws -> RunningProgram {
            let service = try program.startAnswering(
                arguments: ["run", "--source", "demo"] + options
            )
            return service
        }

        /// Writes a drop-in and tells the service.
        private func change(_ text: String, _ service: RunningProgram) throws {
            try home.write(text, to: "earwitness.d/mine.yaml")
            service.send(SIGHUP)
        }

        private func threshold(_ className: String) throws -> Double? {
            JSONLines.objects(
                in: try program.run("thresholds", "show", "--format", "json").output
            ).first { $0["class"] as? String == className }?["on"] as? Double
        }

        private func status() throws -> [String: Any] {
            try program.status()
        }

        @Test func everyWayToChangeItIsObeyedAndNoSampleIsLost() throws {
            let service = try start()
            for step in 1...8 {
                let on = Double(50 + step) / 100
                try change(
                    "gate: {open_dbfs: \(-50 - step)}\n"
                        + "detection: {classes: {rooster: {on: \(on)}}}\n",
                    service
                )
                try Wait.until("the drop-in is in force") { try threshold("rooster") == on }
                let set = try program.run("thresholds", "set", "dog_bark", "0.\(60 + step)")
                #expect(set.status == 0, "\(set.errors)")
                #expect(try threshold("dog_bark") == Double(60 + step) / 100)
            }
            #expect(service.terminate().status == 0)
            // The stretches that were listened to follow one another without a gap, and none is
            // lost: the sample clock went on through every change.
            let rows = try home.query(
                "SELECT state, start_utc_ms, end_utc_ms FROM coverage ORDER BY start_utc_ms"
            ).split(separator: "\n").map { $0.split(separator: "|").map(String.init) }
            let heard = rows.filter { ["listening", "gated"].contains($0[0]) }
            #expect(!rows.contains { $0[0] == "lost" })
            #expect(!heard.isEmpty)
            for (former, latter) in zip(heard, heard.dropFirst()) {
                #expect(former[2] == latter[1], "a gap between \(former) and \(latter)")
            }
        }

        @Test func whatNeedsARestartIsNamedInTheLogAndInStatusUntilItIsTakenBack() throws {
            let service = try start()
            try change("web: {listen: '127.0.0.1:1'}\nlog: debug\n", service)
            try Wait.until("the log names it") {
                service.errors.contains("takes effect after a restart: web.listen")
            }
            #expect(service.errors.contains("Configuration reloaded: log;"))
            let waiting = "Changed; takes effect after a restart: web.listen."
            #expect(try (status()["warnings"] as? [String])?.contains(waiting) == true)
            // It still waits after the next change.
            try change("web: {listen: '127.0.0.1:1'}\n", service)
            try Wait.until("the log level is taken back") {
                service.errors.components(separatedBy: "Configuration reloaded: log;").count == 3
            }
            #expect(try (status()["warnings"] as? [String])?.contains(waiting) == true)
            try change("log: info\n", service)
            try Wait.until("nothing waits any more") {
                try (status()["warnings"] as? [String])?.contains(waiting) == false
            }
            #expect(service.terminate().status == 0)
        }

        @Test func aClassThatTheModelHasOffIsHeardOnceItIsSwitchedOn() throws {
            let service = try start("--pace", "10")
            // The second dog barks after the chainsaw.
            try Wait.until("the recording was heard once", seconds: 60) {
                try home.query(
                    "SELECT count(*) > 1 FROM heard WHERE class = 'dog_bark' AND end_utc IS NOT NULL"
                ) == "1"
            }
            let saw = "SELECT count(*) > 0 FROM heard WHERE class = 'chainsaw'"
            #expect(try home.query(saw) == "0")
            let table = try program.run("thresholds").lines
            #expect(
                table.contains { $0.hasPrefix("chainsaw ") && $0.contains(" off ") },
                "\(table)"
            )

            try change("detection: {classes: {chainsaw: {enabled: true}}}\n", service)
            try Wait.until("the chainsaw is heard", seconds: 60) { try home.query(saw) == "1" }
            #expect(service.terminate().status == 0)
        }

        @Test func configShowNamesTheOriginOfEachValue() throws {
            try home.write("log: debug\nweb: {listen: off}\n", to: "earwitness.yaml")
            try home.write("gate:\n  open_dbfs: -44\n", to: "earwitness.d/mine.yaml")
            #expect(try program.run("thresholds", "set", "rain", "0.9").status == 0)
            let lines = try program.run("config", "show").lines
            func line(_ key: String) -> String {
                lines.first { $0.hasPrefix(key) } ?? "no line for \(key)"
            }
            #expect(line("log").hasSuffix("earwitness.yaml:1"))
            #expect(line("gate.open_dbfs").hasSuffix("earwitness.d/mine.yaml:2"))
            #expect(line("gate.hold_s").hasSuffix("default"))
            #expect(line("thresholds.rain").contains("overrides.yaml:"))
            #expect(line("(state)").hasSuffix("environment ($STATE_DIRECTORY)"))
        }
    }
}
