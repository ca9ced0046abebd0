import ArgumentParser
import Foundation
@preconcurrency import Glibc
import ModelLibrary
import Monitor
import Platform
import Settings

/// Where a command finds the configuration, the state and the running service.
struct ServiceOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The configuration file.",
            discussion: "Without it EARWITNESS_CONFIG, else /etc/earwitness/earwitness.yaml."
        )
    )
    var config: String?

    /// The variables of the environment that name a place.
    private static let variables = [
        "EARWITNESS_CONFIG", "STATE_DIRECTORY", "RUNTIME_DIRECTORY", "XDG_STATE_HOME", "HOME",
    ]

    /// Refuses paths that are not UTF-8, which only recordings may have: they would be taken for
    /// others.
    func validate() throws {
        if let config { try Self.requireUTF8(config, "--config") }
        for name in Self.variables {
            guard let value = getenv(name) else { continue }
            let bytes = UnsafeRawBufferPointer(start: value, count: strlen(value))
            try Self.requireUTF8(PathText.text(of: bytes), "$\(name)")
        }
    }

    private static func requireUTF8(_ path: String, _ name: String) throws {
        guard PathText.bytes(of: path) != Array(path.utf8) else { return }
        throw ValidationError(
            "\(name) is '\(path)', which is not UTF-8. Rename the file or folder, or use another."
        )
    }

    /// The places that follow from the option, the environment and the user.
    var location: StateLocation {
        StateLocation(
            configurationOption: config,
            environment: ProcessInfo.processInfo.environment,
            userID: getuid()
        )
    }

    /// The configuration in force; a part that could not be read is reported on standard error.
    func loadConfiguration() throws -> MonitorConfiguration {
        let configuration = try MonitorConfiguration.load(at: location)
        for remark in configuration.overridesRemarks {
            StandardError.writeMessage("\(remark) (\(location.overridesPath))")
        }
        return configuration
    }

    /// The models that are installed.
    var models: ModelCatalog {
        ModelCatalog(
            stateModels: location.modelsDirectory,
            executable: "/proc/self/exe"
        )
    }

    /// Loads a model by name or path.
    func loadModel(_ nameOrPath: String) throws -> SoundModel {
        try Self.requireUTF8(nameOrPath, "The model")
        return try SoundModel.load(folder: models.folder(of: nameOrPath))
    }
}

extension ServiceOptions {
    /// What was learnt on this box.
    var learnt: LearntLibrary { LearntLibrary(folder: location.learntDirectory) }

    /// Loads models by name or path, each once, with what was learnt for them.
    ///
    /// What was learnt and is not in force is said by ``learntRemarks(for:)``.
    /// - Parameter namesOrPaths: What the user calls them; the same one may come under two names.
    /// - Returns: The models, and for each of the names the place of its model.
    /// - Throws: When one can't be loaded, or two are called the same in what they find.
    func loadModels(
        _ namesOrPaths: [String]
    ) throws -> (models: [SoundModel], places: [String: Int]) {
        let (models, places) = try loadInstalledModels(namesOrPaths)
        return (learnt.applied(to: models).models, places)
    }

    /// A line for each learnt sound that the models in use don't have.
    func learntRemarks(for models: [SoundModel]) -> [String] {
        learnt.applied(to: models).remarks
    }

    /// Loads models by name or path as they are installed, each once.
    ///
    /// - Parameter namesOrPaths: What the user calls them; the same one may come under two names.
    /// - Returns: The models, and for each of the names the place of its model.
    /// - Throws: When one can't be loaded, or two are called the same in what they find.
    func loadInstalledModels(
        _ namesOrPaths: [String]
    ) throws -> (models: [SoundModel], places: [String: Int]) {
        var models: [SoundModel] = []
        var folders: [String: Int] = [:]
        var places: [String: Int] = [:]
        for nameOrPath in namesOrPaths where places[nameOrPath] == nil {
            try Self.requireUTF8(nameOrPath, "The model")
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
                    "The models in '\(twin.folder)' and '\(model.folder)' have the same name "
                        + "'\(model.name)'. Change 'name' in one model.yaml."
                )
            }
            folders[resolved] = models.count
            places[nameOrPath] = models.count
            models.append(model)
        }
        return (models, places)
    }

    /// Loads the models that a configuration names, with what was learnt for them, and finds out which
    /// source has which.
    ///
    /// - Throws: A failure of the configuration, in one line, when one of them can't be loaded.
    func loadModels(of configuration: MonitorConfiguration) throws -> ModelAssignment {
        var assignment = try loadInstalledModels(of: configuration)
        assignment.models = learnt.applied(to: assignment.models).models
        return assignment
    }

    /// The same as they are installed.
    func loadInstalledModels(of configuration: MonitorConfiguration) throws -> ModelAssignment {
        do {
            let (models, places) = try loadInstalledModels(configuration.modelsInUse)
            return try ModelAssignment(
                models: models,
                ofSources: configuration.sources.map { source in
                    var seen: Set<Int> = []
                    return configuration.models(of: source).compactMap { places[$0] }
                        .filter { seen.insert($0).inserted }.map { ModelIndex($0) }
                },
                verifier: verifier(of: configuration, for: learnt.applied(to: models).models)
            )
        } catch let error as ModelFolderError {
            throw CommandFailure(.configuration, Self.line(error))
        }
    }

    /// The model that a configuration asks before an event opens; nil if it asks none.
    ///
    /// What of the models nothing can be asked about is said on standard error.
    func verifier(
        of configuration: MonitorConfiguration,
        for models: [SoundModel]
    ) throws -> Verifier? {
        guard let name = configuration.detection.verify.model else { return nil }
        let model = try SoundModel.load(folder: self.models.folder(of: name))
        let settings = try configuration.analysisSettings(for: model, refusesUnknown: false)
        let verifier = Verifier(
            model: model,
            settings: configuration.detection.verify,
            rules: settings.detection
        )
        for other in models where other.name != model.name {
            let unasked = verifier.unaskedClasses(of: other)
            guard !unasked.isEmpty else { continue }
            StandardError.writeMessage(
                "The second model '\(model.name)' has no class for \(unasked.joined(separator: ", ")) "
                    + "of '\(other.name)': their events open without it. Name its classes under "
                    + "detection.verify.classes."
            )
        }
        return verifier
    }

    /// What is known of the models that a configuration names.
    ///
    /// - Returns: Nil if one of them can't be loaded here, which is not a mistake in the file.
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
