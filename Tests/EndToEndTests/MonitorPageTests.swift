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

        /// Ports that nobody listens to.
        static func freePorts(_ count: Int) throws -> [UInt16] {
            // All are held until the last is found, so that none comes twice.
            let descriptors = (0..<count).map { _ in
                socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            }
            defer { descriptors.forEach { close($0) } }
            return try descriptors.map { descriptor in
                var address = sockaddr_in()
                address.sin_family = sa_family_t(AF_INET)
                address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
                var size = socklen_t(MemoryLayout<sockaddr_in>.size)
                let named = withUnsafeMutablePointer(to: &address) { pointer in
                    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bare in
                        bind(descriptor, bare, size) == 0
                            && getsockname(descriptor, bare, &size) == 0
                    }
                }
                try #require(named, "no port is free: errno \(errno)")
                return UInt16(bigEndian: address.sin_port)
            }
        }

        /// Starts the demo and opens its page.
        private func start() throws -> RunningProgram {
            let service = try program.start("run", "--source", "demo")
            try Wait.until("the service answers") { try program.run("status").status == 0 }
            try browser.open("\(origin)/")
            try browser.wait(
                until: "document.getElementById('connection').dataset.state === 'live'"
            )
            return service
        }

        private func text(_ expression: String) throws -> String {
            try #require(try browser.value(of: expression) as? String, "\(expression)")
        }

        private let ended = "[...document.querySelectorAll('#events tr:not(.ongoing)')]"

        @Test func itShowsWhatIsHeardAtAnyWidthByDayAndNightAndAsksNobodyElse() throws {
            let service = try start()
            try browser.wait(until: "\(ended).length >= 2", seconds: 90)
            try browser.expectNothingWrong(from: origin, name: "monitor")

            let events = JSONLines.objects(
                in: try program.run("events", "--format", "json").output
            )
            let first = try #require(events.first { $0["end"] is String })
            let length = try #require(first["duration_s"] as? Double)
            let cells = try text("\(ended).at(-1).innerText.replaceAll('\\n', ' ')")
            for word in ["\(first["label"] ?? "")", "demo", String(format: "%.1f s", length)] {
                #expect(cells.contains(word), "\(cells)")
            }
            let meter = "document.querySelector('.level').textContent"
            #expect(try text(meter).contains("dB"))
            service.send(SIGTERM)
            try browser.wait(
                until: "document.getElementById('connection').dataset.state === 'lost'"
            )
        }

        @Test func aHistoryThatCannotBeReadYetIsShownAsSoonAsItCan() throws {
            let first = try program.start("run", "--source", "demo", "--pace", "10")
            try Wait.until("sounds are over", seconds: 60) {
                try program.run("events", "--format", "csv").lines.count > 2
            }
            #expect(first.terminate().status == 0)
            let past = Int(try home.query("SELECT count(*) FROM event")) ?? 0
            let lock = try HeldLock(
                home: home,
                statement: "PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE;"
            )
            let service = try start()
            let problem = "document.getElementById('problem')"
            try browser.wait(until: "\(problem).innerText.includes('not shown yet')")
            #expect(
                try text("String(document.querySelectorAll('#thresholds label').length > 8)")
                    == "true"
            )
            try browser.wait(until: "document.querySelector('#events tr') !== null", seconds: 60)
            lock.release()
            try browser.wait(
                until:
                    "\(problem).hidden && document.querySelectorAll('#events tr').length > \(past)",
                seconds: 60
            )
            let starts = "[...document.querySelectorAll('#events tr')].map((r) => r.event.start)"
            #expect(
                try text("String(\(starts).every((s, i, a) => i === 0 || s <= a[i - 1]))") == "true"
            )
            #expect(service.terminate().status == 0)
        }

        @Test func labelsAndThresholdsAreSetByTheKeyboardWhichStaysWhereItIs() throws {
            let service = try start()
            try browser.wait(until: "\(ended).length >= 1", seconds: 90)
            try browser.press("Enter", on: "#events tr:not(.ongoing) .right button")
            let focused = "document.activeElement"
            try browser.wait(until: "\(focused).getAttribute('aria-pressed') === 'true'")
            #expect(try text("\(focused).textContent") == "yes")
            #expect(
                try home.query("SELECT count(*) FROM event_label") == "1"
            )

            try browser.press("Enter", on: "#thresholds-title")
            let before = try program.run("thresholds", "--format", "json")
            try browser.press("ArrowRight", on: "#thresholds input")
            try Wait.until("the threshold is set") {
                try program.run("thresholds", "--format", "json").output != before.output
            }
            try browser.expectNothingWrong(from: origin, name: "monitor-thresholds")
            let slider = "document.querySelector('#thresholds input').value"
            let now = JSONLines.objects(
                in: try program.run("thresholds", "--format", "json").output
            )
            let value = Double(try text(slider))
            #expect(now.first?["on"] as? Double == value, "\(now)")

            let shown = try text(
                "[...document.querySelectorAll('#thresholds label')].map((l) => l.innerText)"
                    + ".join('|').replaceAll('\\n', ' ')"
            ).split(separator: "|")
            try #require(shown.count == now.count, "\(shown)")
            #expect(now.contains { $0["reported"] as? Bool == false })
            for (row, threshold) in zip(shown, now) {
                let label = try #require(threshold["label"] as? String)
                let isReported = try #require(threshold["reported"] as? Bool)
                #expect(row.hasPrefix("\(label)\(isReported ? "" : " (off)") 0."), "\(row)")
            }
            _ = service.terminate()
        }
    }
}
