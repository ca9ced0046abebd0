/// The section `mqtt`: events, states and levels through an MQTT broker.
package struct MQTTSettings: Equatable, Sendable {
    /// The broker; nil: nothing is published.
    package var broker: BrokerAddress?
    /// What all topics begin with; nil: `earwitness/` and the name of this machine.
    package var topic: String?
    /// The client's identifier at the broker; nil: made of the topic.
    package var clientID: String?
    /// The user name at the broker; nil: none.
    package var user: String?
    /// The file or systemd credential with the password; nil: none.
    package var passwordFile: String?
    /// After how many quiet seconds the connection is tried.
    package var keepaliveSeconds = 60
    /// Whether the connection is encrypted.
    package var usesTLS = false
    /// The authorities that the broker's certificate is checked against; nil: the system's.
    package var authoritiesFile: String?
    /// The certificate that is shown to the broker; nil: none.
    package var certificateFile: String?
    /// The key of that certificate.
    package var keyFile: String?
    /// Whether the broker's certificate is checked.
    package var verifies = true
    /// How long an event waits for the broker, in days.
    package var maxDays = 7
    /// How often levels are published, in seconds.
    package var levelSeconds: Double = 5
    /// The classes whose state is published; nil: all that are reported.
    package var classes: Set<String>?
    /// Whether Home Assistant is told of the device.
    package var homeAssistant = false
    /// What the topics begin with by which Home Assistant finds devices.
    package var homeAssistantPrefix = "homeassistant"
    /// Whether thresholds can be changed and classes switched through the broker.
    package var control = false

    /// Creates the section with its defaults.
    package init() {}

    /// The port of the broker.
    package var port: Int { broker?.port ?? (usesTLS ? 8_883 : 1_883) }
}

extension MQTTSettings {
    /// The keys of the section `mqtt`.
    package static let settings = SettingsTable<MQTTSettings>([
        .optional("broker", \.broker, .brokerAddress, word: "none", appliesLive: false)
            .help("The MQTT broker; without a port 1883, or 8883 with `tls`."),
        .optional("topic", \.topic, .topic, word: "auto", appliesLive: false)
            .help("What all topics begin with; auto: `earwitness/` and the name of this machine."),
        .optional("client_id", \.clientID, .text("a text"), word: "auto", appliesLive: false)
            .help("The client identifier, one for each box; auto: made of `topic`."),
        .optional("user", \.user, .text("a user name"), word: "none", appliesLive: false)
            .help("The user name at the broker."),
        .optional(
            "password_file",
            \.passwordFile,
            .text("a path, or credential:NAME"),
            word: "none",
            appliesLive: false
        )
        .help("The file or systemd credential whose first line is the password."),
        .value("keepalive_s", \.keepaliveSeconds, .wholeNumber(in: 5...3_600), appliesLive: false)
            .help("After how many seconds of silence the connection is tried."),
        .value("tls", \.usesTLS, .onOff, appliesLive: false)
            .help("Whether the connection is encrypted."),
        .optional("ca_file", \.authoritiesFile, .text("a path"), word: "system", appliesLive: false)
            .help("The authorities that the broker's certificate is checked against, as PEM."),
        .optional(
            "certificate_file",
            \.certificateFile,
            .text("a path"),
            word: "none",
            appliesLive: false
        )
        .help("The certificate that is shown to the broker, as PEM; needs `key_file`."),
        .optional("key_file", \.keyFile, .text("a path"), word: "none", appliesLive: false)
            .help("The key of that certificate, as PEM without a password."),
        .value("verify", \.verifies, .flag, appliesLive: false)
            .help("Whether the broker's certificate is checked; false trusts any broker."),
        .value("max_days", \.maxDays, .wholeNumber(in: 1...365), appliesLive: false)
            .help("How long an event waits for the broker, in days."),
        .value("level_s", \.levelSeconds, .number(in: 1...3_600), appliesLive: false)
            .help("The shortest time between two levels of a source, in seconds."),
        .optional("classes", \.classes, .names, word: "reported", appliesLive: false)
            .help("The classes whose state is published; `reported`: all that are reported."),
        .value("home_assistant", \.homeAssistant, .flag, appliesLive: false)
            .help("Whether Home Assistant finds this box as a device."),
        .value("home_assistant_prefix", \.homeAssistantPrefix, .topic, appliesLive: false)
            .help("The discovery prefix that Home Assistant is set to."),
        .value("control", \.control, .flag, appliesLive: false)
            .help(
                "Whether who may publish at the broker can change thresholds and switch classes."
            ),
    ])
}

