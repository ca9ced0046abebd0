import Foundation
import Glibc
import Testing

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
            let service = try program.start(arguments: ["run", "--source", "demo"] + options)
            try Wait.until("the service answers") { try program.run("status").status == 0 }
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
            JSONLines.objects(in: try program.run("status", "--format", "json").output).first ?? [:]
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
                service.errors.contains("in force after a restart: web.listen")
            }
            #expect(service.errors.contains("Configuration read again: log;"))
            let waiting = "Changed, and in force after a restart: web.listen."
            #expect(try (status()["warnings"] as? [String])?.contains(waiting) == true)
            // It still waits after the next change.
            try change("web: {listen: '127.0.0.1:1'}\n", service)
            try Wait.until("the log level is taken back") {
                service.errors.components(separatedBy: "Configuration read again: log;").count == 3
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
            try Wait.until("the recording was heard once", seconds: 60) {
                try home.query(
                    "SELECT count(*) > 0 FROM heard WHERE class = 'chainsaw' AND end_utc IS NOT NULL"
                ) == "1"
            }
            let rain = "SELECT count(*) > 0 FROM heard WHERE class = 'rain'"
            #expect(try home.query(rain) == "0")
            let table = try program.run("thresholds").lines
            #expect(table.contains { $0.hasPrefix("rain ") && $0.contains(" off ") }, "\(table)")

            try change("detection: {classes: {rain: {enabled: true}}}\n", service)
            try Wait.until("rain is heard", seconds: 60) { try home.query(rain) == "1" }
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
