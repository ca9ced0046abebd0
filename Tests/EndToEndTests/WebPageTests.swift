import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// The monitor's own page, in a real browser.
    @Suite struct MonitorPageTests {
        private let home: TestHome
        private let program: BuiltProgram
        private let browser: Browser
        private let origin: String

        init() throws {
            home = try TestHome()
            origin = "http://127.0.0.1:\(try Self.freePorts(1)[0])"
            try home.write(
                "web: { listen: '\(origin.dropFirst(7))' }\n",
                to: "earwitness.yaml"
            )
            program = try home.program()
            browser = try Browser()
        }

        /// Starts the demo and opens a view of its page.
        private func start(_ view: String = "live") throws -> RunningProgram {
            let service = try program.startAnswering("run", "--source", "demo", "--pace", "4")
            try open(view)
            return service
        }

        private func open(_ view: String) throws {
            // Another view of the same page is no other page to a browser.
            try browser.open("about:blank")
            try browser.open("\(origin)/#/\(view)")
            try browser.wait(
                until: "document.getElementById('connection').dataset.state === 'live'"
            )
        }

        private func text(_ expression: String) throws -> String {
            try #require(try browser.value(of: expression) as? String, "\(expression)")
        }

        private let ended = "[...document.querySelectorAll('#events li:not(.ongoing)')]"
        private let past = "[...document.querySelectorAll('#past tr')]"

        /// Waits until so many events are over.
        private func waitForEvents(_ count: Int) throws {
            try Wait.until("\(count) sounds are over", seconds: 90) {
                try program.run("events", "--format", "json").lines.count >= count
            }
        }

        @Test func itShowsWhatIsHeardAtAnyWidthByDayAndNightAndAsksNobodyElse() throws {
            let service = try start()
            try browser.wait(until: "\(ended).length >= 2", seconds: 90)
            try browser.expectNothingWrong(from: origin, name: "monitor")

            let events = JSONLines.objects(
                in: try program.run("events", "--format", "json").output
            )
            let first = try #require(events.first { $0["end"] is String })
            let length = try #require(first["duration_s"] as? Double)
            let words = try text("\(ended).at(-1).innerText.replaceAll('\\n', ' ')")
            for word in ["\(first["label"] ?? "")", "demo", String(format: "%.1f s", length)] {
                #expect(words.contains(word), "\(words)")
            }
            #expect(try text("document.querySelector('.level').textContent").contains("dB"))
            try browser.wait(
                until: "document.querySelector('.answers').innerText.includes('Listening')"
            )
            let answers = try text("document.querySelector('.answers').innerText")
            for word in ["Listening", "Hearing now", "Last night", "Can I trust it?"] {
                #expect(answers.contains(word), "\(answers)")
            }
            // Nobody listened before the service was there.
            let night = "document.querySelector('.night .big').textContent"
            try browser.wait(until: "!['', 'Nothing'].includes(\(night))")
            service.send(SIGTERM)
            try browser.wait(
                until: "document.getElementById('connection').dataset.state === 'lost'"
            )
            #expect(try text("document.querySelector('.tile .big').textContent") == "No answer")
        }

        /// Every view with what it shows once it is there.
        @Test(arguments: [
            ("history", "#past tr"), ("timeline", ".heats figure"), ("review", ".card h2"),
            ("sounds", "#thresholds tr"), ("system", ".facts"), ("event/1", ".facts"),
        ])
        func everyViewIsWholeAtAnyWidthByDayAndNight(view: String, content: String) throws {
            let service = try start()
            try waitForEvents(2)
            try open(view)
            try browser.wait(until: "document.querySelector('\(content)') !== null")
            let name = view.replacing("/", with: "-")
            try browser.expectNothingWrong(from: origin, name: "monitor-\(name)")
            try browser.expectOpenToEverybody()
            try browser.expectThatTheKeyboardReachesEverything()
            #expect(service.terminate().status == 0)
        }

        @Test func theLiveViewIsOpenToEverybody() throws {
            let service = try start()
            try browser.wait(until: "\(ended).length >= 1", seconds: 90)
            try browser.expectOpenToEverybody()
            try browser.expectThatTheKeyboardReachesEverything()
            #expect(service.terminate().status == 0)
        }

        @Test func aHistoryThatCannotBeReadYetIsShownAsSoonAsItCan() throws {
            let first = try program.start("run", "--source", "demo", "--pace", "10")
            try waitForEvents(2)
            #expect(first.terminate().status == 0)
            let lock = try HeldLock(
                home: home,
                statement: "PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE;"
            )
            let service = try start()
            let problem = "document.querySelector('.heard .problem')"
            try browser.wait(until: "\(problem).innerText.includes('not shown yet')")
            #expect(try text("String(document.querySelectorAll('.curve').length > 3)") == "true")
            try browser.wait(until: "document.querySelector('#events li') !== null", seconds: 60)
            lock.release()
            try browser.wait(until: "\(problem).hidden && \(ended).length > 1", seconds: 60)
            let starts = "[...document.querySelectorAll('#events li')].map((r) => r.event.start)"
            #expect(
                try text("String(\(starts).every((s, i, a) => i === 0 || s <= a[i - 1]))") == "true"
            )
            #expect(service.terminate().status == 0)
        }

        @Test func filtersStandInTheAddressSoThatAViewCanBeKept() throws {
            let service = try start()
            try waitForEvents(3)
            let events = JSONLines.objects(
                in: try program.run("events", "--format", "json").output
            )
            let name = try #require(events.first?["class"] as? String)
            let count = events.filter { $0["class"] as? String == name }.count
            try open("history?class=\(name)&since=1d&min_score=0.1")
            try browser.wait(until: "\(past).length >= \(count)")
            let label = try #require(events.first?["label"] as? String)
            #expect(
                try text("String(\(past).every((r) => r.innerText.includes('\(label)')))") == "true"
            )
            #expect(try text("document.getElementById('filter-class').value") == name)
            #expect(try text("document.getElementById('filter-since').value") == "1d")
            #expect(try text("document.getElementById('filter-min-score').value") == "0.1")

            _ = try browser.value(
                of: """
                    (() => { const e = document.getElementById('filter-since'); e.value = '1h';
                      e.dispatchEvent(new Event('change')); })()
                    """
            )
            try browser.wait(until: "location.hash.includes('since=1h')")
            #expect(try text("location.hash").contains("class=\(name)"))

            // What means nothing is left out.
            try open("history?since=garbage&until=x&min_score=abc&label=fine&has_clip=maybe")
            try browser.wait(until: "\(past).length >= 3")
            #expect(try text("document.getElementById('filter-since').value") == "1w")
            #expect(try text("document.querySelector('.filters output').textContent") == "any")
            #expect(service.terminate().status == 0)
        }

        @Test func aLabelSurvivesARestartAndAFalseAlarmIsHiddenUnlessAskedFor() throws {
            let first = try start("history")
            try waitForEvents(2)
            try open("history")
            try browser.wait(until: "\(past).length >= 2")
            let count = try text("String(\(past).length)")
            let id = try text("document.querySelector('#past tr').dataset.id")
            try browser.press("Enter", on: "#past tr .verdicts button:nth-of-type(2)")
            let focused = "document.activeElement"
            try browser.wait(until: "\(focused).getAttribute('aria-pressed') === 'true'")
            #expect(try text("\(focused).textContent") == "wrong")
            #expect(try home.query("SELECT count(*) FROM event_label") == "1")
            #expect(first.terminate().status == 0)

            let second = try program.startAnswering("run", "--source", "demo", "--pace", "0.1")
            try open("history")
            try browser.wait(until: "\(past).length >= \(count) - 1")
            #expect(try text("String(document.querySelector('tr[data-id=\"\(id)\"]'))") == "null")
            try open("history?show_wrong=true")
            try browser.wait(until: "document.querySelector('tr[data-id=\"\(id)\"]') !== null")
            let row = "document.querySelector('tr[data-id=\"\(id)\"]')"
            #expect(try text("\(row).dataset.judgement") == "wrong")
            #expect(second.terminate().status == 0)
        }

        @Test func eventsAreReviewedByKeys() throws {
            let service = try start()
            try waitForEvents(3)
            try open("review")
            try browser.wait(until: "document.querySelector('.card h2') !== null")
            let count = "document.querySelector('.review header p').textContent"
            try browser.press("y")
            try browser.wait(until: "\(count).startsWith('1 checked')")
            try browser.press("n")
            try browser.wait(until: "\(count).startsWith('2 checked')")
            let labels = "SELECT count(class_name), count(*) FROM event_label"
            #expect(try home.query(labels) == "1|2")
            try browser.press("k")
            try browser.wait(until: "document.querySelector('.card .badge') !== null")
            #expect(try text("document.querySelector('.card .badge').textContent") == "false alarm")
            #expect(service.terminate().status == 0)
        }

        /// The threshold of the class whose curve is shown first, as the program says it.
        private func firstThreshold() throws -> Double {
            let name = try text("document.querySelector('.curve').dataset.class")
            let thresholds = JSONLines.objects(
                in: try program.run("thresholds", "--format", "json").output
            )
            let found = try #require(thresholds.first { $0["class"] as? String == name })
            return try #require(found["on"] as? Double)
        }

        @Test func aThresholdIsSetByTheKeyboardAndByTheMouseAndIsInForceAtOnce() throws {
            let service = try start()
            try browser.wait(until: "document.querySelector('.curve .threshold') !== null")
            let before = try firstThreshold()
            try browser.press("ArrowUp", on: ".curve .threshold")
            try Wait.until("the threshold is set") { try firstThreshold() > before }
            let shown = "document.querySelector('.curve .threshold').getAttribute('aria-valuenow')"
            let set = try firstThreshold()
            #expect(Double(try text(shown)) == set)

            try browser.drag(".curve .threshold", down: 14)
            try Wait.until("the dragged threshold is set") { try firstThreshold() < set - 0.1 }
            let dropped = String(format: "%.2f", try firstThreshold())
            try browser.wait(until: "\(shown) === '\(dropped)'")
            #expect(browser.complaints.isEmpty, "\(browser.complaints)")
            #expect(service.terminate().status == 0)
        }

        @Test func aSoundThatIsSwitchedOffStaysOffAfterARestartUntilItIsSwitchedOn() throws {
            func isReported() throws -> Bool? {
                JSONLines.objects(in: try program.run("thresholds", "--format", "json").output)
                    .first { $0["class"] as? String == "dog_bark" }?["reported"] as? Bool
            }
            let first = try start("sounds")
            let row = "#thresholds tr[data-class='dog_bark']"
            let button = "document.querySelector(\"\(row) [role='switch']\")"
            try browser.wait(until: "\(button)?.getAttribute('aria-checked') === 'true'")
            try browser.press("Enter", on: "\(row) [role='switch']")
            try browser.wait(until: "\(button).getAttribute('aria-checked') === 'false'")
            #expect(try isReported() == false)
            #expect(browser.complaints.isEmpty, "\(browser.complaints)")
            #expect(first.terminate().status == 0)
            #expect(try isReported() == false)

            let second = try start("sounds")
            try browser.wait(until: "\(button)?.getAttribute('aria-checked') === 'false'")
            #expect(try isReported() == false)
            let table = try program.run("thresholds", "set", "dog_bark", "on").output
            #expect(table.contains("on (set by command)"))
            #expect(try isReported() == true)
            let reset = try program.run("thresholds", "reset", "dog_bark").output
            #expect(!reset.contains("set by command"))
            #expect(second.terminate().status == 0)
        }

        @Test func theSystemViewHoldsTheModelsCardAndEverythingThatIsCounted() throws {
            let service = try start("system")
            try browser.wait(until: "document.querySelector('.models details') !== null")
            for title in ["Card", "Everything that is counted and measured"] {
                _ = try browser.value(
                    of: """
                        [...document.querySelectorAll('summary')]
                          .find((one) => one.textContent === '\(title)').click()
                        """
                )
            }
            try browser.wait(until: "document.querySelectorAll('.counters td').length > 20")
            let card = try text("document.querySelector('.model-card').innerText")
            #expect(card.contains("Training data") && card.contains("dog_bark"))
            let models = try text("document.querySelector('.models').innerText")
            #expect(models.contains("Licence") && models.contains("SHA-256"))
            let counters = try text("document.querySelector('.counters').innerText")
            #expect(counters.contains("captured_samples_total") && counters.contains("source demo"))
            let sources = try text("document.querySelector('.stack').innerText")
            #expect(sources.contains("Clock drift"))
            try browser.expectNothingWrong(from: origin, name: "monitor-system-open")
            try browser.expectOpenToEverybody()
            #expect(service.terminate().status == 0)
        }

        /// Pipes a password into the program.
        private func setPassword(_ password: String) throws {
            let command = "'\(BuiltProgram.folder)/earwitness' web password --stdin"
            let shell = try RunningProgram(
                path: "/bin/sh",
                arguments: ["-c", "echo '\(password)' | \(command)"],
                environment: program.environment
            )
            let outcome = shell.outcome()
            #expect(outcome.status == 0, "\(outcome.errors)")
        }

        private func signIn(with password: String) throws {
            let field = "document.getElementById('password')"
            try browser.wait(until: "\(field) !== null")
            _ = try browser.value(of: "\(field).value = '\(password)'")
            try browser.press("Enter", on: "#password")
        }

        @Test func whoIsNotSignedInIsAskedForThePasswordOrOpensALink() throws {
            try setPassword("four words of mine")
            let service = try program.startAnswering("run", "--source", "demo", "--pace", "4")
            try browser.open("\(origin)/#/history")
            try browser.wait(until: "document.querySelector('.sign-in h1') !== null")
            try browser.expectOpenToEverybody()
            #expect(browser.complaints.isEmpty, "\(browser.complaints)")
            try signIn(with: "four words of yours")
            try browser.wait(
                until: "document.querySelector('.sign-in .problem').textContent.includes('wrong')"
            )
            try signIn(with: "four words of mine")
            let isLive = "document.getElementById('connection').dataset.state === 'live'"
            try browser.wait(until: isLive)
            #expect(try text("location.hash") == "#/history")
            try open("live")
            #expect(browser.complaints.isEmpty, "\(browser.complaints)")

            // Another password signs everybody out, and the page notices.
            try setPassword("five words that are mine")
            _ = try browser.value(of: "location.hash = '#/system'")
            try browser.wait(until: "document.querySelector('.sign-in h1') !== null")

            let link = try program.run("web", "link")
            let phone = try Browser()
            try phone.open(try #require(link.lines.first))
            try phone.wait(until: isLive)
            #expect(try phone.value(of: "location.hash") as? String == "#/live")
            #expect(phone.complaints.isEmpty, "\(phone.complaints)")
            _ = try phone.value(of: "document.getElementById('sign-out').click()")
            try phone.wait(until: "document.querySelector('.sign-in h1') !== null")
            #expect(service.terminate().status == 0)
        }

        @Test func aSoundIsSetOnItsViewOnlyOnceItIsSaved() throws {
            let service = try start("sounds")
            let slider = "#thresholds tr input"
            try browser.wait(until: "document.querySelector('\(slider)') !== null")
            let before = try program.run("thresholds", "--format", "json").output
            try browser.press("ArrowRight", on: slider)
            let save = "document.querySelector('#thresholds tr .main')"
            try browser.wait(until: "!\(save).hidden")
            #expect(try program.run("thresholds", "--format", "json").output == before)
            try browser.press("Enter", on: "#thresholds tr .main")
            try Wait.until("the threshold is set") {
                try program.run("thresholds", "--format", "json").output != before
            }
            try browser.wait(until: "\(save).hidden")
            #expect(service.terminate().status == 0)
        }

        @Test func anotherThresholdShowsWhatItWouldHaveChangedBeforeItIsSaved() throws {
            let row = "#thresholds tr[data-class='dog_bark']"
            let would = "document.querySelector(\"\(row) .would\").textContent"
            let first = try start("sounds")
            try browser.wait(until: "document.querySelector(\"\(row)\") !== null")
            try browser.press("End", on: "\(row) input")
            try browser.wait(until: "\(would).startsWith('No scores of the last 7 days')")
            try waitForEvents(2)
            // The scores of the last minute are written with the end.
            #expect(first.terminate().status == 0)

            let second = try program.startAnswering("run", "--source", "demo", "--pace", "0.1")
            let barks = try program.run("events", "--class", "dog_bark", "--format", "json").lines
            try #require(!barks.isEmpty)
            try open("sounds")
            try browser.wait(until: "document.querySelector(\"\(row)\") !== null")
            try browser.press("End", on: "\(row) input")
            let none = "Last 7 days: \(barks.count) → 0 events (+0, −\(barks.count))"
            try browser.wait(until: "\(would) === '\(none)'")
            try browser.press("Home", on: "\(row) input")
            try browser.wait(until: "/^Last 7 days: \(barks.count) → [1-9]/.test(\(would))")
            try browser.expectOpenToEverybody()
            #expect(browser.complaints.isEmpty, "\(browser.complaints)")
            try browser.press("Enter", on: "\(row) .set button:nth-of-type(2)")
            try browser.wait(until: "\(would) === ''")
            #expect(second.terminate().status == 0)
        }
    }
}
