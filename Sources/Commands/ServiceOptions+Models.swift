import Foundation
import ModelLibrary
import Monitor
import Settings

extension ServiceOptions {
    /// Loads models by name or path, each once.
    ///
    /// - Parameter namesOrPaths: What the user calls them; the same one may come under two names.
    /// - Returns: The models, and for each of the names the place of its model.
    /// - Throws: When one can't be loaded, or two are called the same in what they find.
    func loadModels(
        _ namesOrPaths: [String]
    ) throws -> (models: [SoundModel], places: [String: Int]) {
        var models: [SoundModel] = []
        var folders: [String: Int] = [:]
        var places: [String: Int] = [:]
        for nameOrPath in namesOrPaths where places[nameOrPath] == nil {
            let folder = try self.models.folder(of: nameOrPath)
            let resolved = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
            if let place = folders[resolved] {
                places[nameOrPath] = place
                continue
            }
            let model = try SoundModel.load(folder: folder)
            if let twin = models.first(where: { $0.name == model.name }) {
                throw CommandFailure(
                    .configuration,
                    "The models in '\(twin.folder)' and '\(model.folder)' are both called "
                        + "'\(model.name)', so their events could not be told apart. Change 'name' "
                        + "in one model.yaml."
                )
            }
            folders[resolved] = models.count
            places[nameOrPath] = models.count
            models.append(model)
        }
        return (models, places)
    }

    /// Loads the models that a configuration names, and finds out which source has which.
    ///
    /// - Throws: A failure of the configuration, in one line, when one of them can't be loaded.
    func loadModels(of configuration: MonitorConfiguration) throws -> ModelAssignment {
        do {
            let (models, places) = try loadModels(configuration.modelsInUse)
            return ModelAssignment(
                models: models,
                ofSources: configuration.sources.map { source in
                    var seen: Set<Int> = []
                    return configuration.models(of: source).compactMap { places[$0] }
                        .filter { seen.insert($0).inserted }
                }
            )
        } catch let error as ModelFolderError {
            throw CommandFailure(.configuration, Self.line(error))
        }
    }

    /// What is known of the models that a configuration names.
    ///
    /// - Returns: Nil if one of them can't be loaded here, which is no mistake of the file's.
    func rulesOfModels(of configuration: MonitorConfiguration) -> [ModelRules]? {
        (try? loadModels(configuration.modelsInUse))?.models.map(\.rules)
    }

    /// The first thing that is wrong with a model, and how much else is.
    private static func line(_ error: ModelFolderError) -> String {
        guard case .invalidDescription(let problems) = error, problems.count > 1 else {
            return error.description
        }
        return "\(problems[0]) (and \(problems.count - 1) more; "
            + "'earwitness models' lists them all)"
    }
}
