import ArgumentParser
import Foundation
import Messages
import MonitorClient
import Settings

/// `earwitness status`: is it running, and what is every source doing.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows whether the service runs and what every source is doing now.",
        discussion: "Exit code 69 if the service is not running."
    )

    /// The forms of the answer.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text
        case json
    }

    @OptionGroup var service: ServiceOptions
    @Option(help: "text or json.") var format = Format.text

    func run() async throws {
        let client = try await MonitorClient.firstAnswering(at: service.location.clientSocketPaths)
        let status = try await client.status()
        switch format {
        case .json: try StandardOutput.writeLine(status.json.text)
        case .text: try StandardOutput.write(StatusText(status).text)
        }
    }
}
