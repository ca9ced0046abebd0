import Detection
import EventStore
import Foundation
import LogMelFeatures
import Logging
import Messages
import Monitor
import MonitorClient
import MonitorServer
import ServiceLifecycle
import TestSupport
import Testing

/// A server on real sockets in a folder of its own, with a real store and made-up controls.
struct RunningMonitor {
    let folder: TemporaryFolder
    let store: EventStore
    let feed: LiveFeed
    let columns: LiveOutlet<SpectrogramColumn>
    let log: LogHistory
    let sound: LiveOutlet<[Int16]>
    let thresholds: MadeUpThresholds
    let addresses: MonitorServer.Addresses
    let keys: HistoryKeys

    var client: MonitorClient { MonitorClient(socketPath: addresses.socketPath) }

    /// Writes an event that lasts a second.
    @discardableResult
    func addEvent(
        class index: Int = 0,
        secondsAgo: Double,
        peak: Float = 0.9,
        ended: Bool = true
    ) throws -> Int64 {
        let start = Date(timeIntervalSinceNow: -secondsAgo)
        let event = EventRecord(
            id: try store.lastEventID() + 1,
            source: "porch",
            model: storedModel.key,
            className: storedModel.classes[index].name,
            start: start,
            end: ended ? start + 1 : nil,
            peakScore: peak,
            meanScore: peak / 2,
            levelDBFS: -20
        )
        try write([ended ? .ended(event) : .began(event)])
        return event.id
    }

    /// Writes entries and measurements as the service does.
    func write(_ entries: [HistoryEntry], _ measurements: [SoundMeasurement] = []) throws {
        _ = try store.apply(entries, measurements: measurements, keys: keys)
    }

    /// A response to bytes sent to the Unix socket.
    func raw(_ request: String) async -> String {
        await exchange(request) { try RawConnection(unix: addresses.socketPath) }
    }

    /// A response to bytes sent over TCP.
    func rawTCP(_ request: String) async -> String {
        await exchange(request) { try RawConnection(tcpPort: addresses.tcp?.port ?? 0) }
    }

    private func exchange(
        _ request: String,
        over connect: () throws -> RawConnection
    ) async -> String {
        do {
            return try await connect().exchange(request)
        } catch {
            Issue.record(error)
            return ""
        }
    }
}

private let storedModel = ModelIdentity(
    name: "test",
    version: "1",
    digest: "d",
    classes: ["dog_bark", "rain", "speech"].map {
        ClassIdentity(name: $0, label: $0, isPrivate: $0 == "speech")
    }
)

