import ArgumentParser
import Foundation
import Messages
import Platform
import SoundDatasets

/// `earwitness review`: the events that are worth a person's minute, one after another.
struct ReviewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "review",
        abstract: "Asks what events were, those first whose answer tells most.",
        discussion: """
            First come events whose score was near the threshold and loud ones of no known class, a fair \
            share of each class, those with a clip before others. Each answer is stored at once and changes \
            what is asked next. Keys: y right, n a false alarm, c the name of what it was, p play, s skip, \
            q quit. Without a terminal, or with --list, the events are listed. Works whether or not the \
            service runs.
            """
    )

    @Option(
        name: .customLong("class"),
        parsing: .singleValue,
        help: ArgumentHelp("Only this class; may be given several times.", valueName: "class")
    )
    var classes: [String] = []
    @Option(help: "Only this source.") var source: String?
    @Option(help: ArgumentHelp("From this time on.", valueName: "time")) var since = "30d"
    @Flag(help: "Lists the events instead of asking.") var list = false
    @Option(help: ArgumentHelp("At most this many are listed.", valueName: "count")) var limit = 20
    @Option(help: "text or json; of a list.") var format = ReportFormat.text
    @Option(
        help: ArgumentHelp(
            "What plays clips, given a WAV file; without it ffplay or aplay.",
            valueName: "program"
        )
    )
    var player: String?
    @OptionGroup var service: ServiceOptions

    private static let greatestLimit = 10_000

    func validate() throws {
        guard (1...Self.greatestLimit).contains(limit) else {
            throw ValidationError("--limit is \(limit); give 1 to \(Self.greatestLimit).")
        }
    }

    func run() async throws {
        let asks = !list && format == .text && Terminal.showsScreens
        let range = try TimeRange(since: since, until: "now")
        let history = try await HistoryAccess.open(service, writes: asks)
        defer { history.close() }
        guard asks else {
            try show(try await next(in: history, since: range.start, limit: limit))
            return
        }
        let review = TerminalReview(
            history: history,
            thresholds: try await history.thresholds(),
            classNames: try await history.classNames(),
            player: ClipPlayer(named: player),
            playerName: player
        )
        var skipped: Set<Int64> = []
        var answered = 0
        while let event = try await next(in: history, since: range.start, limit: skipped.count + 1)
            .first(where: { !skipped.contains($0.id) })
        {
            switch try await review.ask(about: event) {
            case .labelled: answered += 1
            case .skipped: skipped.insert(event.id)
            case .ended:
                try StandardOutput.writeLine("\(answered) event(s) labelled.")
                return
            }
        }
        let rest = skipped.isEmpty ? "Nothing is left to ask." : "\(skipped.count) skipped."
        try StandardOutput.writeLine("\(answered) event(s) labelled. \(rest)")
    }

    private func next(
        in history: HistoryAccess,
        since: Date,
        limit: Int
    ) async throws -> [EventMessage] {
        try await history.eventsWorthReview(
            since: since,
            classes: classes,
            source: source,
            limit: min(limit, Self.greatestLimit)
        )
    }

    private func show(_ events: [EventMessage]) throws {
        guard format == .text else {
            for event in events { try StandardOutput.writeLine(event.json.text) }
            return
        }
        guard !events.isEmpty else {
            StandardError.writeMessage("No event of this time is left to label.")
            return
        }
        let times = LocalTime()
        try StandardOutput.write(
            TextTable(
                header: [
                    "event", times.title("start", of: events.map(\.start)), "sound", "source",
                    "seconds", "score", "dBFS", "clip",
                ],
                rows: events.map { event in
                    [
                        "\(event.id)", times.text(event.start), event.label, event.source,
                        event.durationSeconds.map { String(format: "%.1f", $0) } ?? "",
                        String(format: "%.2f", event.peakScore),
                        event.levelDBFS.map { String(format: "%.1f", $0) } ?? "",
                        event.clip ?? "",
                    ]
                },
                rightAligned: [0, 4, 5, 6]
            ).text
        )
    }
}

