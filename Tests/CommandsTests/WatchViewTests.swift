import Foundation
import Messages
import MonitorClient
import Testing

@testable import Commands

@Suite struct WatchViewTests {
    private let now = Date(timeIntervalSince1970: 1_795_959_586)

    private func status(_ sources: [String] = ["porch"], reason: String? = nil) -> StatusMessage {
        StatusMessage(
            version: "1.2",
            started: now,
            uptimeSeconds: 5,
            models: [],
            database: DatabaseStatusMessage(path: "/x", sizeBytes: 1),
            sources: sources.map {
                SourceStatusMessage(name: $0, device: "hw:1", state: .listening, reason: reason)
            }
        )
    }

    private func threshold(_ name: String, on: Double, isReported: Bool = true) -> ThresholdMessage
    {
        ThresholdMessage(
            className: name,
            label: name.capitalized,
            model: "m",
            on: on,
            off: on / 2,
            isReported: isReported,
            origin: "default"
        )
    }

    private func filledView() -> WatchView {
        var view = WatchView(status(["porch", "cellar"]), source: "porch")
        view.connect(
            status(["porch", "cellar"]),
            [
                threshold("dog", on: 0.5), threshold("rain", on: 0.8),
                threshold("off", on: 0.1, isReported: false),
            ]
        )
        view.apply(
            .level(LevelMessage(source: "porch", time: now, levelDBFS: -40, isGateOpen: true))
        )
        view.apply(
            .scores(
                ScoresMessage(
                    source: "porch",
                    model: "m",
                    time: now,
                    scores: [],
                    smoothed: ["dog": 0.75, "rain": 0.25, "off": 1]
                )
            )
        )
        for (id, label) in [(1, "Dog bark"), (2, "Rain")] {
            view.apply(
                .event(
                    EventMessage(
                        id: Int64(id),
                        source: "porch",
                        className: "dog",
                        label: label,
                        start: now + Double(id),
                        end: id == 1 ? now + 3 : nil,
                        peakScore: 0.9,
                        meanScore: 0.8,
                        levelDBFS: -20,
                        model: "m"
                    )
                )
            )
        }
        return view
    }

    private func lines(_ view: WatchView, _ columns: Int, _ rows: Int) -> [String] {
        view.lines(columns: columns, rows: rows, colored: false, now: now)
    }

    @Test(arguments: [(80, 24), (132, 43), (40, 10), (20, 5), (1, 1), (200, 8)])
    func everyLineIsAsWideAsTheScreenAndThereAreAsManyAsRows(columns: Int, rows: Int) {
        for view in [filledView(), WatchView(status(), source: "porch")] {
            let lines = lines(view, columns, rows)
            #expect(lines.count == rows)
            #expect(lines.allSatisfy { TerminalText.width(of: $0) == columns }, "\(lines)")
        }
    }

    @Test func itShowsLevelScoresWithThresholdsAndTheNewestEventsFirst() throws {
        let lines = lines(filledView(), 80, 24)
        #expect(lines[0].hasPrefix("Earwitness 1.2  porch: listening"))
        #expect(lines[1].hasPrefix("level  -40.0 dBFS  ███████████████  "))
        #expect(lines[1].contains("gate open"))
        let scores = try #require(lines.firstIndex { $0.hasPrefix("Scores") })
        #expect(lines[scores + 1].hasPrefix("Dog                  0.75 ██████"))
        #expect(lines[scores + 1].contains("┃") && lines[scores + 1].contains(" of 0.50"))
        #expect(lines[scores + 2].hasPrefix("Rain                 0.25 "))
        #expect(lines[scores + 2].contains("│"))
        #expect(!lines.contains { $0.hasPrefix("Off") })
        let events = try #require(lines.firstIndex { $0.hasPrefix("Last events") })
        #expect(lines[events + 1].contains("Rain                     now  0.90"))
        #expect(lines[events + 2].contains("Dog bark               2.0 s  0.90"))
    }

    @Test func aLossIsShownUntilTheServiceIsBack() {
        var view = filledView()
        view.lose("The service has ended.")
        let problem = lines(view, 80, 24)[2]
        #expect(problem.hasPrefix("Not connected, trying again. The service has ended."))
        #expect(lines(view, 80, 24)[1].trimmingCharacters(in: .whitespaces) == "level")
        view.connect(status(["attic"]), [])
        #expect(lines(view, 80, 24)[0].contains("attic: listening"))
        #expect(!lines(view, 80, 24).contains { $0.contains("Not connected") })
    }

    @Test func whatIsWrongWithTheSourceIsShown() {
        let view = WatchView(status(reason: "the device is missing"), source: "porch")
        #expect(lines(view, 80, 24)[2].hasPrefix("the device is missing"))
    }

    @Test func theNextSourceFollowsTheLast() {
        var view = filledView()
        view.showNextSource()
        #expect(view.source == "cellar")
        view.showNextSource()
        #expect(view.source == "porch")
    }

    /// A header and columns as the service sends them.
    private func picture(_ columns: [[UInt8]]) throws -> WatchPicture {
        var picture = WatchPicture()
        let json =
            #"{"source":"porch","bands":4,"frequencies_hz":[100,500,1000,4000],"#
            + #""floor_db":-120,"step_db":0.5}"#
        picture.add(
            .header(try JSONDecoder().decode(SpectrogramHeader.self, from: Data(json.utf8)))
        )
        for (index, levels) in columns.enumerated() {
            picture.add(.column(time: 1_000 + 0.2 * Double(index) + 0.01, levels: levels))
        }
        return picture
    }

    @Test func aToneIsBrightInTheRowOfItsBandAndTheNewestIsAtTheRight() throws {
        let quiet: [UInt8] = [0, 0, 0, 0]
        let picture = try picture([quiet, quiet, [0, 0, 255, 0]])
        let lines = picture.lines(width: WatchPicture.axisWidth + 5, height: 4, colored: false)
        #expect(lines.map { String($0.suffix(5)) } == ["     ", "    █", "     ", "     "])
        #expect(lines[0].hasPrefix(" 4.0 kHz ") && lines[3].hasPrefix("  100 Hz "))
        let colored = picture.lines(width: WatchPicture.axisWidth + 5, height: 2, colored: true)
        #expect(colored[0].contains("\u{1B}[38;5;16;48;5;231m▀"))
    }

    @Test func theLoudestOfAFifthOfASecondIsShown() throws {
        var picture = try picture([[0, 0, 0, 255]])
        picture.add(.column(time: 1_000.15, levels: [0, 0, 0, 0]))
        let lines = picture.lines(width: WatchPicture.axisWidth + 1, height: 4, colored: false)
        #expect(lines[0].hasSuffix("█"))
    }
}
