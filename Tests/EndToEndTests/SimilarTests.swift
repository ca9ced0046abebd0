import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// Sounds like an event, as a user asks for them.
    @Suite struct SimilarTests {
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
                try program.run("events", "--format", "json").lines.count >= 8
            }
            #expect(service.terminate().status == 0)
        }

        private func events() throws -> [(id: Int, className: String)] {
            let words = ["events", "--until", "2099-01-01", "--format", "json"]
            let lines = JSONLines.objects(in: try program.run(arguments: words).output)
            return lines.map { ($0["id"] as? Int ?? 0, $0["class"] as? String ?? "") }
        }

        private func similar(_ event: Int) throws -> [String: Any] {
            let outcome = try program.run(
                arguments: [
                    "similar", "--event", "\(event)", "--until", "2099-01-01", "--format", "json",
                ]
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
            return try #require(JSONLines.objects(in: outcome.output).first)
        }

        @Test func whatSoundsLikeAnEventIsFoundWithAndWithoutTheService() throws {
            try hearDemo()
            let heard = try events()
            let asked = try #require(heard.first { $0.className != "speech" })
            let answer = try similar(asked.id)
            let found = try #require(answer["found"] as? [[String: Any]])
            #expect(answer["model"] as? String == "household-2")
            #expect(!found.isEmpty)
            let likenesses = found.compactMap { $0["likeness"] as? Double }
            #expect(likenesses.allSatisfy { (0...1).contains($0) })
            #expect(likenesses == likenesses.sorted(by: >))
            let ids = found.compactMap { ($0["event"] as? [String: Any])?["id"] as? Int }
            #expect(!ids.isEmpty && !ids.contains(asked.id), "\(answer)")

            let table = try program.run(
                arguments: ["similar", "--event", "\(asked.id)", "--until", "2099-01-01"]
            )
            for word in ["like \(asked.id)", "Compared", "by household-2"] {
                #expect(table.output.contains(word), "\(table.output)")
            }

            let lines = try program.run(
                arguments: [
                    "similar", "--event", "\(asked.id)", "--until", "2099-01-01", "--format", "csv",
                ]
            ).lines
            #expect(lines.first == "likeness,source,at,start,end,event,class,label")
            #expect(lines.dropFirst().compactMap { Double($0.prefix(5)) } == likenesses)

            // A recording of the demo's own rooster finds the demo's rooster.
            let clip = Recordings.clear("rooster").path
            let words = ["similar", "--clip", clip, "--until", "2099-01-01"]
            let ofClip = try program.run(arguments: words + ["--format", "json"])
            let roosters = try #require(JSONLines.objects(in: ofClip.output).first)
            #expect(roosters["recording"] as? String == clip && roosters["event"] is NSNull)
            let likest = try #require((roosters["found"] as? [[String: Any]])?.first)
            #expect(likest["likeness"] as? Double ?? 0 > 0.7, "\(likest)")
            #expect(try program.run(arguments: words).output.contains("window(s) of the recording"))

            // A running service answers the same of the past.
            let service = try program.startAnswering("run", "--source", "demo", "--pace", "0.1")
            let there = try similar(asked.id)["found"] as? [[String: Any]] ?? []
            #expect(
                there.compactMap { $0["likeness"] as? Double }.prefix(3) == likenesses.prefix(3)
            )
            #expect(service.terminate().status == 0)
        }

        @Test func whatCannotBeFoundIsRefusedInALine() throws {
            try home.write("storage: { print_days: 0 }\n", to: "earwitness.yaml")
            try hearDemo()
            #expect(try home.query("SELECT count(*) FROM print_block") == "0")
            let event = try #require(try events().first { $0.className != "speech" }).id
            for (arguments, status, words) in [
                (["--event", "4711"], 66, "4711"),
                (["--event", "\(event)"], 66, "none are kept of 'demo'. Set storage.print_days"),
                (["--event", "0"], 64, "--event is 0; give the number of an event."),
                ([], 64, "Give --event with a number, or --clip with a recording."),
                (["--event", "1", "--clip", "a.wav"], 64, "Give --event with a number, or --clip"),
                (["--clip", "a.wav"], 66, "No recording at 'a.wav'"),
                (["--event", "1", "--limit", "0"], 64, "--limit is 0; give 1 to 1000."),
                (["--event", "1", "--since", "last week"], 64, "'last week'"),
                (["--event", "1", "--since", "1h", "--until", "2h"], 64, "later than --until"),
                (["--event", "1", "--source", "attic"], 64, "Unknown source 'attic'"),
            ] {
                let outcome = try program.run(arguments: ["similar"] + arguments)
                #expect(outcome.status == Int32(status), "\(arguments): \(outcome.errors)")
                #expect(outcome.errors.contains(words), "\(arguments): \(outcome.errors)")
                #expect(outcome.output.isEmpty, "\(arguments)")
            }
        }
    }
    /// The same on the page, in a real browser.
    @Suite struct SimilarPageTests {
        private let home: TestHome
        private let program: BuiltProgram
        private let browser: Browser
        private let origin: String

        init() throws {
            home = try TestHome()
            origin = "http://127.0.0.1:\(try MonitorPageTests.freePorts(1)[0])"
            try home.write("web: { listen: '\(origin.dropFirst(7))' }\n", to: "earwitness.yaml")
            program = try home.program()
            browser = try Browser()
        }

        @Test func soundsLikeAnEventAreFoundOnItsView() throws {
            let service = try program.startAnswering("run", "--source", "demo", "--pace", "4")
            var events: [[String: Any]] = []
            try Wait.until("four sounds are over", seconds: 90) {
                events = JSONLines.objects(
                    in: try program.run("events", "--format", "json").output
                )
                return events.count >= 4
            }
            let event = try #require(events.first { $0["class"] as? String != "speech" })
            try browser.open("\(origin)/#/event/\(event["id"] ?? 0)")
            let panel = "document.querySelector('[aria-labelledby=similar-title]')"
            try browser.wait(until: "\(panel) !== null")
            // Its prints are written some seconds after it.
            try browser.wait(
                until: """
                    (() => { const found = \(panel).querySelectorAll('li a').length;
                      if (found === 0) \(panel).querySelector('button').click();
                      return found > 0; })()
                    """
            )
            for (place, words) in [
                ("\(panel).querySelector('li').innerText", "% alike"),
                ("document.getElementById('said').textContent", "most like it"),
            ] {
                let text = try browser.value(of: place) as? String
                #expect(text?.contains(words) == true, "\(text ?? "nothing")")
            }
            try browser.expectOpenToEverybody()
            try browser.expectNothingWrong(from: origin, name: "monitor-similar")
            #expect(service.terminate().status == 0)
        }
    }
}
