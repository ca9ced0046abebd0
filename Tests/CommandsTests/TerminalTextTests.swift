import Foundation
import Logging
import Messages
import Platform
import Testing

@testable import Commands

@Suite struct TerminalTextTests {
    @Test func aLineIsBrokenBetweenWords() {
        #expect(
            TerminalText.wrapped("one two three four", width: 10, indent: 2)
                == ["one two", "  three", "  four"]
        )
        #expect(
            TerminalText.wrapped("unbreakablyLong a", width: 5, indent: 1)
                == ["unbreakablyLong", " a"]
        )
        #expect(TerminalText.wrapped("short", width: 10, indent: 2) == ["short"])
    }

    @Test func textIsCutAndFilledByColumns() {
        #expect(TerminalText.fitted("dog", to: 5) == "dog  ")
        #expect(TerminalText.fitted("dog", to: 5, trailing: true) == "  dog")
        #expect(TerminalText.fitted("dog bark", to: 5) == "dog …")
        #expect(TerminalText.width(of: "犬 e\u{301}") == 4)
        #expect(TerminalText.fitted("犬犬犬", to: 4) == "犬… ")
        #expect(TerminalText.cut("any", to: 0) == "")
    }

    @Test func aLogLineContinuesUnderItsLevel() throws {
        let line = LogLine.line(
            "The web page is at http://127.0.0.1:8137/.",
            level: .notice,
            at: Date(timeIntervalSince1970: 1_795_959_586.1),
            in: LocalTime(zone: try #require(Zone("UTC")))
        )
        #expect(
            LogLine.wrapped(line, width: 50)
                == "2026-11-29 13:39:46.1 notice The web page is at\n"
                + "                      http://127.0.0.1:8137/."
        )
        #expect(LogLine.wrapped(line, width: nil) == line)
    }
}

@Suite struct LiveLineTests {
    private func level(_ source: String, _ level: Double?, isOpen: Bool = true) -> LiveMessage {
        .level(
            LevelMessage(source: source, time: Date(), levelDBFS: level, isGateOpen: isOpen)
        )
    }

    private func scores(_ source: String, _ smoothed: [String: Double]) -> LiveMessage {
        .scores(
            ScoresMessage(source: source, model: "m", time: Date(), scores: [], smoothed: smoothed)
        )
    }

    @Test func itHasLevelGateAndBestScoresInTheWidthOfTheTerminal() {
        var line = LiveLine()
        #expect(line.text(width: 80, colored: false) == "")
        var isShown = line.update(level("porch", -40))
        #expect(isShown)
        isShown = line.update(scores("porch", ["dog_bark": 0.4, "rain": 0.02, "cat": 0.9]))
        #expect(isShown)
        #expect(
            line.text(width: 100, colored: false)
                == "porch  -40.0 dBFS  █████       gate open    cat 0.90  dog bark 0.40"
        )
        #expect(line.text(width: 30, colored: false).count == 27)
        _ = line.update(level("cellar", nil, isOpen: false))
        let both = line.text(width: 80, colored: false)
        #expect(both.contains(" │ cellar    silence") && both.count <= 77)
        #expect(line.text(width: 80, colored: true).contains("\u{1B}[32mporch"))
    }

    private func event(_ label: String, source: String = "porch") -> EventMessage {
        EventMessage(
            id: 1,
            source: source,
            className: "dog_bark",
            label: label,
            start: Date(timeIntervalSince1970: 1_795_959_586.1),
            end: Date(timeIntervalSince1970: 1_795_959_587.3),
            peakScore: 0.97,
            meanScore: 0.9,
            levelDBFS: -23.1,
            model: "m"
        )
    }

    @Test func columnsStandUnderEachOther() {
        var columns = LiveEventColumns()
        let names = [
            ("Dog bark", "porch"), ("Reversing beeps of a lorry", "p"), ("Cat", "a cellar"),
        ]
        let events = names.map { event($0.0, source: $0.1) }
        events.forEach { columns.fit($0) }
        let lines = events.map { LiveEventLine($0, columns: columns).text(colored: false) }
        let places = lines.map { $0.range(of: "score")?.lowerBound.utf16Offset(in: $0) }
        #expect(Set(places).count == 1, "\(lines)")
        let gap = String(repeating: " ", count: 22)
        #expect(lines[0].hasSuffix("porch     Dog bark\(gap)1.2 s  score 0.97  -23.1 dBFS"))
        let colored = LiveEventLine(events[0], columns: columns).text(colored: true)
        #expect(colored.contains("\u{1B}[32m0.97\u{1B}[0m"))
    }
}
