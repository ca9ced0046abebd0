import Foundation
import Testing

extension EndToEnd {
    /// The past judged anew by `what-if`, as a user asks for it.
    @Suite struct WhatIfTests {
        private let home: TestHome
        private let program: BuiltProgram

        init() throws {
            home = try TestHome()
            program = try home.program()
        }

        /// Lets a service hear some of the demo, faster than real time: up to a time still to come.
        private func hearDemo() throws {
            let service = try program.startAnswering("run", "--source", "demo", "--pace", "10")
            try Wait.until("some sounds are over", seconds: 90) {
                try program.run("events", "--format", "json").lines.count >= 6
            }
            #expect(service.terminate().status == 0)
        }

        private func whatIf(_ arguments: String...) throws -> [String: Any] {
            let words = ["what-if"] + arguments + ["--until", "2099-01-01", "--format", "json"]
            let outcome = try program.run(arguments: words)
            #expect(outcome.status == 0, "\(arguments): \(outcome.errors)")
            return try #require(JSONLines.objects(in: outcome.output).first)
        }

        private func numbers(_ answer: [String: Any], _ keys: String...) -> [Int?] {
            keys.map { answer[$0] as? Int }
        }

        @Test func theRuleInForceGivesWhatWasRecordedAndAnotherSaysWhatComesAndGoes() throws {
            try hearDemo()
            let events = JSONLines.objects(
                in: try program.run(
                    "events",
                    "--until",
                    "2099-01-01",
                    "--format",
                    "json"
                ).output
            )
            let byClass = Dictionary(grouping: events) { $0["class"] as? String ?? "" }
            try #require(byClass.count >= 3)
            for (name, recorded) in byClass {
                let count = recorded.count
                let same = try whatIf(name)
                #expect(
                    numbers(same, "was", "would_be", "come_count", "go_count")
                        == [count, count, 0, 0],
                    "\(name): \(same)"
                )
                let none = try whatIf(name, "--min-duration", "3600")
                let gone = none["go"] as? [[String: Any]] ?? []
                #expect(
                    gone.compactMap { $0["start"] as? String }
                        == recorded.compactMap { $0["start"] as? String }.reversed()
                )
                #expect(numbers(none, "would_be", "come_count") == [0, 0])
                let more = try whatIf(name, "--on", "0.03", "--smoothing", "1")
                let days = more["per_day"] as? [[String: Any]] ?? []
                #expect(days.compactMap { $0["was"] as? Int }.reduce(0, +) == count)
                #expect(
                    days.compactMap { $0["would_be"] as? Int }.reduce(0, +)
                        == more["would_be"] as? Int
                )
            }
            let name = try #require(byClass.keys.sorted().first)
            let count = byClass[name]?.count ?? 0
            let rule = ["--min-duration", "3600", "--until", "2099-01-01"]
            let table = try program.run(arguments: ["what-if", name] + rule)
            for word in [
                "min_duration_s 3600 instead of", "\(count) would go, 0 stay", "would be",
                "would go",
            ] {
                #expect(table.output.contains(word), "\(table.output)")
            }

            // A running service answers the same.
            let here = try whatIf(name, "--on", "0.2")
            let service = try program.startAnswering("run", "--source", "demo", "--pace", "0.1")
            let there = try whatIf(name, "--on", "0.2")
            let keys = ["was", "would_be", "come_count", "go_count"]
            #expect(keys.map { here[$0] as? Int } == keys.map { there[$0] as? Int })
            #expect(service.terminate().status == 0)
        }

        @Test func whatCannotBeTriedIsRefusedInALine() throws {
            try hearDemo()
            for (arguments, status, words) in [
                (["barking"], 64, "no class 'barking'; its classes: "),
                (["dog_bark", "--on", "1.2"], 64, "--on is 1.2; give a number from 0 to 1."),
                (["dog_bark", "--on", "nan"], 64, "--on is nan; give a number from 0 to 1."),
                (["dog_bark", "--on", "0.3", "--off", "0.5"], 64, "'off' is 0.5, above 'on'"),
                (["dog_bark", "--smoothing", "0"], 64, "--smoothing is 0; give 1 to 64 windows."),
                (["dog_bark", "--since", "last week"], 64, "'last week'"),
                (["dog_bark", "--since", "1h", "--until", "2h"], 64, "later than --until"),
                (["dog_bark", "--source", "attic"], 64, "Unknown source 'attic'"),
                (["dog_bark", "--model", "other"], 64, "No model 'other' is in use"),
                (
                    ["dog_bark", "--since", "2d", "--until", "1d"], 66,
                    "No scores of 'dog_bark' are stored from "
                ),
            ] {
                let outcome = try program.run(arguments: ["what-if"] + arguments)
                #expect(outcome.status == Int32(status), "\(arguments): \(outcome.errors)")
                #expect(outcome.errors.contains(words), "\(arguments): \(outcome.errors)")
                #expect(outcome.output.isEmpty, "\(arguments)")
            }
        }
    }
}
