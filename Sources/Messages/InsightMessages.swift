package import Foundation

/// What is heard when, and what of the last week is unusual.
package struct InsightsMessage: WireMessage {
    /// The beginning of the time.
    package var from: Date
    /// Its end, the last full hour.
    package var to: Date
    /// From when on it is compared with the time before.
    package var recentFrom: Date
    /// The zone by whose clocks hours and days are counted, such as `Europe/Berlin`.
    package var timeZone: String
    /// The probability that anything is called unusual in a week in which nothing has changed.
    package var falseAlarmRate: Double
    /// How many days before `recentFrom` were listened to.
    package var daysBefore: Int
    /// What is unusual, the most surprising first.
    package var unusual: [UnusualMessage]
    /// What was heard at an hour at which it was not heard on at least 14 days before.
    package var firsts: [FirstMessage]
    /// How many of these a week has on average.
    package var usualFirsts: Double
    /// How many events there are by class, source, day of the week and hour; without empty ones.
    package var heard: [WeekHourMessage]
    /// How long each hour of the week was listened to.
    package var listened: [ListenedHourMessage]
    /// What to know about the answer, a line each.
    package var remarks: [String]

    /// Begins an answer in which nothing was heard.
    package init(from: Date, to: Date, recentFrom: Date, timeZone: String, falseAlarmRate: Double) {
        self.from = from
        self.to = to
        self.recentFrom = recentFrom
        self.timeZone = timeZone
        self.falseAlarmRate = falseAlarmRate
        (daysBefore, usualFirsts) = (0, 0)
        (unusual, firsts, heard, listened, remarks) = ([], [], [], [], [])
    }

    private enum CodingKeys: String, CodingKey {
        case from, to
        case recentFrom = "recent_from"
        case timeZone = "time_zone"
        case falseAlarmRate = "false_alarm_rate"
        case daysBefore = "days_before"
        case unusual, firsts
        case usualFirsts = "usual_firsts"
        case heard, listened, remarks
    }
}

/// A difference between the last days and those before.
package struct UnusualMessage: WireMessage {
    /// What differs: `more`, `fewer`, `more_often`, `less_often`, `new_hour`, `silence`, `louder` or
    /// `quieter`.
    package var kind: String
    /// The name of the source.
    package var source: String
    /// The class; nil: sounds of any class, or the level.
    package var className: String?
    /// The hour by local time, 0...23; nil: all of the day.
    package var hour: Int?
    /// Of the last days: events a day, the share of days in percent, or the level in dBFS.
    package var recent: Double
    /// The same of the days before.
    package var before: Double
    /// The probability of as much of a difference if nothing has changed.
    package var p: Double

    /// Joins the parts.
    package init(
        kind: String,
        source: String,
        className: String?,
        hour: Int?,
        recent: Double,
        before: Double,
        p: Double
    ) {
        self.kind = kind
        self.source = source
        self.className = className
        self.hour = hour
        self.recent = recent
        self.before = before
        self.p = p
    }

    private enum CodingKeys: String, CodingKey {
        case kind, source
        case className = "class"
        case hour, recent, before, p
    }
}

/// A class at an hour at which it was not heard before.
package struct FirstMessage: WireMessage {
    /// The name of the class.
    package var className: String
    /// The name of the source.
    package var source: String
    /// The beginning of the hour.
    package var start: Date

    /// Joins the parts.
    package init(className: String, source: String, start: Date) {
        self.className = className
        self.source = source
        self.start = start
    }

    private enum CodingKeys: String, CodingKey {
        case className = "class"
        case source, start
    }
}

/// How many events of a class began in an hour of the week.
package struct WeekHourMessage: WireMessage {
    /// The name of the class.
    package var className: String
    /// The name of the source.
    package var source: String
    /// The day of the week, 1 for Monday to 7 for Sunday.
    package var weekday: Int
    /// The hour by local time, 0...23.
    package var hour: Int
    /// How many.
    package var count: Int

    /// Joins the parts.
    package init(className: String, source: String, weekday: Int, hour: Int, count: Int) {
        self.className = className
        self.source = source
        self.weekday = weekday
        self.hour = hour
        self.count = count
    }

    private enum CodingKeys: String, CodingKey {
        case className = "class"
        case source, weekday, hour, count
    }
}

/// How long an hour of the week was listened to.
package struct ListenedHourMessage: WireMessage {
    /// The name of the source.
    package var source: String
    /// The day of the week, 1 for Monday to 7 for Sunday.
    package var weekday: Int
    /// The hour by local time, 0...23.
    package var hour: Int
    /// How long, of all weeks together, in seconds.
    package var listenedSeconds: Double

    /// Joins the parts.
    package init(source: String, weekday: Int, hour: Int, listenedSeconds: Double) {
        self.source = source
        self.weekday = weekday
        self.hour = hour
        self.listenedSeconds = listenedSeconds
    }

    private enum CodingKeys: String, CodingKey {
        case source, weekday, hour
        case listenedSeconds = "listened_s"
    }
}
