/// The thresholds of a class of a model that are in force, and who set them.
package struct ThresholdMessage: WireMessage {
    /// The name of the class, such as `dog_bark`.
    package var className: String
    /// The name of the class for people, such as "Dog bark".
    package var label: String
    /// The name of the model whose class it is.
    package var model: String
    /// The smoothed score at which an event opens, 0...1.
    package var on: Double
    /// The smoothed score under which it closes, 0...1.
    package var off: Double
    /// Whether events of the class are reported at all.
    package var isReported: Bool
    /// Where `on` comes from: `default`, `model`, or a file and line.
    package var origin: String
    /// Whether the class can be switched on and off by command.
    package var isSwitchable: Bool
    /// Whether `isReported` was set by command.
    package var isSwitched: Bool

    /// Creates the message from its parts.
    package init(
        className: String,
        label: String,
        model: String,
        on: Double,
        off: Double,
        isReported: Bool = true,
        origin: String,
        isSwitchable: Bool = true,
        isSwitched: Bool = false
    ) {
        self.className = className
        self.label = label
        self.model = model
        self.on = on
        self.off = off
        self.isReported = isReported
        self.origin = origin
        self.isSwitchable = isSwitchable
        self.isSwitched = isSwitched
    }

    private enum CodingKeys: String, CodingKey {
        case className = "class"
        case label, model, on, off
        case isReported = "reported"
        case origin
        case isSwitchable = "switchable"
        case isSwitched = "switched"
    }
}

/// The thresholds of all classes.
package struct ThresholdListMessage: WireMessage {
    /// The thresholds, model by model, each in its own order of classes.
    package var thresholds: [ThresholdMessage]

    /// Creates the message.
    package init(thresholds: [ThresholdMessage]) {
        self.thresholds = thresholds
    }
}

/// A request to change the threshold of a class, to switch it on or off, or both; nil: as it is.
package struct ThresholdChange: WireMessage {
    /// The smoothed score at which an event opens, 0...1; where it closes moves in proportion.
    package var on: Double?
    /// Whether events of the class are reported.
    package var isReported: Bool?

    /// Creates the request.
    package init(on: Double? = nil, isReported: Bool? = nil) {
        self.on = on
        self.isReported = isReported
    }

    /// Not rounded: it is what the user asked for.
    package var json: JSONValue {
        .object(
            [
                on.map { .init("on", .number($0)) },
                isReported.map { .init("reported", .bool($0)) },
            ].compactMap(\.self)
        )
    }

    private enum CodingKeys: String, CodingKey {
        case on
        case isReported = "reported"
    }
}

/// What reading the configuration again has changed.
package struct ReloadMessage: WireMessage {
    /// What is in force at once, a line each.
    package var applied: [String]
    /// What takes a restart to be in force, a line each.
    package var needsRestart: [String]

    /// What stands among ``applied`` for a learnt sound that came, went or was learnt again.
    package static func learnt(_ name: String) -> String { "learnt.\(name)" }

    /// Creates the message from its parts.
    package init(applied: [String], needsRestart: [String]) {
        self.applied = applied
        self.needsRestart = needsRestart
    }

    private enum CodingKeys: String, CodingKey {
        case applied
        case needsRestart = "needs_restart"
    }
}

/// Why the running monitor rejects a request: one line each.
package enum ControlError: Error, Equatable, CustomStringConvertible {
    /// No model in use has such a class.
    case unknownClass(name: String, known: [String])
    /// No model of this name is in use.
    case unknownModel(name: String, known: [String])
    /// No source of this name is listened to.
    case unknownSource(name: String, known: [String])
    /// Several sources are listened to, and none of them was named.
    case ambiguousSource(known: [String])
    /// Several models have the class, and none of them was named.
    case ambiguousClass(name: String, models: [String])
    /// Live listening is off in the configuration.
    case listeningOff
    /// As many listen live as may.
    case tooManyListeners(limit: Int)
    /// There is no print of an event to compare by; the text says why.
    case noPrints(String)
    /// The value cannot be used; the text says which, and what is allowed.
    case invalidValue(String)
    /// What was asked for failed; the text says why and what to do.
    case failed(String)

    package var description: String {
        switch self {
        case .unknownClass(let name, let known):
            "The model has no class '\(name)'; its classes: \(Self.list(known))."
        case .unknownModel(let name, let known):
            "No model '\(name)' is in use; in use: \(Self.list(known))."
        case .unknownSource(let name, let known):
            "No source '\(name)' is listened to; listened to: \(Self.list(known))."
        case .ambiguousSource(let known):
            "Several sources are listened to: \(Self.list(known)). Choose one with ?source=."
        case .ambiguousClass(let name, let models):
            "Several models have the class '\(name)': \(Self.list(models)). "
                + "Choose one with --model (?model= in a request)."
        case .listeningOff:
            "Live listening is off. Set web.listen_live to how many may listen at once."
        case .tooManyListeners(let limit):
            "\(limit) listen live already, as many as web.listen_live allows. Try again later."
        case .noPrints(let text), .invalidValue(let text), .failed(let text):
            text
        }
    }

    /// Names in a line, the first twenty if there are more.
    package static func list(_ names: [String]) -> String {
        guard !names.isEmpty else {
            return "none"
        }
        let shown = names.prefix(20).joined(separator: ", ")
        return names.count > 20 ? shown + " and \(names.count - 20) more" : shown
    }
}
