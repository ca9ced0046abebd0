package import EventStore
import LogMelFeatures
package import Messages

/// How the API reaches the running monitor: functions that the pipeline provides.
///
/// They throw only ``ControlError``; any other error is a bug.
package struct MonitorControls: Sendable {
    /// What the service is doing now.
    package var status: @Sendable () async -> StatusMessage
    /// The models in use, with their cards.
    package var models: @Sendable () async -> [ModelCardMessage]
    /// The thresholds in force, model by model.
    package var thresholds: @Sendable () async throws -> [ThresholdMessage]
    /// What the monitor counts about its own work.
    package var meters: @Sendable () async -> [MetricFamily]
    /// Every class that can be heard with its rule in force; how often it was is yet to be filled in.
    package var sounds: @Sendable () async throws -> [SoundMessage]
    /// The model that has a class, which must be named where several have it, and its rules in force.
    package var judgedModel:
        @Sendable (_ className: String, _ model: String?) async throws -> JudgedModel
    /// The scores that the history does not have yet.
    package var unwrittenScores: @Sendable () async -> [NamedScores]
    /// Sets the thresholds of a class and stores them; returns those in force.
    ///
    /// The model must be named where several have the class.
    package var setThreshold:
        @Sendable (_ className: String, _ model: String?, _ change: ThresholdChange) async throws
            -> ThresholdMessage
    /// Takes back what was set for a class, or, without one, for all, of a model, or, without one,
    /// of all; gives back what is in force.
    package var resetThreshold:
        @Sendable (_ className: String?, _ model: String?) async throws -> [ThresholdMessage]
    /// Sends a test message to each receiver of a rule; nil if there is no such rule.
    package var fireRule: @Sendable (_ name: String) async -> RuleTrialMessage?
    /// Reads the configuration again.
    package var reload: @Sendable () async throws -> ReloadMessage
    /// All live messages from now on, from the ``LiveFeed``, and those missed since a place in it.
    ///
    /// The stream ends when the monitor stops, or when the reader falls far behind.
    package var follow: @Sendable (_ position: StreamPosition?) -> LiveFollowing
    /// The spectrogram of a source from now on, as one of its models sees it.
    ///
    /// The source may be left out where there is one, the model always: then it is the first.
    package var spectrogram:
        @Sendable (_ source: String?, _ model: String?) throws -> LiveSpectrogram
    /// The bands in which a spectrogram is shown to somebody who asks for those of a model.
    package var bands: @Sendable (_ model: String) -> ModelBands
    /// The sound of a source from now on, if the configuration allows it.
    ///
    /// The source may be left out where there is one.
    package var listen: @Sendable (_ source: String?) throws -> LiveListening
    /// The last lines of the log.
    package var log: LogHistory
    /// What a support bundle holds beside status and log.
    package var supportFiles: @Sendable () async -> [SupportFile]
    /// Writes the coverage up to the present, so that a query counts it.
    package var settle: @Sendable () async -> Void
    /// Writes the prints of sounds up to the present, as far as they may be, so that a search finds them.
    package var settlePrints: @Sendable () async -> Void

    /// Creates the controls from their functions.
    package init(
        status: @escaping @Sendable () async -> StatusMessage,
        models: @escaping @Sendable () async -> [ModelCardMessage] = { [] },
        thresholds: @escaping @Sendable () async throws -> [ThresholdMessage],
        meters: @escaping @Sendable () async -> [MetricFamily] = { [] },
        sounds: @escaping @Sendable () async throws -> [SoundMessage] = { [] },
        judgedModel:
            @escaping @Sendable (_ className: String, _ model: String?) async throws -> JudgedModel =
            { name, _ in throw ControlError.unknownClass(name: name, known: []) },
        unwrittenScores: @escaping @Sendable () async -> [NamedScores] = { [] },
        setThreshold:
            @escaping @Sendable (_ className: String, _ model: String?, _ change: ThresholdChange)
            async throws -> ThresholdMessage,
        resetThreshold:
            @escaping @Sendable (_ className: String?, _ model: String?) async throws ->
            [ThresholdMessage],
        fireRule: @escaping @Sendable (_ name: String) async -> RuleTrialMessage? = { _ in nil },
        reload: @escaping @Sendable () async throws -> ReloadMessage,
        follow: @escaping @Sendable (_ position: StreamPosition?) -> LiveFollowing,
        spectrogram:
            @escaping @Sendable (_ source: String?, _ model: String?) throws -> LiveSpectrogram = {
                source,
                _ in throw ControlError.unknownSource(name: source ?? "", known: [])
            },
        bands: @escaping @Sendable (_ model: String) -> ModelBands = {
            ModelBands(model: $0, layout: SpectrogramLayout(FrontEnd()))
        },
        listen: @escaping @Sendable (_ source: String?) throws -> LiveListening = {
            _ in throw ControlError.listeningOff
        },
        log: LogHistory = LogHistory(),
        supportFiles: @escaping @Sendable () async -> [SupportFile] = { [] },
        settle: @escaping @Sendable () async -> Void = {},
        settlePrints: @escaping @Sendable () async -> Void = {}
    ) {
        self.status = status
        self.models = models
        self.thresholds = thresholds
        self.meters = meters
        self.sounds = sounds
        self.judgedModel = judgedModel
        self.unwrittenScores = unwrittenScores
        self.setThreshold = setThreshold
        self.resetThreshold = resetThreshold
        self.fireRule = fireRule
        self.reload = reload
        self.follow = follow
        self.spectrogram = spectrogram
        self.bands = bands
        self.listen = listen
        self.log = log
        self.supportFiles = supportFiles
        self.settle = settle
        self.settlePrints = settlePrints
    }
}

