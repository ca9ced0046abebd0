package import Detection

/// Everything that can be configured, with where each value came from.
package struct MonitorConfiguration: Equatable, Sendable {
    /// What is listened to, at least one source.
    package var sources = [SourceSettings(name: "microphone")]
    /// The model's name or the path of its folder.
    package var model = "household-1"
    /// Several models instead of ``model``, by name or path; nil: that one.
    package var models: [String]?
    /// When sound is worth the network's time.
    package var gate = GateSettings()
    /// When scores become an event.
    package var detection = DetectionConfiguration()
    /// How long history is kept.
    package var storage = StorageSettings()
    /// Whether sound is kept.
    package var clips = ClipSettings()
    /// The HTTP API over TCP.
    package var web = WebSettings()
    /// How much is logged.
    package var log = LogLevel.info

    /// The thresholds of `overrides.yaml`.
    package var thresholds = ThresholdOverrides()

    /// The files that were read, in the order in which they were laid over one another.
    package internal(set) var files: [String] = []
    /// Where values came from, by dotted key path; those that are absent are built in.
    package internal(set) var origins: [String: SettingOrigin] = [:]

    /// Creates the configuration of an empty file.
    package init() {}

    /// Listens to `inputs` instead of the configured sources.
    ///
    /// Each source is named after its kind: `microphone`, `file` or `demo`, numbered from the
    /// second of a kind on.
    package mutating func replaceSources(with inputs: [SourceInput]) {
        var counts: [String: Int] = [:]
        sources = inputs.map { input in
            let kind =
                switch input {
                case .device: "microphone"
                case .file: "file"
                case .demo: "demo"
                }
            let count = counts[kind, default: 0] + 1
            counts[kind] = count
            return SourceSettings(name: count == 1 ? kind : "\(kind)-\(count)", input: input)
        }
        origins = origins.filter { !$0.key.hasPrefix("sources") }
        origins["sources"] = .commandLine(option: "--source")
    }
}
