package import Foundation

/// What is to be different about how a class's scores become events; nil: as it is.
package struct RuleTrial: Equatable, Sendable {
    /// The smoothed score at which an event opens, 0...1.
    package var on: Double?
    /// The smoothed score under which it closes; nil: it moves with `on` in proportion.
    package var off: Double?
    /// Events shorter than this are dropped, in seconds.
    package var minDurationSeconds: Double?
    /// Sounds closer than this become one event, in seconds.
    package var mergeGapSeconds: Double?
    /// The number of windows that are smoothed over.
    package var smoothingWindows: Int?

    /// Joins the parts.
    package init(
        on: Double? = nil,
        off: Double? = nil,
        minDurationSeconds: Double? = nil,
        mergeGapSeconds: Double? = nil,
        smoothingWindows: Int? = nil
    ) {
        self.on = on
        self.off = off
        self.minDurationSeconds = minDurationSeconds
        self.mergeGapSeconds = mergeGapSeconds
        self.smoothingWindows = smoothingWindows
    }
}

/// What other rules of a class would have made of the past.
package struct WhatIfMessage: WireMessage {
    /// The name of the class.
    package var className: String
    /// The name of the model whose class it is.
    package var modelName: String
    /// The beginning of the time.
    package var from: Date
    /// Its end.
    package var to: Date
    /// How much of the time there are scores of, in seconds, summed over the sources.
    ///
    /// Silence, in which the network rests, counts.
    package var scoredSeconds: Double
    /// The rule in force.
    package var ruleInForce: SoundRuleMessage
    /// The rule that is tried.
    package var rule: SoundRuleMessage
    /// The number of events that were recorded while there are scores.
    package var was: Int
    /// The number of events that there would have been.
    package var wouldBe: Int
    /// How many of these are not among those that were recorded.
    package var comeCount: Int
    /// How many of those that were recorded would not have been.
    package var goCount: Int
    /// The same for each day, by local date, where there were or would have been any.
    package var perDay: [WhatIfDayMessage]
    /// The events that would come, the newest first, up to a limit.
    package var come: [WhatIfEventMessage]
    /// The events that would go, the newest first, up to a limit.
    package var go: [WhatIfEventMessage]
    /// What to know about the answer, a line each.
    package var remarks: [String]

    /// Begins an answer without events.
    package init(
        className: String,
        modelName: String,
        from: Date,
        to: Date,
        ruleInForce: SoundRuleMessage,
        rule: SoundRuleMessage
    ) {
        self.className = className
        self.modelName = modelName
        self.from = from
        self.to = to
        self.ruleInForce = ruleInForce
        self.rule = rule
        scoredSeconds = 0
        (was, wouldBe, comeCount, goCount) = (0, 0, 0, 0)
        (perDay, come, go, remarks) = ([], [], [], [])
    }

    private enum CodingKeys: String, CodingKey {
        case className = "class"
        case modelName = "model"
        case from, to
        case scoredSeconds = "scored_s"
        case ruleInForce = "rule_in_force"
        case rule, was
        case wouldBe = "would_be"
        case comeCount = "come_count"
        case goCount = "go_count"
        case perDay = "per_day"
        case come, go, remarks
    }
}

/// How many events a day had, and would have had.
package struct WhatIfDayMessage: WireMessage {
    /// The local date, such as `2026-11-29`.
    package var day: String
    /// The number of events that were recorded.
    package var was: Int
    /// The number of events that there would have been.
    package var wouldBe: Int

    /// Joins the parts.
    package init(day: String, was: Int, wouldBe: Int) {
        self.day = day
        self.was = was
        self.wouldBe = wouldBe
    }

    private enum CodingKeys: String, CodingKey {
        case day, was
        case wouldBe = "would_be"
    }
}

/// An event that would come or go.
package struct WhatIfEventMessage: WireMessage {
    /// Its number; nil if it was not recorded.
    package var id: Int64?
    /// The name of the source.
    package var source: String
    /// The onset.
    package var start: Date
    /// The offset; nil while it goes on.
    package var end: Date?
    /// Its length in seconds; nil while it goes on.
    package var durationSeconds: Double?
    /// The highest smoothed score, 0...1.
    package var peakScore: Double

    /// Joins the parts.
    package init(id: Int64?, source: String, start: Date, end: Date?, peakScore: Double) {
        self.id = id
        self.source = source
        self.start = start
        self.end = end
        durationSeconds = end?.timeIntervalSince(start)
        self.peakScore = peakScore
    }

    private enum CodingKeys: String, CodingKey {
        case id, source, start, end
        case durationSeconds = "duration_s"
        case peakScore = "peak_score"
    }
}
