package import Messages

/// The message by which Home Assistant learns of the box: one device with all its entities.
///
/// It has the form of a device discovery payload, which Home Assistant reads since 2024.12
/// (home-assistant.io/integrations/mqtt, "Device discovery payload"). A component of which only the
/// platform is given is removed.
package struct HomeAssistantDiscovery: Sendable, Equatable {
    /// A source, as entities need it.
    package struct Source: Sendable, Equatable {
        package var name: String
        /// The models that listen to it.
        package var models: [String]
        /// Whether its levels are in dB SPL.
        package var isCalibrated: Bool

        /// Creates the source from its parts.
        package init(name: String, models: [String], isCalibrated: Bool) {
            self.name = name
            self.models = models
            self.isCalibrated = isCalibrated
        }
    }

    /// The topics of the box.
    package var topics: MQTTTopics
    /// The discovery prefix, usually `homeassistant`.
    package var prefix: String
    /// The program's version.
    package var version: String
    /// What is listened to.
    package var sources: [Source]
    /// Every class with its threshold.
    package var thresholds: [ThresholdMessage]
    /// The classes that get entities; nil: those that are reported.
    package var classes: Set<String>?
    /// Whether thresholds and switches are offered.
    package var hasControl: Bool

    /// The most classes of a source that get entities; models of birds have thousands.
    package static let mostClasses = 200

    /// Creates the message from its parts.
    package init(
        topics: MQTTTopics,
        prefix: String,
        version: String,
        sources: [Source],
        thresholds: [ThresholdMessage],
        classes: Set<String>?,
        hasControl: Bool
    ) {
        self.topics = topics
        self.prefix = prefix
        self.version = version
        self.sources = sources
        self.thresholds = thresholds
        self.classes = classes
        self.hasControl = hasControl
    }

    /// The topic that the message is published at, retained.
    package var topic: String { "\(prefix)/device/\(topics.identifier)/config" }

    /// Where Home Assistant says that it has started.
    package var birthTopic: String { "\(prefix)/status" }

    /// The message.
    package var json: JSONValue {
        .object([
            .init("device", device),
            .init("origin", origin),
            .init("availability_topic", .string(topics.availability)),
            .init("qos", .integer(1)),
            .init("components", .object(boxEntities + sources.flatMap(entities) + controls)),
        ])
    }

    /// The classes of a source whose state is published.
    package func stateClasses(of source: Source) -> [ThresholdMessage] {
        var seen: Set<String> = []
        let own = thresholds.filter { threshold in
            source.models.contains(threshold.model) && threshold.isReported
                && (classes?.contains(threshold.className) ?? true)
                && seen.insert(threshold.className).inserted
        }
        return Array(own.prefix(Self.mostClasses))
    }

    private var device: JSONValue {
        .object([
            .init("identifiers", .array([.string(topics.identifier)])),
            .init("name", .string("Earwitness \(topics.prefix.split(separator: "/").last ?? "")")),
            .init("manufacturer", .string("Earwitness")),
            .init("model", .string("Sound monitor")),
            .init("sw_version", .string(version)),
        ])
    }

    private var origin: JSONValue {
        .object([.init("name", .string("Earwitness")), .init("sw_version", .string(version))])
    }

    // MARK: - Of the box

    private var boxEntities: [JSONValue.Member] {
        [
            entity(
                "binary_sensor",
                "problem",
                "Problem",
                [
                    ("state_topic", topics.status),
                    ("value_template", "{{ 'ON' if value_json.problem else 'OFF' }}"),
                    ("json_attributes_topic", topics.status),
                    ("device_class", "problem"),
                    ("entity_category", "diagnostic"),
                ]
            ),
            entity(
                "sensor",
                "last_event",
                "Last event",
                [
                    ("state_topic", topics.lastEvent),
                    ("value_template", "{{ value_json.label }}"),
                    ("json_attributes_topic", topics.lastEvent),
                    ("icon", "mdi:ear-hearing"),
                ]
            ),
            event,
            counter("events", "Events", category: nil),
            counter("lost_samples", "Lost samples", category: "diagnostic"),
            counter("overruns", "Overruns", category: "diagnostic"),
            counter("waiting", "Events waiting", category: "diagnostic", onlyGrows: false),
        ]
    }

    /// An entity that has the class of each event as its type, with the event as attributes.
    private var event: JSONValue.Member {
        let names = sources.flatMap { stateClasses(of: $0).map(\.className) }
        let known = Set(names).sorted()
        let list = JSONValue.array(known.map { .string($0) }).text
        let type = "value_json['class'] if value_json['class'] in \(list) else 'other'"
        return entity(
            "event",
            "event",
            "Sound",
            [
                ("state_topic", topics.event),
                ("value_template", "{{ dict(value_json, event_type=(\(type))) | tojson }}"),
                ("icon", "mdi:waveform"),
            ],
            more: [.init("event_types", .array((known + ["other"]).map { .string($0) }))]
        )
    }

    private func counter(
        _ key: String,
        _ name: String,
        category: String?,
        onlyGrows: Bool = true
    ) -> JSONValue.Member {
        entity(
            "sensor",
            key,
            name,
            [
                ("state_topic", topics.status),
                ("value_template", "{{ value_json.\(key) }}"),
                ("state_class", onlyGrows ? "total_increasing" : "measurement"),
            ] + (category.map { [("entity_category", $0)] } ?? [])
        )
    }

    // MARK: - Of a source

    private func entities(of source: Source) -> [JSONValue.Member] {
        let id = MQTTTopics.identifier(source.name)
        let place = sources.count > 1 ? " (\(source.name))" : ""
        let shown = stateClasses(of: source)
        let names = Set(shown.map(\.className))
        let sounds = shown.map { sound in
            entity(
                "binary_sensor",
                "\(id)_\(MQTTTopics.identifier(sound.className))",
                sound.label + place,
                [
                    (
                        "state_topic",
                        topics.state(ofClass: sound.className, source: source.name)
                    ),
                    ("device_class", "sound"),
                ]
            )
        }
        let hidden = thresholds.filter { !names.contains($0.className) }.map(\.className)
        let gone = removals(hidden.map { "\(id)_\(MQTTTopics.identifier($0))" }, "binary_sensor")
        return sounds + gone + [level(of: source, id, place)]
            + (source.isCalibrated ? [soundLevel(of: source, id, place)] : [])
    }

    private func level(of source: Source, _ id: String, _ place: String) -> JSONValue.Member {
        entity(
            "sensor",
            "\(id)_level",
            "Level" + place,
            [
                ("state_topic", topics.level(ofSource: source.name)),
                ("value_template", "{{ value_json.level_dbfs }}"),
                ("unit_of_measurement", "dBFS"),
                ("state_class", "measurement"),
            ]
        )
    }

    private func soundLevel(of source: Source, _ id: String, _ place: String) -> JSONValue.Member {
        entity(
            "sensor",
            "\(id)_sound_level",
            "Sound level" + place,
            [
                ("state_topic", topics.level(ofSource: source.name)),
                ("value_template", "{{ value_json.sound_level.laf }}"),
                ("unit_of_measurement", "dBA"),
                ("device_class", "sound_pressure"),
                ("state_class", "measurement"),
            ]
        )
    }

    // MARK: - Controls

    /// The thresholds that can be changed, with their switches.
    package var controlled: [ThresholdMessage] {
        guard hasControl else { return [] }
        let wanted = thresholds.filter { classes?.contains($0.className) ?? true }
        return Array(wanted.prefix(Self.mostClasses))
    }

    private var controls: [JSONValue.Member] {
        let several = Set(thresholds.map(\.model)).count > 1
        let offered = controlled
        let present = offered.flatMap { threshold -> [JSONValue.Member] in
            let id = Self.id(threshold)
            let name = several ? "\(threshold.label) (\(threshold.model))" : threshold.label
            let number = topics.threshold(ofClass: threshold.className, model: threshold.model)
            let reported = topics.reported(ofClass: threshold.className, model: threshold.model)
            let slider = entity(
                "number",
                "threshold_\(id)",
                "\(name) threshold",
                [
                    ("state_topic", number),
                    ("command_topic", MQTTTopics.command(for: number)),
                    ("entity_category", "config"),
                ],
                more: [
                    .init("min", .integer(0)), .init("max", .integer(1)),
                    .init("step", .number(0.01)),
                ]
            )
            guard threshold.isSwitchable else { return [slider] }
            let toggle = entity(
                "switch",
                "reported_\(id)",
                "\(name) reported",
                [
                    ("state_topic", reported),
                    ("command_topic", MQTTTopics.command(for: reported)),
                    ("entity_category", "config"),
                ]
            )
            return [slider, toggle]
        }
        let kept = Set(offered.map(Self.id))
        let gone = thresholds.map(Self.id).filter { !kept.contains($0) }
        return present + removals(gone.map { "threshold_\($0)" }, "number")
            + removals(gone.map { "reported_\($0)" }, "switch")
    }

    private static func id(_ threshold: ThresholdMessage) -> String {
        "\(MQTTTopics.identifier(threshold.model))_\(MQTTTopics.identifier(threshold.className))"
    }

    /// Components that Home Assistant forgets if it had them; not of models with thousands.
    private func removals(_ keys: [String], _ platform: String) -> [JSONValue.Member] {
        guard keys.count <= Self.mostClasses else { return [] }
        return keys.map { .init($0, .object([.init("platform", .string(platform))])) }
    }

    private func entity(
        _ platform: String,
        _ key: String,
        _ name: String,
        _ texts: [(String, String)],
        more: [JSONValue.Member] = []
    ) -> JSONValue.Member {
        .init(
            key,
            .object(
                [
                    .init("platform", .string(platform)), .init("name", .string(name)),
                    .init("unique_id", .string("\(topics.identifier)_\(key)")),
                ] + texts.map { .init($0.0, .string($0.1)) } + more
            )
        )
    }
}
