import ArgumentParser
import Foundation
import ModelLibrary
import Monitor
import Settings

extension ModelsCommand {
    /// `earwitness models use NAME…`.
    struct Use: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sets the models that listen, in the configuration file.",
            discussion: """
                Only the model setting changes; comments and everything else in the file stay. The \
                models are loaded first, and nothing is written if one can't be used.
                """
        )

        @Argument(help: ArgumentHelp("The models, by name or path.", valueName: "model"))
        var names: [String]
        @Option(help: "Only for this source; without it for all that name no models of their own.")
        var source: String?
        @OptionGroup var service: ServiceOptions

        func run() throws {
            let configuration = try service.loadConfiguration()
            let (models, places) = try service.loadModels(names)
            guard Set(places.values).count == names.count else {
                throw CommandFailure(.usage, "A model is given twice. Give each one once.")
            }
            let sources = configuration.sources.map(\.name)
            if let source, !sources.contains(source) {
                throw CommandFailure(
                    .usage,
                    "There is no source '\(source)'. Give --source one of "
                        + "\(sources.joined(separator: ", "))."
                )
            }
            let choice = ModelChoice(models: names, source: source)
            let place = try choice.place(in: configuration, at: service.location.configuration)
            let text = try place.changedText(by: choice)
            try place.write(text)
            let changed = try service.loadConfiguration()
            for remark in changed.settingsWithoutEffect(in: models.map(\.rules)) {
                StandardError.writeMessage(remark)
            }
            let listener = source.map { "The source '\($0)'" } ?? "Every source"
            let verb = names.count == 1 ? "the model" : "the models"
            StandardError.write(
                "\(listener) is listened to with \(verb) \(names.joined(separator: ", ")) "
                    + "(\(place.path)). A running service needs a restart: "
                    + "systemctl restart earwitness\n"
            )
            guard source == nil else { return }
            for own in changed.sources {
                guard let models = own.models else { continue }
                StandardError.write(
                    "The source '\(own.name)' keeps models of its own: "
                        + "\(models.joined(separator: ", ")). To change them, add "
                        + "--source \(own.name).\n"
                )
            }
        }
    }

    /// `earwitness models remove NAME`.
    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes a model that was added or trained into the state directory.",
            discussion: "Models that are in use, and those that came with the program, stay."
        )

        @Argument(help: ArgumentHelp("The model, by name.", valueName: "name"))
        var name: String
        @OptionGroup var service: ServiceOptions

        func validate() throws {
            guard !name.contains("/") else {
                throw ValidationError("'\(name)' is a path; give the name of a model.")
            }
        }

        func run() throws {
            let folder = Self.resolved(try service.models.folder(of: name))
            let configuration = try service.loadConfiguration()
            for (used, key) in configuration.namedModels {
                guard let other = try? service.models.folder(of: used),
                    Self.resolved(other) == folder
                else { continue }
                throw CommandFailure(
                    .usage,
                    "The model '\(name)' is in use: \(key) in \(configuration.origin(of: key)). "
                        + "Choose another with 'earwitness models use' first."
                )
            }
            let removed = try service.installation.remove(name)
            StandardError.write("The model '\(name)' was removed from '\(removed)'.\n")
        }

        private static func resolved(_ folder: String) -> URL {
            URL(fileURLWithPath: folder).resolvingSymlinksInPath()
        }
    }
}
