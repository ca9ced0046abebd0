import Detection

extension SourceSettings {
    /// The keys of an element of `sources`.
    package static let settings = SettingsTable<SourceSettings>([
        SettingsRow.value(
            "name",
            \.name,
            .name,
            appliesLive: false,
            "The name under which events are kept."
        ).required,
        .value(
            "device",
            \.input,
            .sourceInput,
            appliesLive: false,
            "Where the sound comes from; `earwitness devices` lists the capture devices."
        ),
        .optional(
            "models",
            \.models,
            .modelNames,
            unsaid: "those of `model` or `models`",
            appliesLive: false,
            "The models that listen to this source, if they are not the common ones."
        ),
        .optional(
            "sample_rate",
            \.sampleRateHz,
            .wholeNumber(in: 4_000...768_000),
            word: "auto",
            appliesLive: false,
            "The rate that is asked of the device, in Hz."
        ),
        .optional(
            "channels",
            \.channels,
            .wholeNumber(in: 1...64),
            word: "auto",
            appliesLive: false,
            "The number of channels that is asked of the device; auto: its own, as far as it tells."
        ),
        .value(
            "channel",
            \.channel,
            .channel,
            appliesLive: false,
            "The channel that is listened to, from 1, or the mean of all of them."
        ),
        .value(
            "gain_db",
            \.gainDB,
            .number(in: -60...60),
            appliesLive: false,
            "What is added to the level of the sound before anything else, in dB."
        ),
        .value(
            "levels",
            \.measuresLevels,
            .flag,
            appliesLive: false,
            "Whether sound levels are measured and written down, minute by minute."
        ),
        .optional(
            "calibration",
            \.calibration,
            .calibration,
            word: "none",
            appliesLive: false,
            "What makes sound pressure levels of levels in dBFS; `earwitness calibrate` finds it."
        ),
    ])
}

/// The keys of the section `gate`.
let gateSettings = SettingsTable<GateSettings>([
    .value(
        "open_dbfs",
        \.openDBFS,
        .number(in: -120...0),
        "The level at which the gate opens and the network begins to listen, RMS in dBFS."
    ),
    .value(
        "close_dbfs",
        \.closeDBFS,
        .number(in: -120...0),
        "The level under which the gate closes again, RMS in dBFS, at most `open_dbfs`."
    ),
    .value(
        "hold_s",
        \.holdSeconds,
        .number(in: 0...3_600),
        "How long the level must stay under `close_dbfs` before the gate closes, in seconds."
    ),
    .optional(
        "floor_margin_db",
        \.floorMarginDB,
        .number(in: 0...60),
        word: "off",
        "How far over the tracked noise floor the level must rise to open the gate, in dB."
    ),
    .value(
        "floor_limits_dbfs",
        \.floorLimitsDBFS,
        .range(within: -120...0),
        "The least and the greatest noise floor that is believed, in dBFS."
    ),
])

extension DetectionConfiguration {
    /// The keys of the section `detection`.
    package static let settings = SettingsTable<DetectionConfiguration>(
        [
            .value(
                "hop_s",
                \.hopSeconds,
                .number(in: 0.01...10),
                appliesLive: false,
                "The step between two windows' scores, in seconds; rounded to the model's steps."
            ),
            .value(
                "unknown",
                \.reportsUnknown,
                .onOff,
                "Whether a sound of no known class is an event, of the class `unknown`."
            ),
            .value(
                "rejection",
                \.rejectsUnfamiliar,
                .onOff,
                "Whether what the model finds too unfamiliar (its `open_set`) is of no known class."
            ),
        ] + SettingsRow.inline(\.rule, ClassRuleOverlay.settings) + [
            .named(
                "classes",
                \.classes,
                of: ClassRuleOverlay.settings,
                startingFrom: ClassRuleOverlay()
            ),
            .named(
                "models",
                \.models,
                of: ModelDetection.settings,
                startingFrom: ModelDetection()
            ),
        ]
    )
}

extension StorageSettings {
    /// The keys of the section `storage`.
    package static let settings = SettingsTable<StorageSettings>([
        .optional(
            "retention_days",
            \.retentionDays,
            .wholeNumber(in: 1...36_500),
            word: "forever",
            "How long events are kept, in days."
        ),
        .value(
            "score_days",
            \.scoreDays,
            .wholeNumber(in: 0...36_500),
            "How long the scores of every hop are kept, in days; 0 keeps none."
        ),
        .optional(
            "level_days",
            \.levelDays,
            .wholeNumber(in: 1...36_500),
            word: "forever",
            "How long the sound levels of every minute are kept, in days."
        ),
        .value(
            "max_size",
            \.maxSizeBytes,
            .byteCount(atLeast: 10_000_000),
            "The largest size of the database; beyond it the oldest scores, levels and events go."
        ),
        .optional(
            "check_hours",
            \.checkHours,
            .number(in: 0.001...8_760),
            word: "never",
            "How often the database is searched for damage while the service runs, in hours."
        ),
    ])
}

extension WebSettings {
    /// The keys of the section `web`.
    package static let settings = SettingsTable<WebSettings>([
        .optional(
            "listen",
            \.listen,
            .listenAddress,
            word: "off",
            appliesLive: false,
            "The address of the API and web page; beyond this machine `token_file` is needed."
        ),
        .optional(
            "token_file",
            \.tokenFile,
            .text("a path, or credential:NAME"),
            word: "none",
            appliesLive: false,
            "The file or systemd credential with the token that requests over TCP must show."
        ),
        .value(
            "socket_mode",
            \.socketMode,
            .fileMode,
            appliesLive: false,
            "Who may use the Unix socket, as the permissions of a file."
        ),
        .optional(
            "socket_group",
            \.socketGroup,
            .text("a group's name"),
            word: "none",
            appliesLive: false,
            "The group that the Unix socket is given to."
        ),
    ])
}
