import Foundation
import Logging
package import Messages

/// How the bridge reaches the running monitor.
package struct MQTTMonitor: Sendable {
    /// What the service is doing now.
    package var status: @Sendable () async -> StatusMessage
    /// The thresholds in force.
    package var thresholds: @Sendable () async throws -> [ThresholdMessage]
    /// Sets the threshold of a class or switches it.
    package var setThreshold:
        @Sendable (_ className: String, _ model: String?, _ change: ThresholdChange) async throws
            -> ThresholdMessage
    /// Everything that happens from now on.
    package var follow: @Sendable () -> AsyncStream<LiveMessage>

    /// Creates the functions.
    package init(
        status: @escaping @Sendable () async -> StatusMessage,
        thresholds: @escaping @Sendable () async throws -> [ThresholdMessage],
        setThreshold:
            @escaping @Sendable (String, String?, ThresholdChange) async throws -> ThresholdMessage,
        follow: @escaping @Sendable () -> AsyncStream<LiveMessage>
    ) {
        self.status = status
        self.thresholds = thresholds
        self.setThreshold = setThreshold
        self.follow = follow
    }
}

/// Holds every value that is published, and publishes it when it changes and with each connection.
actor MQTTBridge {
    /// What is published and how often, from the configuration.
    struct Options: Sendable {
        var topics: MQTTTopics
        /// The classes whose state is published; nil: those that are reported.
        var classes: Set<String>?
        var levelSeconds: Double
        /// The discovery prefix of Home Assistant; nil: it is not told.
        var homeAssistantPrefix: String?
        var hasControl: Bool
    }

    private let options: Options
    private let connection: MQTTConnection
    private let monitor: MQTTMonitor
    private let log: Logger
    private var topics: MQTTTopics { options.topics }

    /// What is retained at the broker, by topic.
    private var values: [String: Data] = [:]
    /// Whether they were published in a connection; before that they only gather.
    private var hasBegun = false
    private var states = SoundStates()
    private var thresholds: [ThresholdMessage] = []
    private var sources: [HomeAssistantDiscovery.Source] = []
    private var version = ""
    private var lastDiscovery: HomeAssistantDiscovery?
    private var levelDates: [String: Date] = [:]
    private var endedEvents = 0

    init(options: Options, connection: MQTTConnection, monitor: MQTTMonitor, log: Logger) {
        self.options = options
        self.connection = connection
        self.monitor = monitor
        self.log = log
    }

    // MARK: - From the monitor

    /// Takes in something that happens.
    func publish(_ message: LiveMessage, waiting: Int) async {
        switch message {
        case .event(let event):
            let sound = states.update(with: event)
            if isShown(sound) { setState(of: sound) }
            guard event.end != nil else { return }
            endedEvents += 1
            set(topics.lastEvent, event.json)
        case .level(let level): publish(level)
        case .status(let status): await publish(status, waiting: waiting)
        case .clip, .scores, .near: return
        }
    }

    /// Takes in how everything is, as at the start and after something was missed.
    func publishPresent(waiting: Int) async {
        let status = await monitor.status()
        states.replace(with: status.ongoing)
        lastDiscovery = nil
        await publish(status, waiting: waiting)
    }

    private func publish(_ status: StatusMessage, waiting: Int) async {
        version = status.version
        sources = status.sources.map { source in
            HomeAssistantDiscovery.Source(
                name: source.name,
                models: source.models,
                isCalibrated: source.soundLevel?.unit == .soundPressure
            )
        }
        await publishThresholds()
        let summary = MQTTStatus(status: status, events: endedEvents, waiting: waiting)
        set(topics.status, summary.json)
    }

    private func publishThresholds() async {
        do {
            thresholds = try await monitor.thresholds()
        } catch {
            // What is configured now can't be used; the old values stay.
            return
        }
        let discovery = discovery
        defer { lastDiscovery = discovery }
        // A model of birds has thousands of classes, and this is asked every few seconds.
        guard discovery != lastDiscovery else { return }
        for source in discovery.sources {
            for sound in discovery.stateClasses(of: source) {
                setState(of: .init(source: source.name, className: sound.className))
            }
        }
        if options.hasControl {
            for threshold in discovery.controlled { setControls(of: threshold) }
        }
        if options.homeAssistantPrefix != nil { set(discovery.topic, discovery.json) }
    }

    private func publish(_ level: LevelMessage) {
        let last = levelDates[level.source] ?? .distantPast
        // A clock that was set back must not silence it.
        guard abs(level.time.timeIntervalSince(last)) >= options.levelSeconds else { return }
        levelDates[level.source] = level.time
        set(topics.level(ofSource: level.source), level.json, qos: 0)
    }

    private func setState(of sound: SoundStates.Sound) {
        set(
            topics.state(ofClass: sound.className, source: sound.source),
            text: states.isHeard(sound) ? "ON" : "OFF"
        )
    }

    private func isShown(_ sound: SoundStates.Sound) -> Bool {
        guard let source = sources.first(where: { $0.name == sound.source }) else { return false }
        return discovery.stateClasses(of: source).contains { $0.className == sound.className }
    }

    private func setControls(of threshold: ThresholdMessage) {
        let (name, model) = (threshold.className, threshold.model)
        set(
            topics.threshold(ofClass: name, model: model),
            .number(threshold.on, decimals: 4)
        )
        set(
            topics.reported(ofClass: name, model: model),
            text: threshold.isReported ? "ON" : "OFF"
        )
    }

    /// What Home Assistant is told.
    private var discovery: HomeAssistantDiscovery {
        HomeAssistantDiscovery(
            topics: topics,
            prefix: options.homeAssistantPrefix ?? "homeassistant",
            version: version,
            sources: sources,
            thresholds: thresholds,
            classes: options.classes,
            hasControl: options.hasControl
        )
    }

    private func set(_ topic: String, _ value: JSONValue, qos: Int32 = 1) {
        set(topic, text: value.text, qos: qos)
    }

    /// Changes a retained value, and publishes it if it has changed.
    private func set(_ topic: String, text: String, qos: Int32 = 1) {
        let payload = Data(text.utf8)
        guard values[topic] != payload else { return }
        values[topic] = payload
        guard hasBegun else { return }
        connection.publish(topic, payload, qos: qos, isRetained: true)
    }

    // MARK: - From the broker

    /// Publishes everything in a new connection.
    func begin() {
        hasBegun = true
        connection.publish(topics.availability, Data("online".utf8), isRetained: true)
        if options.hasControl { topics.commandPatterns.forEach(connection.subscribe) }
        if options.homeAssistantPrefix != nil { connection.subscribe(discovery.birthTopic) }
        for (topic, payload) in values.sorted(by: { $0.key < $1.key }) {
            connection.publish(topic, payload, isRetained: true)
        }
    }

    /// Does what a message asks for.
    func receive(_ topic: String, _ payload: Data, isRetained: Bool) async {
        // A command that was retained is old; so is a birth, and the values were just published.
        guard !isRetained else { return }
        if options.homeAssistantPrefix != nil, topic == discovery.birthTopic {
            guard payload == Data("online".utf8), let known = values[discovery.topic] else {
                return
            }
            connection.publish(discovery.topic, known, isRetained: true)
            return
        }
        guard options.hasControl else { return }
        await obey(topic, payload)
    }

    private func obey(_ topic: String, _ payload: Data) async {
        do {
            let command = try MQTTCommand(
                topic: topic,
                payload: payload,
                thresholds: discovery.controlled,
                topics: topics
            )
            _ = try await monitor.setThreshold(command.className, command.model, command.change)
            log.notice(
                "\(command.className) of \(command.model) was changed through MQTT.",
                metadata: ["payload": "\(String(decoding: payload.prefix(64), as: UTF8.self))"]
            )
        } catch {
            log.warning("A command through MQTT was refused: \(error)")
            let reply = JSONValue.object([
                .init("topic", .string(topic)), .init("error", .string("\(error)")),
            ])
            connection.publish(topics.error, Data(reply.text.utf8), isRetained: false)
            // A slider shows what was asked for until it hears otherwise.
            let value = topic.hasSuffix("/set") ? String(topic.dropLast(4)) : topic
            if let known = values[value] { connection.publish(value, known, isRetained: true) }
        }
        await publishThresholds()
    }
}
