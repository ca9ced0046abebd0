package import Foundation

/// What is heard when, and what of the last week is unusual: a pure value.
///
/// The last seven days are compared with the days before, hour of the day by hour of the day. Only
/// hours that were listened to count. If nothing has changed, the last week is as any other, and
/// anything is called unusual in one week of twenty: ``falseAlarmRate``.
package struct Insights: Equatable, Sendable {
    /// The probability that anything is called unusual in a week in which nothing has changed.
    package static let falseAlarmRate = 0.05
    /// How many days are compared with those before.
    package static let recentDays = 7
    /// So many days before are needed.
    package static let leastDaysBefore = 14
    /// A smaller change of the level is not worth saying, in dB.
    private static let leastLevelChange = 3.0
    /// So many hours of a day must have been listened to for its events to be counted.
    private static let leastHoursOfDay = 12
    private static let leastRecentDays = 3

    /// A difference between the last days and those before.
    package struct Unusual: Equatable, Sendable {
        /// What differs.
        package enum Kind: String, Sendable, Codable {
            /// Events of a class: more or fewer of them a day.
            case more, fewer
            /// Days on which it is heard at an hour: more or fewer of them.
            case moreOften = "more_often"
            case lessOften = "less_often"
            /// It is heard at an hour at which it never was.
            case newHour = "new_hour"
            /// It is not heard at an hour at which it nearly always was.
            case silence
            /// The level at an hour.
            case louder, quieter
        }

        /// What differs.
        package var kind: Kind
        /// The name of the source.
        package var source: String
        /// The class; nil: sounds of any class, or the level.
        package var className: String?
        /// The hour by local time, 0...23; nil: all of the day.
        package var hour: Int?
        /// Events a day, the share of days in percent, or the level in dBFS, of the last days.
        package var recent: Double
        /// The same of the days before.
        package var before: Double
        /// The probability of as much of a difference if nothing has changed.
        package var p: Double
    }

    /// A class at an hour at which it was not heard before.
    package struct First: Equatable, Sendable {
        /// The name of the source.
        package var source: String
        /// The name of the class.
        package var className: String
        /// The beginning of the hour.
        package var start: Date
        /// The hour by local time, 0...23.
        package var hour: Int
    }

    /// What is unusual, the most surprising first.
    package private(set) var unusual: [Unusual] = []
    /// What was heard in the last days at an hour at which it was not heard on at least fourteen days
    /// before, the newest first.
    package private(set) var firsts: [First] = []
    /// How many of those a week has on average: the same hours, heard in a single week of all.
    package private(set) var usualFirsts = 0.0
    /// On how many days before the last ones the most was listened to.
    package private(set) var daysBefore = 0

    /// Compares.
    ///
    /// - Parameter sources: The hours of each source, as many of each, up to the present.
    package init(_ sources: [HeardHours]) {
        var found: [(unusual: Unusual, rarity: Rarity)] = []
        for source in sources {
            let days = source.days
            guard days.count > Self.recentDays else { continue }
            let listened = days.dropLast(Self.recentDays).count { day in
                day.count(where: \.counts) >= Self.leastHoursOfDay
            }
            daysBefore = max(daysBefore, listened)
            for name in source.classes {
                found += Self.change(ofEvents: name, days, source.source)
                for hour in 0..<24 { compare(name, at: hour, days, source.source, &found) }
            }
            for hour in 0..<24 {
                compare(nil, at: hour, days, source.source, &found)
                found += Self.change(ofLevelAt: hour, days, source.source)
            }
            usualFirsts += Self.hoursOfOneWeek(days, source.classes)
        }
        let real = DayComparison.discoveries(
            among: found.map(\.rarity),
            falseShare: Self.falseAlarmRate
        )
        unusual = real.map { found[$0].unusual }.filter { one in
            ![.louder, .quieter].contains(one.kind)
                || abs(one.recent - one.before) >= Self.leastLevelChange
        }
        firsts.sort { ($1.start, $0.className, $0.source) < ($0.start, $1.className, $1.source) }
    }

    // MARK: - What is compared

    /// On how many days a class, or any, was heard at an hour.
    private mutating func compare(
        _ className: String?,
        at hour: Int,
        _ days: [ArraySlice<HeardHour>],
        _ source: String,
        _ found: inout [(unusual: Unusual, rarity: Rarity)]
    ) {
        func heard(_ days: ArraySlice<ArraySlice<HeardHour>>) -> (heard: Int, days: Int) {
            let hours = days.compactMap { $0.first { $0.hour == hour && $0.counts } }
            return (hours.count { $0.hasHeard(className) }, hours.count)
        }
        let recent = heard(days.suffix(Self.recentDays))
        let before = heard(days.dropLast(Self.recentDays))
        guard before.days >= Self.leastDaysBefore, recent.days >= Self.leastRecentDays else {
            return
        }
        if let className, before.heard == 0, recent.heard > 0 {
            let first = days.suffix(Self.recentDays).joined()
                .first { $0.hour == hour && $0.counts && $0.hasHeard(className) }
            if let start = first?.start {
                firsts.append(
                    First(source: source, className: className, start: start, hour: hour)
                )
            }
        }
        let shares = (
            100 * Double(recent.heard) / Double(recent.days),
            100 * Double(before.heard) / Double(before.days)
        )
        let kind: Unusual.Kind =
            switch shares {
            case (_, 0): .newHour
            case (0, 90...): .silence
            case _ where shares.0 > shares.1: .moreOften
            default: .lessOften
            }
        found.append(
            (
                Unusual(
                    kind: kind,
                    source: source,
                    className: className,
                    hour: hour,
                    recent: shares.0,
                    before: shares.1,
                    p: 1
                ), DayComparison.shares(recent: recent, before: before)
            )
        )
        found[found.count - 1].unusual.p = found[found.count - 1].rarity.p
    }

    /// How many events of a class there are a day.
    private static func change(
        ofEvents className: String,
        _ days: [ArraySlice<HeardHour>],
        _ source: String
    ) -> [(unusual: Unusual, rarity: Rarity)] {
        func rates(_ days: ArraySlice<ArraySlice<HeardHour>>) -> [Double] {
            days.compactMap { day in
                let hours = day.filter(\.counts)
                guard hours.count >= leastHoursOfDay else { return nil }
                let count = hours.reduce(0) { $0 + ($1.events[className] ?? 0) }
                return 24 * Double(count) / hours.reduce(0) { $0 + $1.listened }
            }
        }
        return change(
            rates(days.suffix(recentDays)),
            rates(days.dropLast(recentDays)),
            as: (.more, .fewer),
            summed: { $0.reduce(0, +) / Double($0.count) }
        ) { Unusual(kind: $0, source: source, className: className, recent: $1, before: $2, p: $3) }
    }

    /// How loud it is at an hour.
    private static func change(
        ofLevelAt hour: Int,
        _ days: [ArraySlice<HeardHour>],
        _ source: String
    ) -> [(unusual: Unusual, rarity: Rarity)] {
        func levels(_ days: ArraySlice<ArraySlice<HeardHour>>) -> [Double] {
            days.compactMap { $0.first { $0.hour == hour && $0.counts }?.laeq }
        }
        return change(
            levels(days.suffix(recentDays)),
            levels(days.dropLast(recentDays)),
            as: (.louder, .quieter),
            summed: { $0.sorted()[$0.count / 2] }
        ) { Unusual(kind: $0, source: source, hour: hour, recent: $1, before: $2, p: $3) }
    }

    private static func change(
        _ recent: [Double],
        _ before: [Double],
        as kinds: (up: Unusual.Kind, down: Unusual.Kind),
        summed: ([Double]) -> Double,
        _ unusual: (Unusual.Kind, _ recent: Double, _ before: Double, _ p: Double) -> Unusual
    ) -> [(unusual: Unusual, rarity: Rarity)] {
        guard recent.count >= leastRecentDays, before.count >= leastDaysBefore else { return [] }
        let rarity = DayComparison.values(recent: recent, before: before)
        let (now, then) = (summed(recent), summed(before))
        return [(unusual(now > then ? kinds.up : kinds.down, now, then, rarity.p), rarity)]
    }

    /// How many classes and hours a week has that no other week has, on average.
    ///
    /// If nothing has changed, each of them is as likely in any week as in the last one.
    private static func hoursOfOneWeek(
        _ days: [ArraySlice<HeardHour>],
        _ classes: [String]
    ) -> Double {
        let weekCount = days.count / recentDays
        guard weekCount > 0 else { return 0 }
        var weeks: [String: Set<Int>] = [:]
        for (place, day) in days.suffix(weekCount * recentDays).enumerated() {
            for hour in day where hour.counts {
                for name in hour.events.keys {
                    weeks["\(hour.hour) \(name)", default: []].insert(place / recentDays)
                }
            }
        }
        return Double(weeks.values.count { $0.count == 1 }) / Double(weekCount)
    }
}

extension HeardHour {
    /// Whether a class, or nil: any, was heard.
    fileprivate func hasHeard(_ className: String?) -> Bool {
        guard let className else { return !events.isEmpty }
        return events[className] ?? 0 > 0
    }
}
