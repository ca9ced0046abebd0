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
            let service = try program.startAnswering("run", "--source", "demo", "--pace", "4")
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

/// What is wrong with how a page looks, found by the browser itself.
enum PageInspection {
    /// The widths that are tried, in CSS pixels, and day and night.
    static let windows: [(width: Int, isDark: Bool)] = [
        (360, false), (360, true), (800, false), (1_280, false), (1_280, true),
    ]

    /// An expression that lists what is wrong: nothing is wider than the window, no text is cut off or
    /// upon another, every text can be told from what is behind it.
    ///
    /// Contrast is reckoned as WCAG 2 does, from the colours of everything behind a text; at least
    /// 4.5 is asked for. What lies in a frame that can be scrolled may be wider than it.
    static let faults = #"""
        (() => {
          const faults = [];
          const name = (e) => e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") +
            " '" + e.textContent.trim().slice(0, 40) + "'";
          const width = document.documentElement.clientWidth;
          if (document.scrollingElement.scrollWidth > width)
            faults.push(`the page is ${document.scrollingElement.scrollWidth} wide in ${width}`);
          const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
          const rgba = (colour) => {
            canvas.clearRect(0, 0, 1, 1);
            canvas.fillStyle = colour;
            canvas.fillRect(0, 0, 1, 1);
            const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
            return [r, g, b, a / 255];
          };
          const over = ([r, g, b, a], below) =>
            [r, g, b].map((c, i) => c * a + below[i] * (1 - a));
          const luminance = (c) => c.map((v) => v / 255)
            .map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
            .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
          const behind = (e) => {
            const layers = [];
            for (let at = e; at; at = at.parentElement)
              layers.push(rgba(getComputedStyle(at).backgroundColor));
            return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
          };
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          const boxes = new Map();
          while (walker.nextNode()) {
            const node = walker.currentNode;
            const e = node.parentElement;
            if (!node.data.trim() || e.closest("style, script, title, noscript, template")) continue;
            if (!e.checkVisibility({ visibilityProperty: true })) continue;
            // Said to those who hear the page only.
            if (getComputedStyle(e.closest("thead") ?? e).clipPath !== "none") continue;
            const range = document.createRange();
            range.selectNodeContents(node);
            const box = range.getBoundingClientRect();
            if (box.width === 0) continue;
            const frame = e.closest(".scroll");
            if (!frame && (box.left < -0.5 || box.right > width + 0.5))
              faults.push(`${name(e)} reaches from ${box.left} to ${box.right} in ${width}`);
            for (let at = e; at && at !== frame; at = at.parentElement) {
              const style = getComputedStyle(at);
              if (style.display === "inline" || at === document.body || at instanceof SVGTextElement) continue;
              const outer = at.getBoundingClientRect();
              if (style.overflowX !== "visible" && (box.right > outer.right + 1 || box.left < outer.left - 1))
                faults.push(`${name(e)} is cut off by ${name(at)}`);
              if (style.overflowY !== "visible" && (box.bottom > outer.bottom + 1 || box.top < outer.top - 1))
                faults.push(`${name(e)} is cut off by ${name(at)}`);
            }
            const size = e instanceof SVGElement
              ? parseFloat(getComputedStyle(e).fontSize) * e.ownerSVGElement.getScreenCTM().a
              : parseFloat(getComputedStyle(e).fontSize);
            if (size < 10) faults.push(`${name(e)} is ${size.toFixed(1)} pixels high`);
            const style = getComputedStyle(e);
            const ink = rgba(e instanceof SVGElement ? style.fill : style.color);
            const paper = behind(e);
            const [light, dark] = [luminance(over(ink, paper)), luminance(paper)].sort((a, b) => b - a);
            const contrast = (light + .05) / (dark + .05);
            if (contrast < 4.5) faults.push(`${name(e)} has a contrast of ${contrast.toFixed(2)}`);
            const drawing = e.closest("svg, .track");
            if (drawing) boxes.set(drawing, [...(boxes.get(drawing) ?? []), [e, box]]);
          }
          for (const texts of boxes.values()) texts.forEach(([e, a], i) => texts.slice(i + 1)
            .filter(([, b]) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
            .forEach(([other]) => faults.push(`${name(e)} lies upon ${name(other)}`)));
          for (const e of document.querySelectorAll("table"))
            if (!e.caption && !e.hasAttribute("aria-labelledby")) faults.push(`${name(e)} has no caption`);
          for (const e of document.querySelectorAll("th"))
            if (!e.scope) faults.push(`${name(e)} has no scope`);
          for (const e of document.querySelectorAll("main svg:not([aria-hidden]), [role=img], .scroll"))
            if (!e.getAttribute("aria-label") && !e.getAttribute("aria-labelledby"))
              faults.push(`${name(e)} has no name`);
          for (const e of document.querySelectorAll("button, input, summary, a"))
            if (e.checkVisibility() && !(e.textContent.trim() || e.labels?.[0]?.textContent.trim() ||
                e.getAttribute("aria-label"))) faults.push(`${name(e)} has no name`);
          const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
          if (new Set(ids).size < ids.length) faults.push("an id is there twice");
          return faults;
        })()
        """#
}

extension EndToEnd {
    /// The monitor's page behind nginx, in a real browser.
    @Suite struct ReverseProxyTests {
        private let home: TestHome
        private let program: BuiltProgram
        private let browser: Browser
        private let proxy: Proxy

        init() throws {
            home = try TestHome()
            let ports = try MonitorPageTests.freePorts(2)
            try home.write("web: {listen: '127.0.0.1:\(ports[0])'}\n", to: "earwitness.yaml")
            program = try home.program()
            browser = try Browser()
            proxy = try Proxy(home: home, port: ports[1], to: ports[0])
        }

        /// Every way in which a proxy may hand a path on: `/ew/` is taken off, `/kept/` is not.
        @Test func thePageWorksAtAnyPath() throws {
            let service = try program.startAnswering("run", "--source", "demo", "--pace", "4")
            for path in ["/ew/", "/kept/", "/deep/er/", "/"] {
                try expectThatThePageWorks(at: path)
            }
            #expect(service.terminate().status == 0)
        }

        private func expectThatThePageWorks(at path: String) throws {
            // Its own browser, which has asked for nothing else.
            let browser = try Browser()
            _ = try home.query("DELETE FROM event_label")
            try browser.open("\(proxy.origin)\(path)")
            try browser.wait(
                until: "document.getElementById('connection').dataset.state === 'live'"
            )
            // Each message comes at once, though nginx gathers answers.
            let level = "document.querySelector('.level').textContent"
            let before = try #require(try browser.value(of: level) as? String)
            try browser.wait(until: "\(level) !== '\(before)'")

            let ended = "[...document.querySelectorAll('#events tr:not(.ongoing)')]"
            try browser.wait(until: "\(ended).length >= 1", seconds: 90)
            try browser.press("Enter", on: "#events tr:not(.ongoing) .right button")
            try Wait.until("the label is kept") {
                try home.query("SELECT count(*) FROM event_label") == "1"
            }
            try browser.press("Enter", on: "#thresholds-title")
            let thresholds = try program.run("thresholds", "--format", "json").output
            try browser.press("ArrowRight", on: "#thresholds input")
            try Wait.until("the threshold is set") {
                try program.run("thresholds", "--format", "json").output != thresholds
            }
            #expect(browser.requests.allSatisfy { $0.hasPrefix("\(proxy.origin)\(path)") })
            #expect(browser.complaints.isEmpty, "\(browser.complaints)")
        }

        @Test func thePathWithoutItsSlashLeadsToThePage() throws {
            let service = try program.startAnswering("run", "--source", "demo")
            for path in ["/ew", "/kept"] {
                try browser.open("\(proxy.origin)\(path)")
                try browser.wait(
                    until: "document.getElementById('connection').dataset.state === 'live'"
                )
                #expect(try browser.value(of: "location.pathname") as? String == "\(path)/")
            }
            #expect(service.terminate().status == 0)
        }
    }

    /// nginx, which takes requests on to the service.
    private final class Proxy {
        let origin: String
        private let program: RunningProgram

        private static let path = "/usr/sbin/nginx"

        init(home: TestHome, port: UInt16, to service: UInt16) throws {
            origin = "http://127.0.0.1:\(port)"
            let upstream = "http://127.0.0.1:\(service)"
            let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
                "\($0)_temp_path \(home.path("nginx-\($0)"));"
            }.joined(separator: " ")
            let configuration = try home.write(
                """
                daemon off; worker_processes 1; pid \(home.path("nginx.pid"));
                error_log \(home.path("nginx.log")); events { worker_connections 64; }
                http { access_log off; \(folders) server { listen 127.0.0.1:\(port);
                  location /ew/ { proxy_pass \(upstream)/; }
                  location /deep/er/ { proxy_pass \(upstream)/; proxy_http_version 1.1; }
                  location /kept { proxy_pass \(upstream); proxy_set_header X-Forwarded-Prefix /kept; }
                  location / { proxy_pass \(upstream); }
                } }
                """,
                to: "nginx.conf"
            )
            guard access(Self.path, X_OK) == 0 else {
                throw Browser.Failed(
                    description: "No nginx at \(Self.path). Run scripts/install-packages test"
                )
            }
            program = try RunningProgram(
                path: Self.path,
                arguments: ["-c", configuration, "-e", home.path("nginx.log")],
                environment: ["PATH": "/usr/bin:/bin"]
            )
        }

        deinit { _ = program.terminate() }
    }
}
