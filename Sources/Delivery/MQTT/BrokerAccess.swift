import Foundation
package import Settings

/// How the broker is reached, and as whom.
package struct BrokerAccess: Sendable, Equatable {
    package var host: String
    package var port: Int
    package var clientID: String
    package var user: String?
    /// A path, or `credential:` and the name of a systemd credential.
    package var passwordFile: String?
    package var keepaliveSeconds: Int
    /// How the connection is encrypted; nil: not at all.
    package var tls: TLS?

    /// Which certificates are shown and trusted.
    package struct TLS: Sendable, Equatable {
        /// A file of authorities; nil: the system's.
        package var authoritiesFile: String?
        package var certificateFile: String?
        package var keyFile: String?
        package var verifies = true

        /// Trusts the system's authorities.
        package init() {}
    }

    /// Takes the access from the configuration; nil if there is no broker.
    package init?(_ settings: MQTTSettings, topics: MQTTTopics) {
        guard let broker = settings.broker else { return nil }
        host = broker.host
        port = settings.port
        clientID = settings.clientID ?? topics.identifier
        user = settings.user
        passwordFile = settings.passwordFile
        keepaliveSeconds = settings.keepaliveSeconds
        guard settings.usesTLS else { return }
        var tls = TLS()
        tls.authoritiesFile = settings.authoritiesFile
        tls.certificateFile = settings.certificateFile
        tls.keyFile = settings.keyFile
        tls.verifies = settings.verifies
        self.tls = tls
    }

    /// The broker in words, such as `broker.lan:1883`.
    package var broker: String { BrokerAddress(host: host, port: port).description }

    /// Reads the password: the first line of its file; nil if none is configured.
    ///
    /// - Throws: ``BrokerFault`` if it can't be read.
    func password(environment: [String: String]) throws(BrokerFault) -> String? {
        guard let passwordFile else { return nil }
        let secret = PasswordFile(reference: passwordFile, setting: "mqtt.password_file")
        do {
            return try secret.read(environment: environment)
        } catch {
            throw BrokerFault(error.words)
        }
    }

    /// Refuses files that can't be read, which the library would not name.
    func requireFiles() throws(BrokerFault) {
        guard let tls else { return }
        for (key, file) in [
            ("ca_file", tls.authoritiesFile), ("certificate_file", tls.certificateFile),
            ("key_file", tls.keyFile),
        ] {
            guard let file, !FileManager.default.isReadableFile(atPath: file) else { continue }
            throw BrokerFault("mqtt.\(key) '\(file)' can't be read.")
        }
    }
}

/// Why there is no connection to the broker, in one line.
struct BrokerFault: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }

    /// The broker's answer to who connects, by its number in MQTT 3.1.1, 3.2.2.3.
    init(answer: Int32, from broker: String) {
        switch answer {
        case 2:
            self.init(
                "The MQTT broker \(broker) refuses the client identifier. Set mqtt.client_id."
            )
        case 3: self.init("The MQTT broker \(broker) says that it is not available.")
        case 4, 5:
            self.init(
                "The MQTT broker \(broker) refuses the login. Check mqtt.user and mqtt.password_file."
            )
        default: self.init("The MQTT broker \(broker) refuses the connection (\(answer)).")
        }
    }
}

/// How long to wait before the next attempt to connect: longer after each that failed.
struct ReconnectDelay: Sendable {
    private let first: Double
    private let longest: Double
    private var failures = 0

    init(firstSeconds: Double = 1, longestSeconds: Double = 60) {
        first = firstSeconds
        longest = longestSeconds
    }

    /// Begins anew, after a connection that worked.
    mutating func reset() { failures = 0 }

    /// The next delay, in seconds, up to a fifth shorter or longer, so that many boxes do not
    /// come at once.
    mutating func next(random: Double = .random(in: 0...1)) -> Double {
        let delay = min(longest, first * Double(1 << min(failures, 16)))
        failures += 1
        return delay * (0.8 + 0.4 * random)
    }
}
