package import Detection

/// Everything that can be configured, with where each value came from.
package struct MonitorConfiguration: Equatable, Sendable {
    /// What is listened to, at least one source.
    package var sources = [SourceSettings(name: "microphone")]
    /// The model's name or the path of its folder.
    package var model = "household-2"
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
    /// What is told to people and programs, by the rule's name.
    package var rules: [String: RuleSettings] = [:]
    /// Events, states and levels through an MQTT broker.
    package var mqtt = MQTTSettings()
    /// One history of many boxes, in a PostgreSQL database.
    package var fleet = FleetSettings()
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
                case .program: "program"
                }
            let count = counts[kind, default: 0] + 1
            counts[kind] = count
            return SourceSettings(name: count == 1 ? kind : "\(kind)-\(count)", input: input)
        }
        origins = origins.filter { !$0.key.hasPrefix("sources") }
        origins["sources"] = .commandLine(option: "--source")
    }
}

extension MonitorConfiguration {
    /// Every setting of the configuration: one line of this table is all that a new one needs
    /// beside its property.
    package static let settings = SettingsTable<MonitorConfiguration>([
        .list("sources", \.sources, of: SourceSettings.settings, startingFrom: SourceSettings()),
        .value(
            "model",
            \.model,
            .text("a model's name or the path of its folder"),
            appliesLive: false
        )
        .help("The model that names the sounds; see `earwitness models`."),
        .optional("models", \.models, .modelNames, unsaid: "`model` alone", appliesLive: false)
            .help("Several models that all listen to each source, instead of `model`."),
        .section("gate", \.gate, gateSettings),
        .section("detection", \.detection, DetectionConfiguration.settings),
        .section("storage", \.storage, StorageSettings.settings),
        .section("clips", \.clips, ClipSettings.settings),
        .section("web", \.web, WebSettings.settings),
        .named(
            "rules",
            \.rules,
            of: RuleSettings.settings,
            startingFrom: RuleSettings(),
            listsDefaults: false
        ),
        .section("mqtt", \.mqtt, MQTTSettings.settings),
        .section("fleet", \.fleet, FleetSettings.settings),
        .value("log", \.log, .choice)
            .help("The lowest level of messages that is logged."),
    ])
}

/// How much is logged: messages of this importance and above.
///
/// The names are swift-log's.
package enum LogLevel: String, CaseIterable, Sendable {
    /// Everything, every hop.
    case trace
    /// What a developer asks for.
    case debug
    /// The course of things.
    case info
    /// What an administrator wants to know.
    case notice
    /// What may become a problem.
    case warning
    /// What failed.
    case error
    /// What ends the service.
    case critical
}

/// The section `storage`: how long history is kept.
package struct StorageSettings: Equatable, Sendable {
    /// Events older than this are deleted, in days; nil: never.
    package var retentionDays: Int? = 365
    /// The scores of every hop are kept this long, in days; 0: not at all.
    package var scoreDays = 30
    /// The prints by which sounds like another are found are kept this long, in days; 0: not at all.
    package var printDays = 30
    /// The sound levels of every minute are kept this long, in days; nil: for ever.
    package var levelDays: Int? = 365
    /// The largest size of the database, in bytes; above it the oldest scores, then the oldest
    /// prints, then the oldest sound levels, then the oldest events are removed.
    package var maxSizeBytes: Int64 = 2_000_000_000
    /// How often the database is searched for damage while the service runs, in hours; nil: never.
    package var checkHours: Double? = 24

    /// Creates the section with its defaults.
    package init() {}
}

extension StorageSettings {
    /// The keys of the section `storage`.
    package static let settings = SettingsTable<StorageSettings>([
        .optional("retention_days", \.retentionDays, .wholeNumber(in: 1...36_500), word: "forever")
            .help("How long events are kept, in days."),
        .value("score_days", \.scoreDays, .wholeNumber(in: 0...36_500))
            .help("How long the scores of every hop are kept, in days; 0 keeps none."),
        .value("print_days", \.printDays, .wholeNumber(in: 0...36_500))
            .help("How long the prints of sounds are kept, for `similar`, in days; 0 keeps none."),
        .optional("level_days", \.levelDays, .wholeNumber(in: 1...36_500), word: "forever")
            .help("How long the sound levels of every minute are kept, in days."),
        .value("max_size", \.maxSizeBytes, .byteCount(atLeast: 10_000_000))
            .help(
                "The size of the database; above it the oldest scores, prints, levels and events are removed."
            ),
        .optional("check_hours", \.checkHours, .number(in: 0.001...8_760), word: "never")
            .help("How often the integrity check runs while the service listens, in hours."),
    ])
}

/// The keys of the section `gate`.
let gateSettings = SettingsTable<GateSettings>([
    .value("open_dbfs", \.openDBFS, .number(in: -120...0))
        .help("The RMS level at which the gate opens and the network runs, in dBFS."),
    .value("close_dbfs", \.closeDBFS, .number(in: -120...0))
        .help("The RMS level below which the gate closes, in dBFS, at most `open_dbfs`."),
    .value("hold_s", \.holdSeconds, .number(in: 0...3_600))
        .help(
            "How long the level must stay under `close_dbfs` before the gate closes, in seconds."
        ),
    .optional("floor_margin_db", \.floorMarginDB, .number(in: 0...60), word: "off")
        .help("How far above the tracked noise floor the level must rise to open the gate, in dB."),
    .value("floor_limits_dbfs", \.floorLimitsDBFS, .range(within: -120...0))
        .help("The range in which the noise floor is tracked, in dBFS."),
])
