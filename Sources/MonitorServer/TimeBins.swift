import Foundation
import Messages
import Platform

/// Minutes, hours, days, weeks or months of a zone's clocks, one after the other.
struct TimeBins: Sendable {
    /// The length of a bin.
    enum Length: String {
        case minute, hour, day, week, month

        /// How far back bins go unless a request says otherwise, in seconds.
        var defaultPeriod: TimeInterval {
            switch self {
            case .minute: 3_600
            case .hour: 86_400
            case .day: 30 * 86_400
            case .week: 26 * 7 * 86_400
            case .month: 365 * 86_400
            }
        }
    }

    /// The most bins that one answer is made of: a year of hours.
    static let maxCount = 8_800

    /// How long they are.
    let length: Length
    /// The name of the zone.
    let zoneName: String
    /// The beginning of each and the end of the last.
    let edges: [Date]

    /// When the first begins.
    var from: Date { edges[0] }
    /// When the last ends.
    var to: Date { edges[edges.count - 1] }

    /// Reads `since`, `until`, `by` and `time_zone`; nil without `by`.
    ///
    /// Bins are whole: the first begins before `since` and the last ends after `until` if these lie
    /// within one.
    /// - Parameters:
    ///   - query: The request's query.
    ///   - lengths: Those that the route knows.
    ///   - now: The present; the last bin is the one that holds it, if not an earlier one.
    /// - Throws: `APIError` for a value that can't be used.
    init?(_ query: QueryReader, lengths: [Length], now: Date) throws(APIError) {
        let zone = try Self.zone(named: try query.one("time_zone"))
        guard let word = try query.word("by", of: lengths.map(\.rawValue)),
            let length = Length(rawValue: word)
        else {
            guard try query.one("time_zone") == nil else {
                throw .invalidValue("time_zone: give 'by' too, which it is for.")
            }
            return nil
        }
        let until = min(now, try query.moment("until", now: now) ?? now)
        let since = try query.moment("since", now: now) ?? until - length.defaultPeriod
        guard since <= until else {
            throw .invalidValue(
                "since (\(UTCTimestamp.text(since))) is later than until "
                    + "(\(UTCTimestamp.text(until)))."
            )
        }
        self.length = length
        zoneName = Self.name(of: zone, at: now)
        edges = try Self.edges(from: since, to: until, by: length, in: zone)
    }

    /// The same bins, of which the last ends now if it is not over.
    func edges(endingBefore now: Date) -> [Date] {
        var edges = edges
        edges[edges.count - 1] = max(from, min(to, now))
        return edges
    }

    private static func edges(
        from since: Date,
        to until: Date,
        by length: Length,
        in zone: Zone
    ) throws(APIError) -> [Date] {
        var edges = [length.beginning(of: since, in: zone)]
        repeat {
            guard edges.count <= maxCount else {
                throw .invalidValue(
                    "since: more than \(maxCount) bins by \(length.rawValue); "
                        + "ask for a shorter time or longer bins."
                )
            }
            edges.append(length.end(ofBinFrom: edges[edges.count - 1], in: zone))
        } while edges[edges.count - 1] < until
        return edges
    }

    static func zone(named name: String?) throws(APIError) -> Zone {
        guard let name else { return .local }
        guard let zone = Zone(name) else {
            throw .invalidValue(
                "time_zone: unknown zone '\(name)'. Give a name such as 'Europe/Berlin', 'UTC', or "
                    + "an offset such as '+01:00'."
            )
        }
        return zone
    }

    /// A name by which a client can find the zone too; the offset where the machine's has none.
    static func name(of zone: Zone, at now: Date) -> String {
        switch zone {
        case .named(let zone): return zone.identifier
        case .fixed(let seconds): return seconds == 0 ? "UTC" : ZoneOffset.text(seconds)
        case .local:
            let seconds = zone.secondsAhead(at: now)
            let named = TimeZone.current
            guard named.secondsFromGMT(for: now) != seconds || named.identifier == "GMT" else {
                return named.identifier
            }
            return seconds == 0 ? "UTC" : ZoneOffset.text(seconds)
        }
    }
}

extension TimeBins.Length {
    /// When the bin that holds a moment begins.
    fileprivate func beginning(of moment: Date, in zone: Zone) -> Date {
        if let seconds { return Self.multiple(of: seconds, before: moment, in: zone) }
        return date(of: firstDay(of: zone.wallTime(at: moment)), in: zone)
    }

    /// When a bin ends.
    fileprivate func end(ofBinFrom start: Date, in zone: Zone) -> Date {
        if let seconds {
            // Clocks that change by half an hour make a shorter hour.
            return Self.multiple(of: seconds, before: start + seconds, in: zone)
        }
        let longest = [Self.day: 1, .week: 7, .month: 31][self] ?? 1
        // Any day of the next bin will do: half a day spares the change of clocks.
        let later = zone.wallTime(at: start + 43_200).startOfDay(addingDays: longest)
        return date(of: firstDay(of: later), in: zone)
    }

    /// The length of those that are no days, in seconds.
    private var seconds: TimeInterval? {
        switch self {
        case .minute: 60
        case .hour: 3_600
        case .day, .week, .month: nil
        }
    }

    private func firstDay(of wall: WallTime) -> WallTime {
        switch self {
        case .minute, .hour, .day: wall.startOfDay()
        // 1970-01-01 was a Thursday; a week begins on Monday.
        case .week: wall.startOfDay(addingDays: -((wall.dayNumber + 3) % 7))
        case .month: wall.startOfDay(addingDays: 1 - wall.day)
        }
    }

    private func date(of wall: WallTime, in zone: Zone) -> Date {
        ClockReading(of: wall, in: zone).first
    }

    /// The last moment, up to this one, at which the zone's clocks show whole minutes or hours.
    private static func multiple(
        of seconds: TimeInterval,
        before moment: Date,
        in zone: Zone
    ) -> Date {
        let ahead = Double(zone.secondsAhead(at: moment))
        let wall = moment.timeIntervalSince1970 + ahead
        return Date(timeIntervalSince1970: (wall / seconds).rounded(.down) * seconds - ahead)
    }
}

extension WallTime {
    /// Days since 1970-01-01, of a day after it.
    fileprivate var dayNumber: Int { Int(max(0, clockSeconds) / 86_400) }
}
