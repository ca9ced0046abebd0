import Foundation
import Messages
import MonitorClient
import Platform

/// What `earwitness watch` shows: the state of the service and of one of its sources.
struct WatchView {
    /// Whether the service is there.
    enum Connection: Equatable {
        case live
        /// It is not; the text says why.
        case lost(String)
    }

    private struct Score {
        var value = 0.0
        /// Falls slowly, so that the order of the lines does not jump.
        var rank = 0.0
    }

    private static let mostEvents = 100

    /// The name of the source that is shown.
    private(set) var source: String
    private(set) var connection = Connection.live
    private var status: StatusMessage
    private var thresholds: [String: ThresholdMessage] = [:]
    private var levels: [String: LevelMessage] = [:]
    private var scores: [String: [String: Score]] = [:]
    private var events: [EventMessage] = []
    private var picture = WatchPicture()

    /// Begins with a source.
    init(_ status: StatusMessage, source: String) {
        self.status = status
        self.source = source
    }

    /// Takes over that the service is there, perhaps again.
    mutating func connect(_ status: StatusMessage, _ thresholds: [ThresholdMessage]) {
        connection = .live
        self.status = status
        self.thresholds = Dictionary(
            thresholds.map { (Self.key($0.model, $0.className), $0) },
            uniquingKeysWith: { $1 }
        )
        if !status.sources.contains(where: { $0.name == source }) {
            source = status.sources.first?.name ?? source
        }
    }

    /// Takes over that the service is gone.
    mutating func lose(_ reason: String) {
        connection = .lost(reason)
    }

    /// Shows the source after the present one.
    mutating func showNextSource() {
        let names = status.sources.map(\.name)
        guard names.count > 1, let index = names.firstIndex(of: source) else { return }
        source = names[(index + 1) % names.count]
        picture = WatchPicture()
    }

    /// Takes over a part of the spectrogram.
    mutating func add(_ message: SpectrogramMessage) {
        picture.add(message)
    }

    /// Takes over what has happened.
    mutating func apply(_ message: LiveMessage) {
        switch message {
        case .status(let status): self.status = status
        case .level(let level): levels[level.source] = level
        case .scores(let message):
            for (name, value) in message.smoothed ?? [:] {
                let key = Self.key(message.model, name)
                var score = scores[message.source]?[key] ?? Score()
                score = Score(value: value, rank: max(value, score.rank * 0.97))
                scores[message.source, default: [:]][key] = score
            }
        case .event(let event):
            events.removeAll { $0.id == event.id }
            let place = events.firstIndex { $0.start <= event.start } ?? events.count
            events.insert(event, at: place)
            if events.count > Self.mostEvents { events.removeLast() }
        case .near, .clip: break
        }
    }

    private static func key(_ model: String, _ className: String) -> String {
        "\(model)/\(className)"
    }

    // MARK: - The picture

    /// A part of a line in a style of its own.
    private struct Part {
        var text: String
        var style: String?
    }

    /// The whole screen, each line as wide as it.
    func lines(columns: Int, rows: Int, colored isColored: Bool, now: Date) -> [String] {
        func line(_ parts: [Part]) -> String { Self.joined(parts, to: columns, isColored) }
        var head = [line(title(now: now, columns: columns)), line(levelParts)]
        if let problem { head.append(line([Part(text: problem, style: TerminalStyle.red)])) }
        let foot = [line([Part(text: hint, style: TerminalStyle.dim)])]
        let room = rows - head.count - foot.count
        guard room >= 6 else {
            let all = head + foot
            return Array(all.prefix(max(0, rows)))
                + Array(repeating: line([]), count: max(0, rows - all.count))
        }
        let pictureRows = room * 2 / 5
        let scoreRows = (room - pictureRows) / 2
        let eventRows = room - pictureRows - scoreRows
        let middle =
            picture.lines(width: columns, height: pictureRows, colored: isColored)
            + list("Scores", scoreParts(columns: columns), rows: scoreRows).map(line)
            + list("Last events", events.map(parts(of:)), rows: eventRows).map(line)
        return head + middle + foot
    }

