import ArgumentParser
import EventExports
import Foundation
import MonitorAPI
import MonitorConfiguration
import MonitorMessages

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
        let began = Date()
        let client = try await MonitorClient.firstAnswering(at: service.location.clientSocketPaths)
        let hasSeveralModels = try await client.status().models.count > 1
        var writer = EventTextWriter(
            format: format,
            originTitle: "source",
            namesModels: hasSeveralModels
        )
        let live = client.live(
            kinds: [.event],
            classes: classes,
            source: source,
            model: model,
            recent: recent
        )
        for try await message in live {
            guard case .event(let event) = message else { continue }
            if format == .text {
                StandardOutput.writeLine(
                    LiveEventLine(event, namesModel: hasSeveralModels)
                        .text(colored: StandardOutput.isTerminal)
                )
            } else {
                StandardOutput.write(writer.text(of: [EventRow(event, axisOrigin: began)]))
                StandardOutput.flush()
            }
        }
        StandardError.write("earwitness: The service has ended.\n")
    }
}
