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
            let service = try program.start("run", "--source", "demo")
            try Wait.until("the service answers") { try program.run("status").status == 0 }
            return service
        }

        private func ongoing() throws -> [[String: Any]] {
            let status = JSONLines.objects(
                in: try program.run("status", "--format", "json").output
            ).first
            return status?["ongoing"] as? [[String: Any]] ?? []
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
            let line = /Event (\d+) is in the database (\S+) s after .*, (\S+) s after that of/
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
