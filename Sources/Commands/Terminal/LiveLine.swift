import Foundation
import Messages

/// What is heard at this moment, in one line: of each source level, gate and best scores.
struct LiveLine {
    private struct Source {
        var levelDBFS: Double?
        var isGateOpen = false
        /// The smoothed scores by model and class.
        var scores: [String: [String: Double]] = [:]
    }

    /// Lower scores say nothing.
    private static let leastScore = 0.05
    private static let mostScores = 3

    private var sources: [String: Source] = [:]
    private var order: [String] = []

    /// Takes over what a message says; false if that is nothing of this line.
    mutating func update(_ message: LiveMessage) -> Bool {
        switch message {
        case .level(let level):
            change(level.source) { source in
                source.levelDBFS = level.levelDBFS
                source.isGateOpen = level.isGateOpen
            }
        case .scores(let scores):
            let smoothed =
                scores.smoothed
                ?? Dictionary(scores.scores.map { ($0.className, $0.score) }) { max($0, $1) }
            change(scores.source) { $0.scores[scores.model] = smoothed }
        default: return false
        }
        return true
    }

    private mutating func change(_ name: String, _ body: (inout Source) -> Void) {
        if sources[name] == nil { order.append(name) }
        body(&sources[name, default: Source()])
    }

    /// The line.
    ///
    /// - Parameters:
    ///   - width: The terminal's columns; the line leaves room for the `^C` that a terminal shows.
    ///   - isColored: Whether it has colours.
    /// - Returns: The line; nothing before the first message.
    func text(width: Int, colored isColored: Bool) -> String {
        guard !order.isEmpty else { return "" }
        let each = max(1, (width - 3 - 3 * (order.count - 1)) / order.count)
        let parts = order.map { name in
            let source = sources[name] ?? Source()
            let level = LevelTable.dBFSColumn(source.levelDBFS)
            let gate = source.isGateOpen ? "gate open  " : "gate closed"
            let plain = "\(name) \(level)  \(Self.meter(source.levelDBFS))  \(gate)"
            let best = Self.best(of: source).map { name, score in
                name.replacing("_", with: " ") + String(format: " %.2f", score)
            }
            let text = TerminalText.cut(([plain] + best).joined(separator: "  "), to: each)
            let style = source.isGateOpen ? TerminalStyle.green : TerminalStyle.dim
            return TerminalStyle.styled(text, style, isColored)
        }
        return parts.joined(separator: " │ ")
    }

    private static func best(of source: Source) -> [(name: String, score: Double)] {
        var best: [String: Double] = [:]
        for scores in source.scores.values { best.merge(scores) { max($0, $1) } }
        return best.filter { $0.value >= leastScore }
            .sorted { ($0.value, $1.key) > ($1.value, $0.key) }
            .prefix(mostScores).map { ($0.key, $0.value) }
    }

    /// Ten columns for -80 to 0 dBFS, in eighths.
    static func meter(_ levelDBFS: Double?, width: Int = 10, from lowest: Double = -80) -> String {
        let part = max(0, min(1, 1 - (levelDBFS ?? lowest) / lowest))
        let eighths = Int((part * Double(width * 8)).rounded())
        let blocks = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        let bar = String(repeating: "█", count: eighths / 8) + blocks[eighths % 8]
        return TerminalText.fitted(bar, to: width)
    }
}

/// Events as lines, and below them on a terminal what is heard now.
struct LiveLines {
    private static let drawingInterval = Duration.milliseconds(100)

    private let namesModels: Bool
    private let isColored: Bool
    private var columns = LiveEventColumns()
    private var line = LiveLine()
    private var lastDrawn: ContinuousClock.Instant?

    /// Prepares to show.
    ///
    /// - Parameters:
    ///   - namesModels: Whether lines say which model named an event.
    ///   - isColored: Whether they have colours.
    init(namesModels: Bool, colored isColored: Bool) {
        self.namesModels = namesModels
        self.isColored = isColored
    }

    /// Shows a message: an event for good, a level or scores until the next ones.
    ///
    /// - Throws: What ``StandardOutput`` throws.
    mutating func show(_ message: LiveMessage) throws {
        if case .event(let event) = message {
            columns.fit(event)
            try StandardOutput.writeLine(
                LiveEventLine(event, namesModel: namesModels, columns: columns)
                    .text(colored: isColored)
            )
            return
        }
        guard StatusLine.isPossible, line.update(message) else { return }
        let now = ContinuousClock.now
        if let lastDrawn, now - lastDrawn < Self.drawingInterval { return }
        lastDrawn = now
        StatusLine.show(line.text(width: StandardError.terminalWidth ?? 80, colored: isColored))
    }
}
