/// Where the configuration, the state and the API socket are.
package struct StateLocation: Equatable, Sendable {
    /// The configuration file.
    package var configuration: ConfigurationPath
    /// The folder of the database, the clips, the overrides and learned models.
    package var stateDirectory: String
    /// Who chose `stateDirectory`.
    package var stateOrigin: SettingOrigin
    /// The folder of the API socket.
    package var runtimeDirectory: String
    /// Who chose `runtimeDirectory`.
    package var runtimeOrigin: SettingOrigin

    /// Decides where everything is.
    ///
    /// systemd's variables come first, then root's places, then those of the XDG base directory
    /// specification, which demands that relative paths in its variables are ignored. A user
    /// without a runtime directory has the socket in the state directory.
    ///
    /// - Parameters:
    ///   - configurationOption: The value of `--config`; nil: it was not given.
    ///   - environment: The process's environment.
    ///   - userID: The effective user; 0 is root.
    package init(
        configurationOption: String? = nil,
        environment: [String: String],
        userID: UInt32
    ) {
        configuration = ConfigurationPath(option: configurationOption, environment: environment)

        func absolutePath(_ variable: String) -> (path: String, origin: SettingOrigin)? {
            // systemd separates several directories by colons; the first one is the service's.
            guard let first = environment[variable]?.split(separator: ":").first,
                first.hasPrefix("/")
            else { return nil }
            return (String(first), .environment(variable: variable))
        }

        if let state = absolutePath("STATE_DIRECTORY") {
            (stateDirectory, stateOrigin) = state
        } else if userID == 0 {
            (stateDirectory, stateOrigin) = ("/var/lib/earwitness", .builtIn)
        } else if let state = absolutePath("XDG_STATE_HOME") {
            (stateDirectory, stateOrigin) = ("\(state.path)/earwitness", state.origin)
        } else {
            let home = environment["HOME"] ?? "/"
            (stateDirectory, stateOrigin) = ("\(home)/.local/state/earwitness", .builtIn)
        }

        if let runtime = absolutePath("RUNTIME_DIRECTORY") {
            (runtimeDirectory, runtimeOrigin) = runtime
        } else if userID == 0 {
            (runtimeDirectory, runtimeOrigin) = ("/run/earwitness", .builtIn)
        } else if let runtime = absolutePath("XDG_RUNTIME_DIR") {
            (runtimeDirectory, runtimeOrigin) = ("\(runtime.path)/earwitness", runtime.origin)
        } else {
            (runtimeDirectory, runtimeOrigin) = (stateDirectory, stateOrigin)
        }
    }

    /// The event database.
    package var databasePath: String { "\(stateDirectory)/events.sqlite" }
    /// The folder of clips.
    package var clipsDirectory: String { "\(stateDirectory)/clips" }
    /// The thresholds that were set by command.
    package var overridesPath: String { "\(stateDirectory)/overrides.yaml" }
    /// The noise floors that the sources have learnt.
    package var noiseFloorsPath: String { "\(stateDirectory)/noise-floors.json" }
    /// The hash of the page's password, unless the configuration names another file.
    package var webPasswordPath: String { "\(stateDirectory)/web-password" }
    /// Who is signed in at the page.
    package var webSessionsPath: String { "\(stateDirectory)/web-sessions.json" }
    /// The folder of the sounds that were learnt here.
    package var learntDirectory: String { "\(stateDirectory)/learnt" }
    /// The folder of learned models.
    package var modelsDirectory: String { "\(stateDirectory)/models" }
    /// The API socket of a service that runs as this user.
    package var socketPath: String { "\(runtimeDirectory)/api.sock" }

    /// The sockets at which a command looks for a running service: one's own, then the system's.
    package var clientSocketPaths: [String] {
        let system = "/run/earwitness/api.sock"
        return socketPath == system ? [system] : [socketPath, system]
    }
}

/// The configuration file, and where its path comes from.
package struct ConfigurationPath: Equatable, Sendable {
    /// Where the configuration of an installed service is.
    package static let standard = "/etc/earwitness/earwitness.yaml"

    /// The file's path.
    package var path: String
    /// Whether the file was named, so that it must be there.
    package var isExplicit: Bool { origin != .builtIn }
    /// Who named the file.
    package var origin: SettingOrigin

    /// Decides between `--config`, `EARWITNESS_CONFIG` and the standard place, in this order.
    ///
    /// - Parameters:
    ///   - option: The value of `--config`; nil: it was not given.
    ///   - environment: The process's environment.
    package init(option: String?, environment: [String: String]) {
        if let option {
            path = option
            origin = .commandLine(option: "--config")
        } else if let named = environment["EARWITNESS_CONFIG"], !named.isEmpty {
            path = named
            origin = .environment(variable: "EARWITNESS_CONFIG")
        } else {
            path = Self.standard
            origin = .builtIn
        }
    }
}
