import ArgumentParser
import Foundation
@preconcurrency import Glibc
import ModelLibrary
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

    /// The places that follow from the option, the environment and the user.
    var location: StateLocation {
        StateLocation(
            configurationOption: config,
            environment: ProcessInfo.processInfo.environment,
            userID: getuid()
        )
    }

    /// The configuration in force; what of it could not be read is said on standard error.
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
        try SoundModel.load(folder: models.folder(of: nameOrPath))
    }
}