    /// A heading and what is below it, in exactly so many lines.
    private func list(_ heading: String, _ lines: [[Part]], rows: Int) -> [[Part]] {
        let all = [[Part(text: heading, style: TerminalStyle.bold)]] + lines.prefix(rows - 1)
        return all + Array(repeating: [], count: rows - all.count)
    }

    private func title(now: Date, columns: Int) -> [Part] {
        let state = status.sources.first { $0.name == source }?.state.rawValue ?? "unknown"
        let left = "Earwitness \(status.version)  \(source): \(state)"
        let clock = LocalTime().text(now).dropLast(2).suffix(8)
        let gap = max(2, columns - TerminalText.width(of: left) - clock.count)
        return [
            Part(text: left, style: TerminalStyle.bold),
            Part(text: String(repeating: " ", count: gap) + String(clock)),
        ]
    }

    private var levelParts: [Part] {
        guard connection == .live, let level = levels[source] else { return [Part(text: "level")] }
        let text = LevelTable.dBFSColumn(level.levelDBFS)
        let style = level.isGateOpen ? TerminalStyle.green : TerminalStyle.dim
        return [
            Part(text: "level \(text)  "),
            Part(text: LiveLine.meter(level.levelDBFS, width: 30), style: style),
            Part(text: "  gate \(level.isGateOpen ? "open" : "closed")", style: style),
        ]
    }

    /// What is not as it should be, if something is not.
    private var problem: String? {
        if case .lost(let reason) = connection { return "Not connected, trying again. \(reason)" }
        let shown = status.sources.first { $0.name == source }
        return shown?.reason ?? status.warnings.first
    }

    private var hint: String {
        status.sources.count > 1 ? "q ends   Tab shows the next source" : "q ends"
    }

    private func scoreParts(columns: Int) -> [[Part]] {
        let barWidth = max(4, min(50, columns - 34))
        let mine = (scores[source] ?? [:]).filter { thresholds[$0.key]?.isReported ?? false }
        return mine.sorted { ($0.value.rank, $1.key) > ($1.value.rank, $0.key) }.map { key, score in
            let threshold = thresholds[key]
            let isOver = threshold.map { score.value >= $0.on } ?? false
            let label = TerminalText.fitted(threshold?.label ?? key, to: 20)
            return [
                Part(
                    text: label + String(format: " %.2f ", score.value),
                    style: isOver ? TerminalStyle.green : nil
                ),
                Part(
                    text: Self.bar(score.value, threshold: threshold?.on, width: barWidth),
                    style: isOver ? TerminalStyle.green : TerminalStyle.dim
                ),
                Part(text: threshold.map { String(format: " of %.2f", $0.on) } ?? ""),
            ]
        }
    }

    /// A bar of a score, with a mark at its threshold.
    static func bar(_ score: Double, threshold: Double?, width: Int) -> String {
        var cells = Array(LiveLine.meter(score - 1, width: width, from: -1))
        if let threshold {
            let place = min(width - 1, Int(threshold * Double(width)))
            cells[place] = cells[place] == " " ? "│" : "┃"
        }
        return String(cells)
    }

    private func parts(of event: EventMessage) -> [Part] {
        let time = LocalTime().text(event.start).dropLast(2).suffix(8)
        let length = event.durationSeconds.map { String(format: "%6.1f s", $0) } ?? "     now"
        return [
            Part(text: "\(time)  "),
            Part(
                text: TerminalText.fitted(event.label, to: 20),
                style: TerminalStyle.ofClass(event.className)
            ),
            Part(text: "\(length)  "),
            Part(
                text: String(format: "%.2f", event.peakScore),
                style: TerminalStyle.ofScore(event.peakScore)
            ),
            Part(text: "  \(event.source)"),
        ]
    }

    /// Parts side by side in exactly so many columns.
    private static func joined(_ parts: [Part], to width: Int, _ isColored: Bool) -> String {
        var (text, room) = ("", width)
        for part in parts {
            let cut = TerminalText.cut(PathText.shown(part.text), to: room)
            text += TerminalStyle.styled(cut, part.style, isColored)
            room -= TerminalText.width(of: cut)
        }
        return text + String(repeating: " ", count: max(0, room))
    }
}
