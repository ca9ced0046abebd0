import ArgumentParser
import Detection
import Evaluation
import Foundation
import LogMelFeatures
import ModelLibrary
import NeuralNetwork
import Settings
import SoundDatasets

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
            let inUse = try service.loadConfiguration().modelsInUse
                .compactMap { try? service.models.folder(of: $0) }
                .map { URL(fileURLWithPath: $0).resolvingSymlinksInPath() }
            var rows: [[String]] = []
            for folder in service.models.list() {
                do {
                    let model = try SoundModel.load(folder: folder)
                    rows.append([
                        inUse.contains(URL(fileURLWithPath: folder).resolvingSymlinksInPath())
                            ? "*" : "",
                        model.name, model.version, "\(model.classes.count)", folder,
                    ])
                } catch {
                    StandardError.writeMessage(error.description)
                }
            }
            try StandardOutput.write(
                TextTable(
                    header: ["", "model", "version", "classes", "folder"],
                    rows: rows,
                    rightAligned: [3]
                ).text
            )
        }
    }
}