extension MonitorControls {
    /// What the API may ask of a monitor and its settings.
    ///
    /// - Parameters:
    ///   - monitor: The monitor.
    ///   - settings: The configuration that it obeys.
    ///   - log: The last lines of its log.
    ///   - supportFiles: What a support bundle holds beside status and log.
    package init(
        monitor: SoundMonitor,
        settings: SettingsInForce,
        log: LogHistory,
        supportFiles: @escaping @Sendable () async -> [SupportFile]
    ) {
        self.init(
            status: {
                var status = await monitor.status()
                status.warnings += await settings.remarks
                let waiting = await settings.keysAwaitingRestart
                if !waiting.isEmpty {
                    status.warnings.append(
                        "Changed; takes effect after a restart: \(waiting.joined(separator: ", "))."
                    )
                }
                return status
            },
            models: { monitor.modelCards },
            thresholds: { try await settings.thresholds() },
            meters: { await monitor.meters().metrics },
            sounds: { try await settings.sounds() },
            judgedModel: { try await settings.judgedModel(of: $0, named: $1) },
            unwrittenScores: { await monitor.recorder.unwrittenScores },
            setThreshold: { try await settings.setThreshold($0, of: $1, to: $2) },
            resetThreshold: { try await settings.resetThreshold($0, of: $1) },
            reload: { try await settings.reload() },
            follow: { monitor.feed.follow(after: $0) },
            spectrogram: { try monitor.spectrogram(ofSource: $0, model: $1) },
            bands: { monitor.bands(ofModel: $0) },
            listen: { try monitor.listen(toSource: $0) },
            log: log,
            supportFiles: supportFiles,
            settle: { await monitor.recorder.settle() },
            settlePrints: { await monitor.recorder.settle(withPrints: true) }
        )
    }
}

/// A file of a support bundle.
package struct SupportFile: Equatable, Sendable {
    /// Its name, of ASCII and without a folder.
    package var name: String
    /// What it holds.
    package var text: String

    /// Creates the file from its parts.
    package init(name: String, text: String) {
        self.name = name
        self.text = text
    }
}
