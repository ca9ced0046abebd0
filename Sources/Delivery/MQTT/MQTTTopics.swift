/// The topics of one box, all below its prefix.
package struct MQTTTopics: Sendable, Equatable {
    /// The prefix, such as `earwitness/kitchen`.
    package let prefix: String

    /// Takes a prefix as it is configured.
    package init(prefix: String) {
        self.prefix = prefix
    }

    /// `online` or `offline`, retained.
    package var availability: String { "\(prefix)/availability" }
    /// Every event once it is over.
    package var event: String { "\(prefix)/event" }
    /// The last event that is over, retained.
    package var lastEvent: String { "\(prefix)/last_event" }
    /// Faults and counters, retained.
    package var status: String { "\(prefix)/status" }
    /// Why a command was refused.
    package var error: String { "\(prefix)/error" }

    /// Whether a class is heard by a source, `ON` or `OFF`, retained.
    package func state(ofClass className: String, source: String) -> String {
        "\(prefix)/sources/\(Self.level(source))/\(Self.level(className))/state"
    }

    /// The present level of a source, retained.
    package func level(ofSource source: String) -> String {
        "\(prefix)/sources/\(Self.level(source))/level"
    }

    /// The threshold of a class, retained; commands come below it.
    package func threshold(ofClass className: String, model: String) -> String {
        "\(prefix)/models/\(Self.level(model))/\(Self.level(className))/threshold"
    }

    /// Whether events of a class are reported, `ON` or `OFF`, retained; commands come below it.
    package func reported(ofClass className: String, model: String) -> String {
        "\(prefix)/models/\(Self.level(model))/\(Self.level(className))/reported"
    }

    /// Where commands for a value come.
    package static func command(for topic: String) -> String { "\(topic)/set" }

    /// What all commands match.
    package var commandPatterns: [String] {
        ["\(prefix)/models/+/+/threshold/set", "\(prefix)/models/+/+/reported/set"]
    }

    /// The box in letters, digits, `_` and `-`, as identifiers of Home Assistant must be.
    package var identifier: String { Self.identifier(prefix) }

    /// A name as a part of an identifier.
    static func identifier(_ name: String) -> String {
        String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") ? $0 : "_" })
    }

    /// A name as one level of a topic: without what separates levels or is a wildcard.
    private static func level(_ name: String) -> String {
        String(
            name.map { character in
                let isForbidden =
                    "/+#".contains(character)
                    || character.unicodeScalars.contains {
                        $0.properties.generalCategory == .control
                    }
                return isForbidden ? "_" : character
            }
        )
    }
}
