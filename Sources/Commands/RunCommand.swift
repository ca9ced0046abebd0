import ArgumentParser
import AudioCapture
import Delivery
import Detection
import Diagnosis
import EventStore
import Foundation
import LogMelFeatures
import Logging
import Messages
import ModelLibrary
import Monitor
import MonitorServer
import Realtime
import ServiceLifecycle
import Settings
import UnixSignals

/// `earwitness run`: the service, in the foreground.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Listens, recognises sounds and records events until stopped.",
        discussion: """
            This is what systemd starts. On SIGTERM or Ctrl-C it writes open events and exits; on \
            SIGHUP it reloads its configuration. On a terminal it shows live events and what is heard now.
            """
    )

    @OptionGroup var service: ServiceOptions
    @OptionGroup var colors: ColorOptions

    @Option(
        name: .long,
        parsing: .singleValue,
        help: ArgumentHelp(
            "What to listen to instead of the configured sources; may be given several times.",
            discussion:
                "An ALSA PCM ('default', 'hw:1,0', 'plughw:CARD=Mic'), 'file:PATH', or 'demo'.",
            valueName: "spec"
        )
    )
    var source: [String] = []

    @Option(
        help: ArgumentHelp(
            "Play recordings and the demo at this multiple of real time, for tests.",
            discussion: "Their events are dated by a clock of the same speed.",
            valueName: "factor"
        )
    )
    var pace = 1.0

    @Flag(help: "Play the demo recording if this machine has no microphone.")
    var demoWithoutMicrophone = false

    func validate() throws {
        guard (0.1...100).contains(pace) else {
            throw ValidationError("--pace is \(pace); give 0.1 to 100.")
        }
    }

    /// What waits for another program's lock longer than this goes into the spool.
    private static let busyTimeoutSeconds = 0.5

    func run() async throws {
        SystemMemory.sharePools()
        let location = service.location
        let inputs = try requestedInputs()
        var configuration = try loadConfiguration(listeningTo: inputs)
        let threshold = LogThreshold(Logger.Level(configuration.log))
        let history = LogHistory()
        let log = Logger(label: "earwitness") { _ in
            LogLine(threshold: threshold, history: history)
        }
        var models = try service.loadInstalledModels(of: configuration)
        let learnt = LearntInForce(models.models, service.learnt)
        models.models = learnt.models
        // Checked before anything is touched; what was set by command is read again below.
        var settings = try configuration.analysisSettings(for: models.models, refusesUnknown: false)
        try requireNamedDevices(of: configuration, models: models, settings: settings)

        let server = try ServerSettings(configuration: configuration, location: location)
        // Before anything in the state folder is touched: another service may be writing there.
        let lock = try HistoryLock(databasePath: location.databasePath)
        let claim = try SocketClaim(path: server.socketPath)
        let setAside = DamagedState.setAside(in: location)
        configuration.readOverrides(location.overridesPath)
        settings = try configuration.analysisSettings(for: models.models, refusesUnknown: false)
        var options = StoreOptions()
        options.busyTimeoutSeconds = Self.busyTimeoutSeconds
        let store = EventStore(
            unopenedAt: location.databasePath,
            options: options,
            lock: lock
        )
        try store.requireUsable()
        defer { try? store.close() }

        let monitor = try SoundMonitor(
            version: earwitnessVersion,
            sources: configuration.sources,
            models: models,
            settings: settings,
            store: store,
            floorsPath: location.noiseFloorsPath,
            spoolFolders: [location.stateDirectory, location.runtimeDirectory],
            retention: configuration.storage.retention,
            checkInterval: configuration.storage.checkInterval,
            clips: ClipPolicy(configuration: configuration, folder: location.clipsDirectory),
            pace: pace,
            log: log
        )
        monitor.apply(listenerLimit: configuration.web.listenLive)
        let (desk, outboxRemark) = NewsDesk.open(
            for: configuration,
            at: location,
            store: store,
            log: log
        )
        await desk.apply(configuration.rules)
        let inForce = SettingsInForce(
            configuration: configuration,
            learnt: learnt,
            overridesPath: location.overridesPath,
            remarks: [
                lock.warning, claim.remark, outboxRemark, configuration.publishingRemark,
            ].compactMap(\.self) + setAside,
            load: { try loadConfiguration(listeningTo: inputs) },
            loadModels: { try service.loadModels(of: $0).models },
            use: { monitor.apply($0, $1) },
            apply: { settings, configuration in
                monitor.apply(settings)
                monitor.apply(configuration.storage.retention)
                monitor.apply(checkInterval: configuration.storage.checkInterval)
                monitor.apply(
                    ClipPolicy(configuration: configuration, folder: location.clipsDirectory)
                )
                monitor.apply(listenerLimit: configuration.web.listenLive)
                threshold.level = Logger.Level(configuration.log)
                Task { await desk.apply(configuration.rules) }
            }
        )
        var controls = MonitorControls(
            monitor: monitor,
            settings: inForce,
            log: history,
            supportFiles: { [service] in
                let finder = FactFinder(service: service, listens: false, searchesForDamage: false)
                return [
                    SupportFile(name: "configuration.yaml", text: await inForce.listing),
                    SupportFile(
                        name: "doctor.txt",
                        text: DiagnosisReport(of: await finder.facts()).text
                    ),
                ]
            }
        )
        controls.show(desk)
        let mqtt = MQTTService.configured(
            configuration.mqtt,
            outbox: desk.outbox,
            store: store,
            monitor: monitor,
            controls: controls,
            log: log
        )
        if let mqtt { controls.show(mqtt) }
        let fleet = FleetShipper(configuration.fleet, store: store, outbox: desk.outbox, log: log)
            .map { FleetService($0, follow: { monitor.feed.follow() }, log: log) }
        if let fleet { controls.show(fleet) }
        let api = MonitorServer(
            settings: server,
            claim: claim,
            store: store,
            controls: controls,
            logger: log,
            onListening: { addresses in
                guard let tcp = addresses.tcp else { return }
                let page = PageAddress.text(for: ListenAddress(host: tcp.host, port: tcp.port))
                let advice =
                    tcp.isLoopback ? "" : " 'earwitness web link' opens it on another device."
                log.notice("The web page is at \(page).\(advice)")
            }
        )
        log.notice(
            "Earwitness \(earwitnessVersion) with \(Self.words(for: models.models)); history in \(store.path)."
        )
        for remark in await inForce.remarks { log.warning("\(remark)") }
        try await serve(
            monitor,
            api: api,
            controls: controls,
            news: NewsService(desk: desk, follow: { monitor.feed.follow() }),
            others: ([mqtt, fleet] as [(any Service)?]).compactMap(\.self),
            reload: { [controls] in
                let result = try await controls.reload()
                for remark in await inForce.settingsRemarks { log.warning("\(remark)") }
                return result
            },
            hasSeveralModels: models.models.count > 1,
            log: log
        )
    }

    private static func words(for models: [SoundModel]) -> String {
        let names = models.map { "\($0.name) \($0.version)" }.joined(separator: ", ")
        return "\(models.count == 1 ? "model" : "models") \(names)"
    }

    private func serve(
        _ monitor: SoundMonitor,
        api: MonitorServer,
        controls: MonitorControls,
        news: NewsService,
        others: [any Service],
        reload: @escaping @Sendable () async throws -> ReloadMessage,
        hasSeveralModels: Bool,
        log: Logger
    ) async throws {
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(service: api),
            // Before the monitor, so that it stops after it and tells of what was heard last.
            .init(service: news),
            .init(service: Heartbeat(status: controls.status)),
            .init(service: ReloadOnHangup(reload: reload, log: log)),
            // Last, so that it stops first and the others still publish how it ended. A monitor
            // whose recordings have all been played ends the service.
            .init(service: monitor, successTerminationBehavior: .gracefullyShutdownGroup),
        ]
        // Before the monitor, so that they end after it and send how it ended.
        services.insert(contentsOf: others.map { .init(service: $0) }, at: 1)
        if StandardOutput.isTerminal {
            services.insert(
                .init(
                    service: LiveView(
                        follow: { monitor.feed.follow() },
                        hasSeveralModels: hasSeveralModels,
                        isColored: colors.color.isOn,
                        log: log
                    )
                ),
                at: 0
            )
        }
        let group = ServiceGroup(
            configuration: .init(
                services: services,
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: log
            )
        )
        try await group.run()
        log.notice("Stopped; open events were written.")
    }

    /// The configuration with what the command line says on top.
    @Sendable private func loadConfiguration(
        listeningTo inputs: [SourceInput]?
    ) throws
        -> MonitorConfiguration
    {
        var configuration = try MonitorConfiguration.load(at: service.location)
        if let inputs {
            configuration.replaceSources(with: inputs)
        }
        let problems = configuration.templateProblems()
        guard problems.isEmpty else { throw ConfigurationError.invalid(problems) }
        return configuration
    }

    /// What the command line asks to listen to; nil: the configured sources.
    ///
    /// It is decided once: when the configuration is read again, the microphone is in use.
    private func requestedInputs() throws -> [SourceInput]? {
        guard source.isEmpty else { return try source.map(Self.input) }
        guard demoWithoutMicrophone else { return nil }
        let devices = try CaptureDeviceCatalog.list()
        let usable = devices.filter { $0.availability == .available }.map(\.name)
        guard let first = usable.first else {
            for case .unavailable(let reason) in devices.map(\.availability) {
                StandardError.write("\(reason)\n")
            }
            StandardError.write(
                "No usable microphone: playing the demo recording.\n"
            )
            return [.demo]
        }
        let isConfigured =
            try MonitorConfiguration.load(at: service.location).origin(of: "sources") != .builtIn
        if isConfigured || usable.contains("default") { return nil }
        StandardError.write("Listening to the microphone '\(first)'.\n")
        return [.device(first)]
    }

    private static func input(_ specification: String) throws -> SourceInput {
        guard let input = SourceInput(specification: specification) else {
            throw CommandFailure(
                .usage,
                "'\(specification)' is not a source. Give an ALSA PCM name, 'file:PATH' or 'demo'."
            )
        }
        return input
    }

    /// A device given on the command line must be there; the service waits for a configured one.
    private func requireNamedDevices(
        of configuration: MonitorConfiguration,
        models: ModelAssignment,
        settings: [AnalysisSettings]
    )
        throws
    {
        guard !source.isEmpty else { return }
        for (index, source) in configuration.sources.enumerated() {
            let rateHz = models.uses(ofSource: SourceIndex(index), settings: settings).captureRateHz
            guard let settings = source.captureSettings(modelRateHz: rateHz) else { continue }
            _ = try MicrophoneCapture.probe(settings)
        }
    }
}
