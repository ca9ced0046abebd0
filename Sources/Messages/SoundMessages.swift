package import Foundation

/// How the scores of a class become events: the rule in force.
package struct SoundRuleMessage: WireMessage {
    /// The smoothed score at which an event opens, 0...1.
    package var on: Double
    /// The smoothed score under which it closes, 0...1.
    package var off: Double
    /// Events shorter than this are dropped, in seconds.
    package var minDurationSeconds: Double
    /// Sounds closer than this become one event, in seconds.
    package var mergeGapSeconds: Double
    /// How long after the end of an event no other begins, in seconds.
    package var coolDownSeconds: Double
    /// An event is ended when it has lasted this long, in seconds; nil: however long it lasts.
    package var maxDurationSeconds: Double?
    /// The number of windows that are smoothed over.
    package var smoothingWindows: Int
    /// How many of the last windows must have reached `on`.
    package var confirmationHits: Int
    /// How many those last windows are.
    package var confirmationWindows: Int

    /// Creates the message from its parts.
    package init(
        on: Double,
        off: Double,
        minDurationSeconds: Double,
        mergeGapSeconds: Double,
        coolDownSeconds: Double,
        maxDurationSeconds: Double?,
        smoothingWindows: Int,
        confirmationHits: Int,
        confirmationWindows: Int
    ) {
        self.on = on
        self.off = off
        self.minDurationSeconds = minDurationSeconds
        self.mergeGapSeconds = mergeGapSeconds
        self.coolDownSeconds = coolDownSeconds
        self.maxDurationSeconds = maxDurationSeconds
        self.smoothingWindows = smoothingWindows
        self.confirmationHits = confirmationHits
        self.confirmationWindows = confirmationWindows
    }

    private enum CodingKeys: String, CodingKey {
        case on, off
        case minDurationSeconds = "min_duration_s"
        case mergeGapSeconds = "merge_gap_s"
        case coolDownSeconds = "cool_down_s"
        case maxDurationSeconds = "max_duration_s"
        case smoothingWindows = "smoothing_windows"
        case confirmationHits = "confirmation_hits"
        case confirmationWindows = "confirmation_windows"
    }
}

/// A class that can be heard: its rule, and how it did in the last days.
package struct SoundMessage: WireMessage {
    /// The name of the class, such as `dog_bark`.
    package var className: String
    /// The name of the class for people, such as "Dog bark".
    package var label: String
    /// The name of the model whose class it is.
    package var modelName: String
    /// Whether its events are reported.
    package var isReported: Bool
    /// Where `on` comes from: `default`, `model`, or a file and line.
    package var origin: String
    /// How its scores become events.
    package var rule: SoundRuleMessage
    /// The number of its events in the time.
    package var events: Int
    /// The same for a day, on average.
    package var eventsPerDay: Double
    /// How many of them a user called what they are.
    package var right: Int
    /// How many of them a user called something else, or false alarms.
    package var wrong: Int

    /// Joins what is in force and what was heard; nothing was unless it is said.
    package init(threshold: ThresholdMessage, rule: SoundRuleMessage) {
        className = threshold.className
        label = threshold.label
        modelName = threshold.model
        isReported = threshold.isReported
        origin = threshold.origin
        self.rule = rule
        events = 0
        eventsPerDay = 0
        right = 0
        wrong = 0
    }

    private enum CodingKeys: String, CodingKey {
        case className = "class"
        case label
        case modelName = "model"
        case isReported = "reported"
        case origin, rule, events
        case eventsPerDay = "events_per_day"
        case right, wrong
    }
}

/// All classes that can be heard.
package struct SoundListMessage: WireMessage {
    /// The beginning of the time that is counted.
    package var from: Date
    /// Its end.
    package var to: Date
    /// The classes, model by model, each in its own order.
    package var sounds: [SoundMessage]

    /// Creates the message from its parts.
    package init(from: Date, to: Date, sounds: [SoundMessage]) {
        self.from = from
        self.to = to
        self.sounds = sounds
    }
}
