import Foundation
import Testing

extension EndToEnd {
    /// The service on a machine that has no time for it.
    ///
    /// What takes the time away are busy programs on the service's only processor, where it has the
    /// lowest weight; the capture thread shares it.
    @Suite struct BackPressureTests {
        private static let hopSeconds = min(0.4, 0.08 * Wait.slowness)
        private let home: TestHome
        private let pulse: PulseAudioServer
        private let program: BuiltProgram

        init() throws {
            home = try TestHome()
            pulse = try PulseAudioServer(folder: home.folder)
            // As much work as can be configured, if the machine is as fast as usual: a window every
            // 80 ms, with the gate always open.
            try home.write(
                """
                sources:
                  - {name: porch, device: testmic}
                detection: {hop_s: \(Self.hopSeconds)}
                gate: {open_dbfs: -120, close_dbfs: -120}
                web: {listen: off}

                """,
                to: "earwitness.yaml"
            )
            program = try home.program(alsaConfiguration: pulse.alsaConfiguration)
        }

        private func source() throws -> [String: Any] {
            let outcome = try program.run("status", "--format", "json")
            let status = JSONLines.objects(in: outcome.output).first
            return (status?["sources"] as? [[String: Any]])?.first ?? [:]
        }

        private func stride() throws -> Int {
            try source()["hop_stride"] as? Int ?? 0
        }

        private func run(_ path: String, _ arguments: String...) throws {
            let tool = try RunningProgram(path: path, arguments: arguments, environment: [:])
            tool.waitUntilExit()
        }

        @Test func theHopGrowsWhileTheMachineIsTooSlowAndIsAsBeforeAfterwards() throws {
            let service = try program.start("run")
            try Wait.until("the source delivers", seconds: 45) {
                ["listening", "gated", "fault"].contains(try source()["state"] as? String ?? "")
            }
            #expect(try stride() == 1)

            let identifier = "\(service.identifier)"
            try run("/usr/bin/taskset", "-a", "-c", "-p", "0", identifier)
            for task in try FileManager.default.contentsOfDirectory(
                atPath: "/proc/\(identifier)/task"
            ) {
                try run("/usr/bin/renice", "-n", "19", "-p", task)
            }
            var busy = try (0..<8).map { _ in
                try RunningProgram(
                    path: "/usr/bin/taskset",
                    arguments: ["-c", "0", "/bin/sh", "-c", "while :; do :; done"],
                    environment: [:]
                )
            }
            try Wait.until("the hop has grown", seconds: 120) { try stride() > 1 }
            #expect(service.errors.contains("can't keep up"))
            let hop = try #require(try source()["hop_s"] as? Double)
            #expect(hop > 1.8 * Self.hopSeconds, "a hop of \(hop) s")

            busy.removeAll()
            try Wait.until("the hop is as before", seconds: 180) { try stride() == 1 }
            #expect(service.errors.contains("keeps up again"))
            #expect(service.terminate().status == 0)
        }
    }
}
