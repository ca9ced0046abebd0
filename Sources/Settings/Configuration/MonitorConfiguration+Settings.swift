extension MonitorConfiguration {
    /// Every setting of the configuration: one line of this table is all that a new one needs
    /// beside its property.
    package static let settings = SettingsTable<MonitorConfiguration>([
        .list("sources", \.sources, of: SourceSettings.settings, startingFrom: SourceSettings()),
        .value(
            "model",
            \.model,
            .text("a model's name or the path of its folder"),
            appliesLive: false,
            "The model that names the sounds; see `earwitness models`."
        ),
        .optional(
            "models",
            \.models,
            .modelNames,
            unsaid: "`model` alone",
            appliesLive: false,
            "Several models that all listen to each source, instead of `model`."
        ),
        .section("gate", \.gate, gateSettings),
        .section("detection", \.detection, DetectionConfiguration.settings),
        .section("storage", \.storage, StorageSettings.settings),
        .section("clips", \.clips, ClipSettings.settings),
        .section("web", \.web, WebSettings.settings),
        .value("log", \.log, .choice, "The least important messages that are logged."),
    ])
}
