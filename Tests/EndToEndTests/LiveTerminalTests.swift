import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// What a user sees who runs the service and follows it on a terminal.
    @Suite struct LiveTerminalTests {
        private let home: TestHome
        private let program: BuiltProgram

        init() throws {
            home = try TestHome()
            program = try home.program()
        }

        private func startDemo() throws -> RunningProgram {
            try program.startAnswering("run", "--source", "demo", "--pace", "2")
        }

        @Test func watchFillsTheTerminalFollowsItsSizeAndOutlivesTheService() throws {
            let service = try startDemo()
            let terminal = try PseudoTerminal(program, "watch")
            try terminal.wait(until: "sound is shown", seconds: 60) { screen in
                screen.text.contains("▀") && screen.text.contains("dBFS")
                    && screen.lines.contains { $0.hasPrefix("Dog") || $0.contains(" of 0.") }
            }
            let screen = terminal.screen
            #expect(screen.isAlternate && screen.hidesCursor)
            #expect(screen.lines[0].contains("demo: "))
            #expect(screen.lines[1].contains("gate "))
            #expect(screen.lines.contains("Scores") && screen.lines.contains("Last events"))
            #expect(screen.lines[23] == "q ends")
            #expect(screen.above.isEmpty, "it has scrolled")

            terminal.resize(columns: 110, rows: 36)
            try terminal.wait(until: "the larger screen is filled") { screen in
                screen.lines[35] == "q ends" && screen.lines[0].count == 110
            }
            #expect(terminal.screen.lines[23] != "q ends")
            terminal.resize(columns: 40, rows: 6)
            try terminal.wait(until: "a small one shows the level") { screen in
                screen.lines[1].hasPrefix("level")
            }
            terminal.resize(columns: 80, rows: 24)

            service.send(SIGKILL)
            service.waitUntilExit()
            try terminal.wait(until: "the loss is shown") { screen in
                screen.lines[2].hasPrefix("Not connected, trying again.")
            }
            let next = try startDemo()
            try terminal.wait(until: "it is connected again", seconds: 60) { screen in
                !screen.text.contains("Not connected") && screen.lines[1].contains("gate ")
            }
            #expect(!terminal.echoes)
            terminal.type("\u{3}")
            #expect(try terminal.outcome() == 0)
            #expect(!terminal.screen.isAlternate && !terminal.screen.hidesCursor)
            #expect(terminal.echoes)
            #expect(next.terminate().status == 0)
        }

        @Test func aTerminatedWatchGivesTheTerminalBack() throws {
            let service = try startDemo()
            let terminal = try PseudoTerminal(program, "watch")
            try terminal.wait(until: "it is shown") { $0.lines[23] == "q ends" }
            terminal.send(SIGTERM)
            #expect(try terminal.outcome() == 128 + SIGTERM)
            #expect(!terminal.screen.isAlternate && !terminal.screen.hidesCursor && terminal.echoes)
            #expect(service.terminate().status == 0)
        }

        @Test func withoutATerminalWatchNamesTheCommandsThatNeedNone() throws {
            let outcome = try program.run("watch")
            #expect(outcome.status == 64)
            #expect(
                outcome.errors
                    == "earwitness: 'earwitness watch' needs a terminal. "
                    + "Use 'earwitness tail' or 'earwitness status' here.\n"
            )
        }

        @Test func tailShowsTheMomentBelowItsEventsAndNeverBetweenThem() throws {
            let service = try startDemo()
            let terminal = try PseudoTerminal(program, "tail")
            let event = /^\d{4}-\d\d-\d\d [\d:.]+  demo  .+  +\d+\.\d s  score \d\.\d\d.*$/
            try terminal.wait(until: "events and the moment are shown", seconds: 90) { screen in
                let lines = screen.above + screen.lines
                return lines.filter { $0.wholeMatch(of: event) != nil }.count >= 3
                    && lines.contains { $0.contains("gate ") }
            }
            let moments = terminal.screen.lines.filter { $0.contains("gate ") }
            #expect(moments.count == 1 && moments[0].hasPrefix("demo "), "\(terminal.screen.text)")
            #expect(terminal.written.contains("\u{1B}[1;"), "a class has no colour")
            terminal.type("\u{3}")
            #expect(try terminal.outcome() == 128 + SIGINT)
            #expect(!terminal.screen.text.contains("gate "))
            #expect(service.terminate().status == 0)
        }

        @Test func colorsAreShownAsTheUserAsks() throws {
            let service = try startDemo()
            try Wait.until("two sounds are over", seconds: 90) {
                try program.run("events", "--format", "json").lines.count >= 2
            }
            let plain = try PseudoTerminal(program, "tail", "--color", "never")
            try plain.wait(until: "events are shown") { $0.text.contains("score ") }
            #expect(!plain.written.contains("\u{1B}[1;") && !plain.written.contains("\u{1B}[32"))
            let piped = try program.start("tail", "--color", "always")
            try Wait.until("events are piped") { piped.output.contains("score ") }
            #expect(piped.output.contains("\u{1B}[1;"))
            #expect(!piped.output.contains("gate ") && !piped.errors.contains("gate "))
            let quiet = try program.start("tail")
            try Wait.until("events are piped") { quiet.output.contains("score ") }
            #expect(!quiet.output.contains("\u{1B}") && !quiet.errors.contains("\u{1B}"))
            piped.send(SIGTERM)
            quiet.send(SIGTERM)
            #expect(service.terminate().status == 0)
        }

        @Test func theServiceOnATerminalShowsThePagesAddressAndWrapsItsLogAtWords() throws {
            let port = try MonitorPageTests.freePorts(1)[0]
            try home.write("web: { listen: '127.0.0.1:\(port)' }\n", to: "earwitness.yaml")
            let terminal = try PseudoTerminal(program, "run", "--source", "demo", "--pace", "2")
            try terminal.wait(until: "the moment is shown", seconds: 60) { screen in
                screen.text.contains("gate ") && screen.text.contains("http://127.0.0.1:\(port)/.")
            }
            let lines = terminal.screen.above + terminal.screen.lines
            let began = try #require(lines.firstIndex { $0.contains("with model") })
            #expect(lines[began + 1].hasPrefix(String(repeating: " ", count: 22)), "\(lines)")
            terminal.type("\u{3}")
            #expect(try terminal.outcome() == 0)
            #expect(!terminal.screen.text.contains("gate "))
            #expect(terminal.screen.text.contains("Stopped; open events were written."))
        }

        @Test func aPasswordIsAskedForTwiceAndNeverShown() throws {
            let path = home.path("state/web-password")
            let short = try PseudoTerminal(program, "web", "password")
            try short.wait(until: "it is asked for") { $0.text.contains("New password:") }
            short.type("short\r")
            #expect(try short.outcome() == 65)
            #expect(short.written.contains("The password has 5 characters; at least 8 are needed."))

            let terminal = try PseudoTerminal(program, "web", "password")
            try terminal.wait(until: "it is asked for") { $0.text.contains("New password:") }
            terminal.type("four worms\u{7F}\u{7F}ds of mine\r")
            try terminal.wait(until: "it is asked for again") { $0.text.contains("again:") }
            terminal.type("four words of mine\r")
            #expect(try terminal.outcome() == 0)
            #expect(!terminal.written.contains("four"))
            #expect(terminal.echoes)
            let facts = try FileManager.default.attributesOfItem(atPath: path)
            #expect(facts[.posixPermissions] as? Int == 0o600)
            #expect(try String(contentsOfFile: path, encoding: .utf8).hasPrefix("$y$"))

            let interrupted = try PseudoTerminal(program, "web", "password")
            try interrupted.wait(until: "it is asked for") { $0.text.contains("New password:") }
            interrupted.type("four\u{3}")
            #expect(try interrupted.outcome() == 130)
            #expect(interrupted.echoes)
            #expect(try program.run("web", "password").status == 64)
            #expect(try program.run("web", "password", "--remove").status == 0)
            #expect(!FileManager.default.fileExists(atPath: path))
        }

        @Test func aLinkIsPrintedWithItsCodeWhereOthersReachThePage() throws {
            let port = try MonitorPageTests.freePorts(1)[0]
            try home.write("web: { listen: '0.0.0.0:\(port)' }\n", to: "earwitness.yaml")
            let service = try startDemo()
            let terminal = try PseudoTerminal(program, "web", "link", rows: 40)
            #expect(try terminal.outcome() == 0)
            let lines = terminal.screen.above + terminal.screen.lines
            let link = try #require(lines.first { $0.hasPrefix("http://") })
            #expect(link.wholeMatch(of: /http:\/\/[\w.:\[\]-]+:\d+\/#\/link\/[\w-]{22}/) != nil)
            let code = lines.filter { $0.contains("█") }
            #expect(code.isEmpty == lines.contains { $0.contains("No QR code: ") })
            #expect(Set(code.map(\.count)).count <= 1)
            #expect(terminal.screen.text.contains("The link opens the page once, until "))
            #expect(service.terminate().status == 0)
        }
    }
}
