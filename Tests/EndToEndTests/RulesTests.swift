import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// Rules of a running service, with commands that write down what they get.
    @Suite struct RulesTests {
        private let home: TestHome
        private let program: BuiltProgram

        init() throws {
            home = try TestHome()
            program = try home.program()
            try home.write(
                """
                web: {listen: off}
                rules:
                  all:
                    when: {class: any}
                    then:
                      - command: [/bin/sh, -c, "cat >> \(home.path("news"))"]
                  broken:
                    when: {class: any}
                    cooldown: 1h
                    then:
                      - webhook: {url: "http://127.0.0.1:9/", allow_private: true}
                """,
                to: "earwitness.yaml"
            )
        }

        /// The numbers of the events that the command was told of, in order.
        private func told() -> [Int] {
            let text = (try? String(contentsOfFile: home.path("news"), encoding: .utf8)) ?? ""
            return JSONLines.objects(in: text).compactMap { news in
                (news["event"] as? [String: Any])?["id"] as? Int
            }
        }

        private func start() throws -> RunningProgram {
            try program.startAnswering("run", "--source", "demo", "--pace", "8")
        }

        /// What was under way at the kill is told again, since nobody knows what became of it.
        @Test func aKilledServiceTellsOfEachEventAndOfAtMostOneTwice() throws {
            let first = try start()
            try Wait.until("news", seconds: 30) { told().count >= 2 }
            first.send(SIGKILL)
            first.waitUntilExit()
            let second = try start()
            try Wait.until("more news", seconds: 30) { told().count >= 4 }

            let status = try program.status()
            let deliveries = status["deliveries"] as? [[String: Any]] ?? []
            let broken = try #require(
                deliveries.first { $0["channel"] as? String == "broken/webhook" }
            )
            #expect(broken["waiting"] as? Int == 1 && broken["delivered"] as? Int == 0)
            #expect((broken["last_error"] as? String)?.contains("onnect") == true)

            let fired = try program.run("rules", "fire", "all")
            #expect(fired.status == 0, "\(fired.errors)")
            #expect(fired.output == "all/command: delivered: exit code 0\n")
            let refused = try program.run("rules", "fire", "broken")
            #expect(refused.status == 74)
            #expect(refused.output.hasPrefix("broken/webhook: not delivered: "))
            #expect(try program.run("rules", "fire", "none").errors.contains("no rule 'none'"))

            #expect(second.terminate().status == 0)
            // What came last is told at the next start.
            let third = try start()
            let last = try #require(told().max())
            try Wait.until("what was left") { told().contains { $0 > last } }
            #expect(third.terminate().status == 0)
            let numbers = Set(told())
            #expect(told().count - numbers.count <= 1, "\(told())")
            let known = try home.query("SELECT count(*) FROM event WHERE id <= \(last)")
            #expect(numbers.count { $0 <= last } == Int(known))
        }

        @Test func rulesAreCheckedAndTriedOnThePastWithoutTheService() throws {
            let service = try start()
            try Wait.until("news", seconds: 30) { told().count >= 2 }
            #expect(service.terminate().status == 0)
            let check = try program.run("rules", "check")
            #expect(check.status == 0, "\(check.errors)")
            #expect(check.lines.count == 3)
            let trial = try program.run(
                arguments: ["rules", "test", "--since", "1h", "--until", "2100-01-01"]
                    + ["--rule", "all"]
            )
            #expect(trial.status == 0, "\(trial.errors)")
            #expect(trial.lines.last?.contains("message(s) of") == true)
            #expect(trial.lines.count >= 4)

            try home.write(
                "rules: {r: {then: [{mail: {to: me, subject: '{{titel}}'}}]}}\n",
                to: "earwitness.yaml"
            )
            let commands = [
                ["rules", "check"], ["config", "check"], ["run", "--source", "demo"],
            ]
            for command in commands {
                let outcome = try program.run(arguments: command)
                #expect(outcome.status == 78)
                #expect(outcome.errors.contains("earwitness.yaml:1:"), "\(outcome.errors)")
                #expect(outcome.errors.contains("found '{{titel}}', an unknown name"))
                #expect(outcome.errors.contains("did you mean 'title'?"))
            }
        }
    }
}
