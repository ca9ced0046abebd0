package import AudioFiles
package import Settings

/// Of which events the sound is kept, and where.
package struct ClipPolicy: Sendable {
    /// Where the clips are.
    package var folder: ClipFolder
    /// What is kept, and for how long.
    package var settings: ClipSettings
    /// Whether clips that are there already go when none are to be kept.
    package var removesAll: Bool

    /// Joins the three.
    package init(folder: ClipFolder, settings: ClipSettings, removesAll: Bool) {
        self.folder = folder
        self.settings = settings
        self.removesAll = removesAll
    }

    /// What a configuration says.
    ///
    /// Clips that are there go if the configuration itself says `none`; that nothing is said, for
    /// instance because the file is missing, must not cost anybody their recordings.
    package init(configuration: MonitorConfiguration, folder path: String) {
        self.init(
            folder: ClipFolder(path: path),
            settings: configuration.clips,
            removesAll: configuration.clips.keep == .none
                && configuration.origin(of: "clips.keep") != .builtIn
        )
    }
}
