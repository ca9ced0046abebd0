package import Foundation
package import Messages

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

/// A change that the broker asks for: a pure value, read from a topic and what came there.
package struct MQTTCommand: Sendable, Equatable {
    package var className: String
    package var model: String
    package var change: ThresholdChange
    /// The topic of the value that is to change.
    package var topic: String

    /// Reads a command.
    ///
    /// - Parameters:
    ///   - topic: Where it came.
    ///   - payload: What came.
    ///   - thresholds: The classes that can be changed.
    ///   - topics: The topics of this box.
    /// - Throws: Why it is refused, in one line.
    package init(
        topic: String,
        payload: Data,
        thresholds: [ThresholdMessage],
        topics: MQTTTopics
    ) throws(ControlError) {
        let text = String(decoding: payload.prefix(64), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        for threshold in thresholds {
            let (name, model) = (threshold.className, threshold.model)
            let number = topics.threshold(ofClass: name, model: model)
            let reported = topics.reported(ofClass: name, model: model)
            if topic == MQTTTopics.command(for: number) {
                guard let on = Double(text), (0...1).contains(on) else {
                    throw .invalidValue(
                        "A threshold of '\(text)' is not allowed. Give a number between 0 and 1."
                    )
                }
                self.init(className: name, model: model, change: .init(on: on), topic: number)
                return
            }
            if topic == MQTTTopics.command(for: reported) {
                guard ["ON", "OFF"].contains(text) else {
                    throw .invalidValue("'\(text)' is neither ON nor OFF.")
                }
                self.init(
                    className: name,
                    model: model,
                    change: .init(isReported: text == "ON"),
                    topic: reported
                )
                return
            }
        }
        throw .invalidValue("There is no class for the topic '\(topic)'.")
    }

    private init(className: String, model: String, change: ThresholdChange, topic: String) {
        self.className = className
        self.model = model
        self.change = change
        self.topic = topic
    }
}
