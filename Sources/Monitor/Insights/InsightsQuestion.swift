package import EventStore
package import Foundation
package import Messages
package import Platform

/// A question to the past: what is normal here, and what of the last week is not.
package struct InsightsQuestion: Sendable {
    private let start: Date
    private let end: Date
    private let source: String?
    private let zone: Zone

    /// The longest time, in days.
    package static let longestDays = 366
    /// The time unless another is asked for, in seconds.
    package static let defaultSeconds: TimeInterval = 28 * 86_400
    private static let hourSeconds: TimeInterval = 3_600

    /// Asks.
    ///
    /// - Parameters:
    ///   - from: The beginning of the time; days are counted back from its end.
    ///   - to: The end of the time; the last full hour counts.
    ///   - source: Only this source; nil: all.
    ///   - zone: By whose clocks hours are counted.
    /// - Throws: ``ControlError`` for a time that is too long or too short.
    package init(
        from: Date,
        to: Date,
        source: String? = nil,
        zone: Zone = .local
    ) throws(ControlError) {
        let ahead = Double(zone.secondsAhead(at: to))
        let wall = to.timeIntervalSince1970 + ahead
        let hour = Self.hourSeconds
        end = Date(timeIntervalSince1970: (wall / hour).rounded(.down) * hour - ahead)
        let days = (end.timeIntervalSince(from) / 86_400).rounded(.up)
        guard days > Double(Insights.recentDays), days <= Double(Self.longestDays) else {
            throw .invalidValue(
                "since: \(max(0, Int(min(1e6, days)))) day(s) are asked for; give more than "
                    + "\(Insights.recentDays) and at most \(Self.longestDays) days, such as 4w."
            )
        }
        start = end - days * 86_400
        self.source = source
        self.zone = zone
    }

    /// Asks the history.
    ///
    /// - Parameters:
    ///   - store: The history.
    ///   - zoneName: What the zone is called.
    /// - Returns: What is normal, and what is not.
    /// - Throws: Any ``StoreError`` of reading.
    package func answer(
        from store: EventStore,
        zoneName: String
    ) throws(StoreError) -> InsightsMessage {
        let sources = try hours(from: store)
        let insights = Insights(sources)
        var message = InsightsMessage(
            from: start,
            to: end,
            recentFrom: end - Double(Insights.recentDays) * 86_400,
            timeZone: zoneName,
            falseAlarmRate: Insights.falseAlarmRate
        )
        message.daysBefore = insights.daysBefore
        message.unusual = insights.unusual.map { one in
            UnusualMessage(
                kind: one.kind.rawValue,
                source: one.source,
                className: one.className,
                hour: one.hour,
                recent: one.recent,
                before: one.before,
                p: one.p
            )
        }
        message.firsts = insights.firsts.map {
            FirstMessage(className: $0.className, source: $0.source, start: $0.start)
        }
        message.usualFirsts = insights.usualFirsts
        for source in sources { Self.add(source, to: &message) }
        if insights.daysBefore < Insights.leastDaysBefore {
            message.remarks.append(
                "Of the time before the last \(Insights.recentDays) days, \(insights.daysBefore) day(s) "
                    + "were listened to; \(Insights.leastDaysBefore) are needed to tell what is unusual."
            )
        }
        return message
    }

    private func hours(from store: EventStore) throws(StoreError) -> [HeardHours] {
        let count = Int(end.timeIntervalSince(start) / Self.hourSeconds)
        let edges = (0...count).map { start + Double($0) * Self.hourSeconds }
        let places = Dictionary(uniqueKeysWithValues: edges.enumerated().map { ($1, $0) })
        let bare = edges.dropLast().map { edge in
            let wall = zone.wallTime(at: edge)
            return HeardHour(start: edge, weekday: wall.weekday, hour: wall.hour, listened: 0)
        }
        var hours: [String: [HeardHour]] = [:]
        for bin in try store.coverage(inBins: edges, source: source) {
            guard let place = places[bin.start] else { continue }
            hours[bin.source, default: bare][place].listened = bin.totals.listenedFraction ?? 0
        }
        let counts = try store.eventCounts(inBins: edges, source: source, hidesWrong: true)
        for bin in counts where hours[bin.source] != nil {
            guard let place = places[bin.start] else { continue }
            hours[bin.source]?[place].events[bin.className] = bin.count
        }
        for bin in try store.levels(inBins: edges, source: source) where hours[bin.source] != nil {
            guard let place = places[bin.start], let laeq = bin.levels.laeq else { continue }
            hours[bin.source]?[place].laeq = laeq
        }
        return hours.sorted { $0.key < $1.key }.map { HeardHours(source: $0.key, hours: $0.value) }
    }

    /// What is heard at which hour of the week.
    private static func add(_ source: HeardHours, to message: inout InsightsMessage) {
        let week = Dictionary(grouping: source.hours) { 24 * $0.weekday + $0.hour }
        for (place, hours) in week.sorted(by: { $0.key < $1.key }) {
            message.listened.append(
                ListenedHourMessage(
                    source: source.source,
                    weekday: place / 24 + 1,
                    hour: place % 24,
                    listenedSeconds: hours.reduce(0) { $0 + $1.listened * hourSeconds }
                )
            )
            let counts = hours.reduce(into: [:]) { $0.merge($1.events, uniquingKeysWith: +) }
            for (name, count) in counts.sorted(by: { $0.key < $1.key }) {
                message.heard.append(
                    WeekHourMessage(
                        className: name,
                        source: source.source,
                        weekday: place / 24 + 1,
                        hour: place % 24,
                        count: count
                    )
                )
            }
        }
    }
}

extension WallTime {
    /// The day of the week, 0 for Monday, of a day since 1970.
    fileprivate var weekday: Int {
        // 1970-01-01 was a Thursday.
        Int((max(0, clockSeconds) / 86_400 + 3) % 7)
    }
}