/// Asks about events on the terminal.
struct TerminalReview {
    /// What became of a question.
    enum Answer {
        /// It was answered, and that is stored.
        case labelled
        /// It is to be asked another time.
        case skipped
        /// No more are to be asked.
        case ended
    }

    let history: HistoryAccess
    let thresholds: [ThresholdMessage]
    let classNames: [String]
    let player: ClipPlayer?
    let playerName: String?

    /// Asks about an event until it is answered.
    func ask(about event: EventMessage) async throws -> Answer {
        try StandardOutput.write(question(about: event))
        try StandardOutput.flush()
        while let key = KeyPrompt.key() {
            // What follows a key has a line of its own; the name of 'c' asks on one.
            if "ynps ".utf8.contains(key) { try StandardOutput.writeLine("") }
            switch key {
            case UInt8(ascii: "y"): return try await store(event.className, of: event)
            case UInt8(ascii: "n"): return try await store(nil, of: event)
            case UInt8(ascii: "c"):
                guard let name = try await name() else { continue }
                return try await store(name.className(of: event.className), of: event)
            case UInt8(ascii: "p"): try await play(event)
            case UInt8(ascii: "s"), UInt8(ascii: " "):
                try StandardOutput.writeLine("  skipped")
                return .skipped
            case UInt8(ascii: "q"), KeyPrompt.end:
                try StandardOutput.writeLine("")
                return .ended
            case KeyPrompt.interrupt:
                try StandardOutput.writeLine("")
                throw CancellationError()
            default: break
            }
        }
        return .ended
    }

    private func question(about event: EventMessage) -> String {
        let threshold = thresholds.first {
            $0.className == event.className && $0.model == event.model
        }
        let facts = [
            LocalTime().text(event.start), event.source,
            event.durationSeconds.map { String(format: "%.1f s", $0) },
            event.levelDBFS.map { String(format: "%.1f dBFS", $0) },
            String(format: "score %.2f", event.peakScore)
                + (threshold.map { String(format: " (opens at %.2f)", $0.on) } ?? ""),
            event.clip == nil ? "no clip" : nil,
        ]
        return "\nEvent \(event.id): \(event.label)?\n"
            + "  \(PathText.shown(facts.compactMap(\.self).joined(separator: ", ")))\n"
            + "  y right  n false alarm  c it was …\(event.clip == nil ? "" : "  p play")"
            + "  s skip  q quit: "
    }

    private func store(_ className: String?, of event: EventMessage) async throws -> Answer {
        let labelled = try await history.label(event.id, className, from: .review)
        try StandardOutput.writeLine(LabelCommand.text(of: labelled))
        return .labelled
    }

    private func name() async throws -> LabelVerdict? {
        guard let text = try KeyPrompt.line("\n  it was: "), !text.isEmpty else {
            try StandardOutput.write("  not answered; y, n, c, p, s or q: ")
            try StandardOutput.flush()
            return nil
        }
        let name = LabelMapping(classNames: classNames).className(for: text)
        guard let verdict = LabelVerdict(name) else {
            try StandardOutput.write("  '\(PathText.shown(text))' cannot be a name; try again: ")
            try StandardOutput.flush()
            return nil
        }
        return verdict
    }

    private func play(_ event: EventMessage) async throws {
        guard let path = event.clip, let clip = try await history.clip(of: event) else {
            try say("there is no clip")
            return
        }
        guard let player else {
            try say(
                playerName.map { "there is no program '\($0)'" }
                    ?? "install ffplay or aplay, or name a player with --player"
            )
            return
        }
        let ending = path.split(separator: ".").last.map(String.init) ?? "flac"
        try say(player.play(clip, ending: ending) ?? "played")
    }

    private func say(_ text: String) throws {
        try StandardOutput.write("  \(text); y, n, c, p, s or q: ")
        try StandardOutput.flush()
    }
}
