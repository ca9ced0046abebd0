import AudioFiles
import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// The page of a service that hears a microphone: what sounds is on it at once, as it sounds.
    @Suite struct LivePageTests {
        private let home: TestHome
        private let pulse: PulseAudioServer
        private let program: BuiltProgram
        private let browser: Browser
        private let origin: String

        init() throws {
            home = try TestHome()
            pulse = try PulseAudioServer(folder: home.folder)
            origin = "http://127.0.0.1:\(try MonitorPageTests.freePorts(1)[0])"
            program = try home.program(alsaConfiguration: pulse.alsaConfiguration)
            browser = try Browser()
            try configure(listeners: 0)
        }

        private func configure(listeners: Int) throws {
            try home.write(
                """
                sources: [{name: shed, device: testmic}]
                clips: {keep: events, pre_roll_s: 1, post_roll_s: 0.5}
                web: {listen: '\(origin.dropFirst(7))', listen_live: \(listeners)}

                """,
                to: "earwitness.yaml"
            )
        }

        private func open(_ view: String) throws {
            try browser.open("about:blank")
            try browser.open("\(origin)/#/\(view)")
            try browser.wait(
                until: "document.getElementById('connection').dataset.state === 'live'"
            )
        }

        private func text(_ expression: String) throws -> String {
            try #require(try browser.value(of: expression) as? String, "\(expression)")
        }

        @Test func whatIsPlayedIsSeenAsItSoundsAndNamedWithinASecondAndCanBeLookedAtLater() throws {
            let service = try program.startAnswering("run")
            try browser.show(width: 1_280, height: 900, isDark: true)
            try open("live")
            try expectThatAToneLightsItsRow()
            try expectThatListeningIsOfferedOnlyWhereItIsAllowed(service)
            let id = try expectThatASoundIsOnThePageWithinASecondOfItsEvent()
            try expectThatTheClipIsShown(of: id)
            #expect(try program.source()["lost_samples"] as? Int == 0)
            #expect(browser.complaints.isEmpty, "\(browser.complaints)")
            // The controls of a player have pictures of their own, as data.
            let asked = browser.requests.filter { $0.hasPrefix("http") }
            #expect(asked.allSatisfy { $0.hasPrefix(origin) }, "\(asked)")
            for view in ["live", "history"] { try takePictures(of: view) }
            #expect(service.terminate().status == 0)
        }

        /// A tone of 1 kHz is a bright line where the axis says 1 kHz.
        private func expectThatAToneLightsItsRow() throws {
            let rate = PulseAudioServer.sampleRateHz
            let tone = (0..<rate * 6).map {
                Float(0.2 * sin(2 * .pi * 1_000 * Double($0) / Double(rate)))
            }
            let path = home.path("tone.wav")
            let writer = try RecordingWriter(path: path, format: .wav16, sampleRateHz: rate)
            try writer.write(tone.span)
            try writer.finish()
            let player = try pulse.startPlaying(URL(fileURLWithPath: path))
            // The brightest colours of the map are yellow, which nothing else on the page is.
            let rows = """
                (() => { const canvas = document.querySelector(".picture");
                  const density = canvas.width / canvas.clientWidth;
                  const x = Math.round((canvas.clientWidth - 40) * density);
                  const pixels = (\(Self.pixels))(canvas, x, 1);
                  const rows = [];
                  for (let y = 0; y < canvas.height; y += 1) {
                    const [red, green, blue] = pixels.slice(4 * y, 4 * y + 3);
                    if (red > 170 && green > 170 && blue < red - 30) rows.push(y / density);
                  }
                  return rows; })()
                """
            var lit: [Double] = []
            try Wait.until("the tone is seen") {
                lit = (try browser.value(of: rows) as? [Double]) ?? []
                return !lit.isEmpty
            }
            let height = try #require(
                try browser.value(of: "document.querySelector('.picture').clientHeight") as? Double
            )
            #expect((lit.max() ?? 0) - (lit.min() ?? 0) < height / 8, "\(lit) of \(height)")
            try browser.hover(
                over: ".picture",
                at: (fromRight: 40, fromTop: lit.reduce(0, +) / Double(lit.count))
            )
            try browser.wait(until: "document.querySelector('.readout').textContent.includes('Hz')")
            let readout = try text("document.querySelector('.readout').textContent")
            let found = try #require(readout.firstMatch(of: /([\d.]+) (k?)Hz/), "\(readout)")
            let hertz = (Double(found.output.1) ?? 0) * (found.output.2 == "k" ? 1_000 : 1)
            #expect((900...1_100).contains(hertz), "\(readout)")
            player.waitUntilExit()
        }

        private func expectThatListeningIsOfferedOnlyWhereItIsAllowed(
            _ service: RunningProgram
        ) throws {
            let button = "document.querySelector('.listen')"
            #expect(try text("String(\(button).hidden)") == "true")
            try configure(listeners: 1)
            service.send(SIGHUP)
            try browser.wait(until: "!\(button).hidden")
            try configure(listeners: 0)
            service.send(SIGHUP)
            try browser.wait(until: "\(button).hidden")
        }

        /// Gives the number of the event.
        private func expectThatASoundIsOnThePageWithinASecondOfItsEvent() throws -> Int {
            _ = try browser.value(
                of: """
                    (() => { window.seen = {}; const list = document.getElementById("events");
                      const look = () => { for (const row of list.children)
                        window.seen[row.event.id] ??= Date.now() / 1000; };
                      look(); new MutationObserver(look).observe(list, { childList: true }); })()
                    """
            )
            let watcher = EventWatcher()
            #expect(watcher.connect(to: home.socket))
            let before = Set(watcher.shown().keys)
            let player = try pulse.startPlaying(Recordings.clear("dog_bark"))
            var published: (id: Int, date: Date)?
            try Wait.until("the bark is published") {
                let new = watcher.shown().keys.first { !before.contains($0) }
                published = new.map { ($0, Date()) }
                return published != nil
            }
            let (id, date) = try #require(published)
            try browser.wait(until: "window.seen[\(id)] !== undefined")
            let seen = try #require(try browser.value(of: "window.seen[\(id)]") as? Double)
            let delay = seen - date.timeIntervalSince1970
            #expect(delay < 1 * Wait.patience, "\(delay) s")
            player.waitUntilExit()
            return id
        }

        /// The pixels of columns of a canvas.
        ///
        /// They are read from a copy: the browser complains of a canvas that is drawn on and read
        /// again and again.
        private static let pixels = """
            (canvas, left, width) => { const copy = document.createElement("canvas");
              [copy.width, copy.height] = [width, canvas.height];
              const pen = copy.getContext("2d", { willReadFrequently: true });
              pen.drawImage(canvas, -left, 0);
              return pen.getImageData(0, 0, width, canvas.height).data; }
            """

        /// The event's own view draws its clip.
        private func expectThatTheClipIsShown(of id: Int) throws {
            try Wait.until("the clip is written") {
                try home.query("SELECT count(clip_path) FROM event WHERE id = \(id)") == "1"
            }
            try open("event/\(id)")
            let colours = """
                (() => { const canvas = document.querySelector(".event-picture");
                  if (!canvas || canvas.width === 0) return 0;
                  const pixels = (\(Self.pixels))(canvas, 0, canvas.width);
                  const found = new Set();
                  for (let at = 0; at < pixels.length; at += 4)
                    found.add(pixels[at] << 16 | pixels[at + 1] << 8 | pixels[at + 2]);
                  return found.size; })()
                """
            try browser.wait(until: "\(colours) > 200")
            #expect(try text("document.querySelector('.sound').innerText").contains("Download"))
        }

        /// Pictures of a view for whoever wants to look: `.build/pictures`.
        private func takePictures(of view: String) throws {
            let folder = Checkout.folder.appendingPathComponent(".build/pictures").path
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true
            )
            try open(view)
            let content = view == "live" ? "#events li" : "#past tr"
            try browser.wait(until: "document.querySelector('\(content)') !== null")
            for (name, width, isDark) in [
                ("light", 1_280, false), ("dark", 1_280, true), ("telephone", 390, false),
            ] {
                try browser.show(width: width, height: 900, isDark: isDark)
                // A canvas draws anew before the next picture of the screen.
                _ = try browser.value(
                    of: "new Promise((done) => setTimeout(() => done(true), 300))"
                )
                let file = "\(folder)/\(view)-\(name).png"
                try browser.picture(to: file)
                let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int
                #expect((size ?? 0) > 10_000)
            }
        }
    }
}