extension MonitorConfiguration {
    func mqttContradictions() -> [DocumentProblem] {
        let certificate = (mqtt.certificateFile, mqtt.keyFile)
        if case (.some, nil) = certificate {
            return [needs("mqtt.certificate_file", "mqtt.key_file")]
        }
        if case (nil, .some) = certificate {
            return [needs("mqtt.key_file", "mqtt.certificate_file")]
        }
        if mqtt.passwordFile != nil, mqtt.user == nil {
            return [needs("mqtt.password_file", "mqtt.user")]
        }
        guard !mqtt.usesTLS else { return [] }
        for (key, isSet) in [
            ("mqtt.ca_file", mqtt.authoritiesFile != nil),
            ("mqtt.certificate_file", mqtt.certificateFile != nil),
            ("mqtt.verify", !mqtt.verifies),
        ] where isSet {
            return [
                problem(
                    key,
                    found: "a setting of TLS without it",
                    allowed: "only with mqtt.tls",
                    advice: "set 'tls: on'"
                )
            ]
        }
        return []
    }

    private func needs(_ key: String, _ other: String) -> DocumentProblem {
        problem(key, found: "\(key) without \(other)", allowed: "both or neither")
    }
}

/// A host, and a TCP port if it is not the usual one, as in `192.168.1.5` or `[::1]:1884`.
package struct BrokerAddress: Equatable, Sendable, CustomStringConvertible {
    /// A name or a numeric address, without brackets.
    package var host: String
    /// The port; nil: the usual one.
    package var port: Int?

    /// Creates the address from its parts.
    package init(host: String, port: Int? = nil) {
        self.host = host
        self.port = port
    }

    /// Reads `HOST` or `HOST:PORT`; nil if the text is something else.
    package init?(_ text: String) {
        if let address = ListenAddress(text), address.port > 0 {
            self.init(host: address.host, port: address.port)
            return
        }
        let isBracketed = text.hasPrefix("[") && text.hasSuffix("]")
        let host = isBracketed ? String(text.dropFirst().dropLast()) : text
        guard !host.isEmpty, isBracketed || !host.contains(":"),
            !host.contains(where: { $0.isWhitespace || "/[]@".contains($0) })
        else { return nil }
        self.init(host: host)
    }

    package var description: String {
        let shown = host.contains(":") ? "[\(host)]" : host
        return port.map { "\(shown):\($0)" } ?? shown
    }
}

extension ValueForm where Value == BrokerAddress {
    /// `HOST` or `HOST:PORT`.
    static var brokerAddress: ValueForm {
        ValueForm(
            allowed: "a host, or a host and port, such as 192.168.1.5 or broker.lan:1884",
            read: { node in node.text.flatMap(BrokerAddress.init) },
            write: { $0.description },
            advice: { node in
                guard let text = node.text, text.contains("://") else { return "" }
                return "leave out what is before the host; 'tls: on' encrypts"
            }
        )
    }
}

extension ValueForm where Value == String {
    /// A topic that messages can be published below.
    static var topic: ValueForm {
        ValueForm(
            allowed: "a topic such as earwitness/kitchen, without '+', '#' and a '/' at its ends",
            read: { node in
                guard let text = node.text, (1...200).contains(text.utf8.count),
                    !text.hasPrefix("/"), !text.hasSuffix("/"), !text.hasPrefix("$"),
                    !text.contains(where: { "+#".contains($0) || $0.isNewline || $0 == "\0" })
                else { return nil }
                return text
            },
            write: { $0 }
        )
    }
}