/// Runs a server for as long as the body takes, then stops it gracefully.
///
/// With `opensHistory: false` the history is not open yet, as while the service checks a large one.
func withMonitor(
    opensHistory: Bool = true,
    configure: (inout ServerSettings) throws -> Void = { _ in },
    changing: (inout MonitorControls) -> Void = { _ in },
    _ body: @Sendable (RunningMonitor) async throws -> Void
) async throws {
    let folder = try TemporaryFolder()
    var store = EventStore(unopenedAt: folder.file("events.sqlite"))
    _ = try store.open()
    let keys = try store.keys(for: [storedModel], sources: [("porch", "hw:1")], now: Date())
    if !opensHistory {
        try store.close()
        store = EventStore(unopenedAt: store.path)
    }
    let feed = LiveFeed()
    let columns = LiveOutlet<SpectrogramColumn>(capacity: 8)
    let log = LogHistory()
    let sound = LiveOutlet<[Int16]>(capacity: 8)
    let thresholds = MadeUpThresholds()
    var controls = MonitorControls(
        status: { madeUpStatus },
        models: { [madeUpModel] },
        thresholds: { await thresholds.list },
        sounds: { await thresholds.list.map { SoundMessage(threshold: $0, rule: madeUpRule($0)) } },
        judgedModel: { try await thresholds.judgedModel(of: $0, named: $1) },
        setThreshold: { try await thresholds.set($0, of: $1, to: $2) },
        resetThreshold: { try await thresholds.reset($0, of: $1) },
        reload: { ReloadMessage(applied: ["gate.open_dbfs"], needsRestart: ["sources"]) },
        follow: { feed.follow(after: $0) },
        spectrogram: { try madeUpSpectrogram(of: $0, model: $1, columns) },
        bands: { _ in ModelBands(model: "test", layout: madeUpLayout) },
        listen: { source in
            if source == "cellar" { throw ControlError.listeningOff }
            if source == "attic" { throw ControlError.tooManyListeners(limit: 2) }
            return LiveListening(source: "porch", sampleRateHz: 16_000, pieces: sound.follow())
        },
        log: log,
        supportFiles: {
            [SupportFile(name: "configuration.yaml", text: "web.token_file: /etc/token\n")]
        }
    )
    changing(&controls)
    var settings = ServerSettings(socketPath: folder.file("api.sock"))
    try configure(&settings)
    let (listening, report) = AsyncStream.makeStream(of: MonitorServer.Addresses.self)
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let server = try MonitorServer(
        settings: settings,
        claim: SocketClaim(path: settings.socketPath),
        store: store,
        controls: controls,
        logger: logger
    ) { addresses in
        report.yield(addresses)
    }
    let group = ServiceGroup(
        configuration: ServiceGroupConfiguration(services: [server], logger: logger)
    )
    let running = Task {
        defer { report.finish() }
        try await group.run()
    }
    for await addresses in listening {
        let monitor = RunningMonitor(
            folder: folder,
            store: store,
            feed: feed,
            columns: columns,
            log: log,
            sound: sound,
            thresholds: thresholds,
            addresses: addresses,
            keys: keys
        )
        do {
            try await body(monitor)
        } catch {
            await group.triggerGracefulShutdown()
            _ = try? await running.value
            throw error
        }
        break
    }
    await group.triggerGracefulShutdown()
    try await running.value
}

private func madeUpRule(_ threshold: ThresholdMessage) -> SoundRuleMessage {
    SoundRuleMessage(
        on: threshold.on,
        off: threshold.off,
        minDurationSeconds: 0.1,
        mergeGapSeconds: 1,
        coolDownSeconds: 0,
        maxDurationSeconds: nil,
        smoothingWindows: 3,
        confirmationHits: 1,
        confirmationWindows: 1
    )
}

/// Thresholds that are kept nowhere.
actor MadeUpThresholds {
    private static let defaults = ["dog_bark", "rain", "speech"].map { name in
        ThresholdMessage(
            className: name,
            label: name,
            model: "test",
            on: 0.8,
            off: 0.5,
            origin: "default"
        )
    }

    private(set) var list = MadeUpThresholds.defaults

    /// Adds a second model that has the class `rain` too.
    func addSecondModel() {
        list.append(
            ThresholdMessage(
                className: "rain",
                label: "Rain",
                model: "weather",
                on: 0.7,
                off: 0.4,
                origin: "default"
            )
        )
    }

    private func place(of name: String, in model: String?) -> Int? {
        list.firstIndex { $0.className == name && (model == nil || $0.model == model) }
    }

    func set(
        _ name: String,
        of model: String?,
        to change: ThresholdChange
    ) throws -> ThresholdMessage {
        guard let index = place(of: name, in: model) else {
            throw ControlError.unknownClass(name: name, known: list.map(\.className))
        }
        guard change.on != 0.123 else {
            throw ControlError.failed("Cannot write 'overrides.yaml'. Free some space.")
        }
        if let on = change.on {
            list[index].on = on
            list[index].off = on / 2
            list[index].origin = "overrides.yaml:1"
        }
        if let isReported = change.isReported {
            list[index].isReported = isReported
            list[index].isSwitched = true
        }
        return list[index]
    }

    func judgedModel(of name: String, named model: String?) throws -> JudgedModel {
        guard let index = place(of: name, in: model) else {
            throw ControlError.unknownClass(name: name, known: list.map(\.className))
        }
        var settings = DetectionSettings()
        settings.defaults.on = Float(list[index].on)
        settings.defaults.off = Float(list[index].off)
        return JudgedModel(name: list[index].model, settings: settings)
    }

    func reset(_ name: String?, of model: String?) throws -> [ThresholdMessage] {
        guard let name else {
            list = Self.defaults
            return list
        }
        guard let index = place(of: name, in: model) else {
            throw ControlError.unknownClass(name: name, known: list.map(\.className))
        }
        list[index].on = 0.8
        return [list[index]]
    }
}

