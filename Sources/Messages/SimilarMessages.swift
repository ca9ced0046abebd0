package import Foundation

/// What was heard that sounds like an event.
package struct SimilarMessage: WireMessage {
    /// The number of the event; nil: a recording was asked about.
    package var event: Int64?
    /// The path of the recording; nil: an event was asked about.
    package var recording: String?
    /// The name of the model by whose prints sounds are compared.
    package var modelName: String
    /// The beginning of the time that was searched.
    package var from: Date
    /// Its end.
    package var to: Date
    /// How many seconds of the event, or windows of the recording, have prints.
    package var eventPrints: Int
    /// With how many seconds of sound they were compared.
    package var comparedPrints: Int
    /// The most alike, the likest first.
    package var found: [SimilarSoundMessage]
    /// What to know about the answer, a line each.
    package var remarks: [String]

    /// Begins an answer in which nothing was found.
    package init(
        event: Int64?,
        recording: String? = nil,
        modelName: String,
        from: Date,
        to: Date,
        eventPrints: Int
    ) {
        self.event = event
        self.recording = recording
        self.modelName = modelName
        self.from = from
        self.to = to
        self.eventPrints = eventPrints
        comparedPrints = 0
        (found, remarks) = ([], [])
    }

    private enum CodingKeys: String, CodingKey {
        case event, recording
        case modelName = "model"
        case from, to
        case eventPrints = "event_prints"
        case comparedPrints = "compared_prints"
        case found, remarks
    }
}

/// A sound that is like an event.
package struct SimilarSoundMessage: WireMessage {
    /// The name of the source that heard it.
    package var source: String
    /// When the window of its likest second begins.
    package var at: Date
    /// The beginning of the sound, as far as it is alike.
    package var start: Date
    /// Its end.
    package var end: Date
    /// How alike the likest second is, 0...1: the cosine between the prints.
    package var likeness: Double
    /// The event that covers that second; nil: none was reported.
    package var event: SimilarEventMessage?

    /// Joins the parts.
    package init(
        source: String,
        at: Date,
        start: Date,
        end: Date,
        likeness: Double,
        event: SimilarEventMessage? = nil
    ) {
        self.source = source
        self.at = at
        self.start = start
        self.end = end
        self.likeness = likeness
        self.event = event
    }
}

/// The event that a sound was reported as.
package struct SimilarEventMessage: WireMessage {
    /// Its number.
    package var id: Int64
    /// The name of its class.
    package var className: String
    /// The name of its class for people.
    package var label: String

    /// Joins the parts.
    package init(id: Int64, className: String, label: String) {
        self.id = id
        self.className = className
        self.label = label
    }

    private enum CodingKeys: String, CodingKey {
        case id
        case className = "class"
        case label
    }
}
