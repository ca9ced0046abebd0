import ArgumentParser
import Foundation
import Messages
import MonitorClient
import Platform
import Settings
import SoundDatasets

/// `earwitness tail`: what is heard, as it is heard.
struct TailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Follows live detections until interrupted, starting with the last few.",
        discussion: "An event is shown when it begins and again when it is over."
    )

    @OptionGroup var service: ServiceOptions
    @Option(
        name: .customLong("class"),
        parsing: .singleValue,
        help: ArgumentHelp("Only this class; may be given several times.", valueName: "class")
    )
    var classes: [String] = []
    @Option(help: "Only this source.") var source: String?
    @Option(help: "Only what this model named.") var model: String?
    @Option(help: ArgumentHelp("How many past events come first.", valueName: "count"))
    var recent = 5
    @Option(help: "text, json, csv, audacity or raven.") var format = EventFormat.text

    func run() async throws {
        let client = try await MonitorClient.firstAnswering(at: service.location.clientSocketPaths)
        let hasSeveralModels = try await client.status().models.count > 1
        do {
            try await follow(client, recent: recent, namesModels: hasSeveralModels)
        } catch let refusal as ClientError where recent > 0 && refusal.isOfTheHistory {
            // A history that is being checked, mended or locked hides nothing that is heard now.
            StandardError.writeMessage("What was heard before is not shown. \(refusal)")
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