/// A model with a card.
let madeUpModel = ModelCardMessage(
    name: "test",
    version: "1",
    summary: "Three sounds.",
    licence: "MIT",
    trainedOn: "nothing",
    sha256: "d",
    classes: [ClassNameMessage(className: "dog_bark", label: "Dog bark")],
    card: "# test\n\nThree sounds.\n"
)

/// The layout of the spectrogram of every made-up source.
let madeUpLayout = SpectrogramLayout(FrontEnd())

/// The spectrogram of the only source, which is called `porch`.
private func madeUpSpectrogram(
    of source: String?,
    model: String?,
    _ columns: LiveOutlet<SpectrogramColumn>
) throws -> LiveSpectrogram {
    guard source ?? "porch" == "porch" else {
        throw ControlError.unknownSource(name: source ?? "", known: ["porch"])
    }
    guard model ?? "test" == "test" else {
        throw ControlError.unknownModel(name: model ?? "", known: ["test"])
    }
    return LiveSpectrogram(
        source: "porch",
        model: "test",
        layout: madeUpLayout,
        columns: columns.follow()
    )
}

/// A minute of a source without calibration.
let madeUpMinute = LevelMinuteMessage(
    source: "porch",
    minute: Date(timeIntervalSince1970: 1_795_176_000),
    measuredSeconds: 60,
    calibrationDB: nil,
    laeqDBFS: -50,
    laf10DBFS: -45,
    laf50DBFS: -55,
    laf90DBFS: -60,
    lafMaxDBFS: -30,
    lceqDBFS: -48,
    lzeqDBFS: -47,
    rmsDBFS: -46.5,
    peakDBFS: -12,
    clippedSamples: 0,
    sampleRateHz: 48_000
)

let madeUpStatus = StatusMessage(
    version: "0.1.0",
    started: Date(timeIntervalSince1970: 1_795_176_000),
    uptimeSeconds: 42,
    models: [ModelStatusMessage(name: "test", version: "1", classCount: 3)],
    database: DatabaseStatusMessage(path: "/s/events.sqlite", sizeBytes: 4_096),
    listenLive: 2,
    mqtt: MQTTStatusMessage(
        broker: "broker.lan:1883",
        isConnected: false,
        since: Date(timeIntervalSince1970: 1_795_176_000),
        fault: "The MQTT broker broker.lan:1883 can't be reached (Connection refused).",
        waiting: 3
    ),
    sources: [
        SourceStatusMessage(
            name: "porch",
            device: "hw:1",
            models: ["test"],
            state: .listening,
            reason: "The microphone delivers digital silence.",
            sampleRateHz: 48_000,
            channels: 1,
            isRealtime: true,
            levelDBFS: -40,
            soundLevel: SoundLevelMessage(
                lafDBFS: -45.5,
                lasDBFS: -46,
                peakDBFS: -20,
                calibrationDB: nil,
                lastMinute: madeUpMinute
            ),
            isGateOpen: true,
            gateOpenDBFS: -55,
            gateCloseDBFS: -60,
            noiseFloorDBFS: -71.3,
            lostSamples: 7,
            overruns: 2,
            windowsLeftOut: 5,
            listeningSince: Date(timeIntervalSince1970: 1_795_176_000),
            clockDriftPPM: 12.5,
            hopSeconds: 0.24
        )
    ],
    warnings: ["disk nearly full"]
)
