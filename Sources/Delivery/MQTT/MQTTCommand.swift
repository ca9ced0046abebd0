package import Foundation
package import Messages

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
