import ArgumentParser
import Foundation
@preconcurrency import Glibc
import Messages
import MonitorClient
import Platform
import Settings
import SoundDatasets
import UnixSignals

/// `earwitness tail`: live events.
struct TailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Follows live detections until interrupted, starting with the last few.",
        discussion: """
            Each event is shown when it starts and again when it ends. On a terminal the last line shows \
            level, gate and best scores of the moment.
            """
    )

    @OptionGroup var service: ServiceOptions
    @OptionGroup var colors: ColorOptions
    @Option(
        name: .customLong("class"),
        parsing: .singleValue,
        help: ArgumentHelp("Only this class; may be given several times.", valueName: "class")
    )
    var classes: [String] = []
    @Option(help: "Only this source.") var source: String?
    @Option(help: "Only events of this model.") var model: String?
    @Option(help: ArgumentHelp("How many past events to show first.", valueName: "count"))
    var recent = 5
    @Option(help: "text, json, csv, audacity or raven.") var format = EventFormat.text

    /// Whether what is heard now stands below the events.
    private var showsLine: Bool { format == .text && StatusLine.isPossible }

    func run() async throws {
        let client = try await MonitorClient.firstAnswering(at: service.location.clientSocketPaths)
        let hasSeveralModels = try await client.status().models.count > 1
        if showsLine { Task { await Self.hideLineAtTheEnd() } }
        do {
            try await follow(client, recent: recent, namesModels: hasSeveralModels)
        } catch let refusal as ClientError where recent > 0 && refusal.isOfTheHistory {
            // A history that is being checked, rescued or locked does not hide live events.
            StandardError.writeMessage("Past events are not shown. \(refusal)")
            try await follow(client, recent: 0, namesModels: hasSeveralModels)
        }
        StandardError.writeMessage("The service has ended.")
    }

    /// Writes events as they come, until the service ends.
    private func follow(_ client: MonitorClient, recent: Int, namesModels: Bool) async throws {
        let began = Date()
        var writer = EventTextWriter(
            format: format,
            originTitle: "source",
            namesModels: namesModels
        )
        var lines = LiveLines(namesModels: namesModels, colored: colors.color.isOn)
        if format == .text {
            let zone = LocalTime().zoneLabel(at: began)
            StandardError.write("Times are local: \(zone).\n")
        }
        let live = client.live(
            kinds: showsLine ? [.event, .level, .scores] : [.event],
            classes: classes,
            source: source,
            model: model,
            recent: recent
        )
        for try await message in live {
            if format == .text {
                try lines.show(message)
            } else if case .event(let event) = message {
                try StandardOutput.write(writer.text(of: [EventRow(event, axisOrigin: began)]))
                try StandardOutput.flush()
            }
        }
        StatusLine.hide()
    }

    /// Takes the live line away when the user ends the command, so that the shell begins below the
    /// last event.
    private static func hideLineAtTheEnd() async {
        for await number in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
            StatusLine.hide()
            signal(number.rawValue, SIG_DFL)
            kill(getpid(), number.rawValue)
        }
    }
}

/// The widths of the columns of live events, which grow with what comes.
struct LiveEventColumns {
    private(set) var source = 0
    private(set) var label = 14
    private static let (greatestSource, greatestLabel) = (20, 32)

    /// Makes room for an event.
    mutating func fit(_ event: EventMessage) {
        let width = (TerminalText.width(of: event.source), TerminalText.width(of: event.label))
        source = max(source, min(width.0, Self.greatestSource))
        label = max(label, min(width.1, Self.greatestLabel))
    }
}

/// One line of a live event, as `tail` and `run` show it.
struct LiveEventLine {
    private let event: EventMessage
    private let namesModel: Bool
    private let columns: LiveEventColumns

    /// Prepares the line of an event.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - namesModel: Whether the line says which model named it, as with several models it must.
    ///   - columns: The widths of the columns.
    init(_ event: EventMessage, namesModel: Bool = false, columns: LiveEventColumns) {
        self.event = event
        self.namesModel = namesModel
        self.columns = columns
    }

    /// The line: time, source, what was heard, how long and how sure.
    ///
    /// - Parameter isColored: Whether it has colours: one for each class, and the score's.
    /// - Returns: The line without its end.
    func text(colored isColored: Bool) -> String {
        let time = LocalTime().text(event.start)
        let length = event.durationSeconds.map { String(format: "%6.1f s", $0) } ?? "  begins"
        let level = event.levelDBFS.map { String(format: "%6.1f dBFS", $0) } ?? ""
        let second = event.secondScore.map { String(format: "/%.2f", $0) } ?? ""
        let score = String(format: "%.2f", event.peakScore) + second
        let source = TerminalText.fitted(event.source, to: columns.source)
        let label = TerminalStyle.styled(
            TerminalText.fitted(event.label, to: columns.label),
            TerminalStyle.ofClass(event.className),
            isColored
        )
        let sure = TerminalStyle.styled(score, TerminalStyle.ofScore(event.peakScore), isColored)
        let line = "\(time)  \(source)  \(label) \(length)  score \(sure)"
        if namesModel { return "\(line) \(TerminalText.fitted(level, to: 11))  \(event.model)" }
        return level.isEmpty ? line : "\(line) \(level)"
    }
}
