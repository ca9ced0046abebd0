import Delivery
import Diagnosis
import EventStore
import Foundation
import Logging
import Messages
import Monitor
import MonitorServer
import ServiceLifecycle
import Settings

/// Tells people and programs what rules find worth telling, beside the monitor.
struct NewsService: Service {
    let desk: NewsDesk
    /// Everything that happens from now on.
    let follow: @Sendable () -> AsyncStream<LiveMessage>

    func run() async throws {
        let work = Task { [desk, follow] in await desk.run(follow: follow) }
        try? await gracefulShutdown()
        work.cancel()
        await work.value
    }
}

extension NewsDesk {
    /// Opens the outbox where there are rules, a broker or a fleet, or were, and prepares those who work with it.
    ///
    /// - Parameters:
    ///   - configuration: What the service started with.
    ///   - location: Where the state is.
    ///   - store: The history.
    ///   - log: The service's log.
    /// - Returns: The desk, not yet working, and a line about a damaged outbox.
    static func open(
        for configuration: MonitorConfiguration,
        at location: StateLocation,
        store: EventStore,
        log: Logger
    ) -> (desk: NewsDesk, remark: String?) {
        let path = "\(location.stateDirectory)/\(Outbox.fileName)"
        let isNeeded =
            !configuration.rules.isEmpty || configuration.mqtt.broker != nil
            || configuration.fleet.database != nil || FileManager.default.fileExists(atPath: path)
        let (outbox, remark) =
            isNeeded ? Outbox.open(inFolder: location.stateDirectory) : (Outbox.inMemory(), nil)
        let engine = RuleEngine(
            outbox: outbox,
            history: EventHistory(store),
            clockIsSet: { ClockState.isSynchronized() != false },
            log: log
        )
        let clips = location.clipsDirectory
        let desk = NewsDesk(
            outbox: outbox,
            engine: engine,
            clips: { ClipFile(ofEvent: $0, in: store, folder: clips) },
            log: log
        )
        return (desk, remark)
    }
}

extension MonitorConfiguration {
    /// The rules that publish by MQTT.
    private var publishingRules: [String] {
        rules.filter { $0.value.then.contains { $0.publish.topic != nil } }.keys.sorted()
    }

    /// A warning that rules publish by MQTT without a broker; nil where they don't.
    var publishingRemark: String? {
        guard mqtt.broker == nil, !publishingRules.isEmpty else { return nil }
        return "rules.\(publishingRules.joined(separator: ", rules.")): messages by MQTT wait, "
            + "because 'mqtt.broker' is not set."
    }
}

extension EventHistory {
    /// How many events are read at once.
    private static let chunk = 500

    /// Reads from the event history.
    init(_ store: EventStore) {
        self.init(
            after: { number, since in
                var filter = EventFilter()
                filter.since = since
                filter.includesOngoing = true
                let ids = try store.eventIndex(matching: filter).ids.filter { $0 > number }.sorted()
                return try stride(from: 0, to: ids.count, by: Self.chunk).flatMap { start in
                    try store.events(numbered: ids[start..<min(start + Self.chunk, ids.count)])
                }.map(\.message)
            },
            numbered: { try store.events(numbered: $0).map(\.message) }
        )
    }
}

extension ClipFile {
    /// The longest clip that is sent, in bytes.
    private static let greatestSize = 16_000_000

    /// The clip of an event; nil if there is none, or it is too large to be sent.
    fileprivate init?(ofEvent id: Int64, in store: EventStore, folder: String) {
        guard let path = (try? store.event(id))?.clipPath,
            let data = FileManager.default.contents(atPath: "\(folder)/\(path)"),
            data.count <= Self.greatestSize
        else { return nil }
        self.init(data: data, type: path.hasSuffix(".wav") ? "audio/wav" : "audio/flac")
    }
}

extension MonitorControls {
    /// Adds to the status what became of messages, and lets rules be tried.
    mutating func show(_ desk: NewsDesk) {
        status = { [status] in
            var status = await status()
            status.deliveries = desk.deliveries()
            status.warnings += status.deliveries.filter { $0.isFailing && $0.waiting > 0 }.map {
                "\($0.channel): \($0.waiting) message(s) wait: \($0.lastError ?? "")."
            }
            return status
        }
        fireRule = { await desk.fire($0) }
    }
}
