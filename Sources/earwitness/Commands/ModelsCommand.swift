import ArgumentParser
import Detection
import EventExports
import LogMelFeatures
import ModelLibrary
import MonitorConfiguration
import ONNXInference

/// `earwitness models`: the installed models, and what is in one.
struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "Lists the installed models, looks into one and runs its network.",
        subcommands: [List.self, Inspect.self, Run.self],
        defaultSubcommand: List.self
    )

    /// `earwitness models`.
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "Lists the installed models."
        )

        @OptionGroup var service: ServiceOptions

        func run() throws {
            let inForce = try service.loadConfiguration().model
            var rows: [[String]] = []
            for folder in service.models.list() {
                do {
                    let model = try SoundModel.load(folder: folder)
                    rows.append([
                        model.name == inForce ? "*" : "", model.name, model.version,
                        "\(model.classes.count)", folder,
                    ])
                } catch {
                    StandardError.write("earwitness: \(error.description)\n")
                }
            }
            StandardOutput.write(
                TextTable(
                    header: ["", "model", "version", "classes", "folder"],
                    rows: rows,
                    rightAligned: [3]
                ).text
            )
        }
    }
}
