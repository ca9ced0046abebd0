import ArgumentParser
import Foundation
import Messages
import MonitorClient
import Platform
import Settings
import SoundDatasets

/// `earwitness tail`: live events.
struct TailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Follows live detections until interrupted, starting with the last few.",
        discussion: "Each event is shown when it starts and again when it ends."
    )

    @OptionGroup var service: ServiceOptions
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

    func run() async throws {
        let client = try await MonitorClient.firstAnswering(at: service.location.clientSocketPaths)
        let hasSeveralModels = try await client.status().models.count > 1
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
        if format == .text {
            let zone = LocalTime().zoneLabel(at: began)
            StandardError.write("Times are local: \(zone).\n")
        }
        let live = client.live(
            kinds: [.event],
            classes: classes,
            source: source,
            model: model,
            recent: recent
        )
        for try await case .event(let event) in live {
            if format == .text {
                try StandardOutput.writeLine(
                    LiveEventLine(event, namesModel: namesModels).text(colored: Terminal.showsColor)
                )
            } else {
                try StandardOutput.write(writer.text(of: [EventRow(event, axisOrigin: began)]))
                try StandardOutput.flush()
            }
        }
    }
}

/// One line of a live event, as `tail` and `run` show it.
struct LiveEventLine {
    private let event: EventMessage
    private let namesModel: Bool

    /// Prepares the line of an event.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - namesModel: Whether the line says which model named it, as with several models it must.
    init(_ event: EventMessage, namesModel: Bool = false) {
        self.event = event
        self.namesModel = namesModel
    }

    /// The line: time, source, what was heard, how long and how sure.
    ///
    /// - Parameter colored: Whether a terminal shows it.
    /// - Returns: The line without its end.
    func text(colored: Bool) -> String {
        let time = LocalTime().text(event.start)
        let length = event.durationSeconds.map { String(format: "%6.1f s", $0) } ?? "  begins"
        let level = event.levelDBFS.map { String(format: "%6.1f dBFS", $0) } ?? ""
        let second = event.secondScore.map { String(format: "/%.2f", $0) } ?? ""
        let score = String(format: "%.2f", event.peakScore) + second
        let name = event.label.padding(toLength: 18, withPad: " ", startingAt: 0)
        let shown = colored ? "\u{1B}[1m\(name)\u{1B}[0m" : name
        let model = namesModel ? "  \(event.model)" : ""
        return "\(time)  \(event.source)  \(shown) \(length)  score \(score) \(level)\(model)"
    }
}
