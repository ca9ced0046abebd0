package import Foundation
import Glibc

/// A zone of time: how far its clocks are ahead of UTC at a moment.
package enum Zone: Equatable, Sendable {
    /// The machine's, as the C library understands it: `TZ` in every form that it knows, else
    /// `/etc/localtime`. Foundation knows only names.
    case local
    /// So many seconds ahead of UTC at any time.
    case fixed(secondsAhead: Int)
    /// A zone of the IANA database.
    case named(TimeZone)

    /// Coordinated universal time.
    package static let utc = Zone.fixed(secondsAhead: 0)

    /// Reads a zone as users write it: `local`, `UTC`, `+10:00`, `Europe/Berlin`.
    package init?(_ text: String) {
        switch text {
        case "local": self = .local
        case "UTC", "utc", "Z", "GMT": self = .utc
        default:
            let offset = text.hasPrefix("UTC") ? text.dropFirst(3) : text[...]
            if let seconds = ZoneOffset.seconds(offset) {
                self = .fixed(secondsAhead: seconds)
            } else if text.contains("/") || TimeZone.knownTimeZoneIdentifiers.contains(text),
                let zone = TimeZone(identifier: text)
            {
                self = .named(zone)
            } else {
                return nil
            }
        }
    }

    /// How many seconds the zone's clocks are ahead of UTC.
    package func secondsAhead(at moment: Date) -> Int {
        switch self {
        case .local: Self.systemTime(at: moment).secondsAhead
        case .fixed(let seconds): seconds
        case .named(let zone): zone.secondsFromGMT(for: moment)
        }
    }

    /// What the zone's clocks show.
    package func wallTime(at moment: Date) -> WallTime {
        let whole = moment.timeIntervalSince1970.rounded(.down)
        return WallTime(
            clockSeconds: Int64(whole) + Int64(secondsAhead(at: moment)),
            fraction: moment.timeIntervalSince1970 - whole
        )
    }

    /// What the zone is called and how far it is ahead of UTC, such as `CET, +01:00`; `UTC`, or
    /// `+03:00` alone where it has no name in letters.
    package func label(at moment: Date) -> String {
        let seconds = secondsAhead(at: moment)
        let offset = ZoneOffset.text(seconds)
        let name =
            switch self {
            case .local: Self.systemTime(at: moment).name
            case .fixed: seconds == 0 ? "UTC" : ""
            case .named(let zone): zone.abbreviation(for: moment) ?? ""
            }
        guard name.unicodeScalars.first?.properties.isAlphabetic == true else { return offset }
        return name == "UTC" && seconds == 0 ? name : "\(name), \(offset)"
    }

    private static let isSetUp: Void = tzset()

    private static func systemTime(at moment: Date) -> (secondsAhead: Int, name: String) {
        _ = isSetUp
        // Years of which the C library can't work out the date have no zone either.
        let seconds = moment.timeIntervalSince1970.rounded(.down)
        var time = time_t(max(-1e15, min(1e15, seconds)))
        var parts = tm()
        guard localtime_r(&time, &parts) != nil else { return (0, "UTC") }
        return (parts.tm_gmtoff, parts.tm_zone.map { String(cString: $0) } ?? "")
    }
}

/// Distances from UTC as text.
package enum ZoneOffset {
    /// Seconds as `+10:00`, or `+00:53:28` where they are no whole minutes.
    package static func text(_ seconds: Int) -> String {
        let distance = abs(seconds)
        let (hours, minutes) = (distance / 3_600, distance / 60 % 60)
        let rest = distance % 60 == 0 ? "" : ":" + WallTime.padded(distance % 60, 2)
        return (seconds < 0 ? "-" : "+") + WallTime.padded(hours, 2) + ":"
            + WallTime.padded(minutes, 2) + rest
    }

    /// Reads `+10:00`, `+1000`, `+10`, `-2:30`, less than 24 hours; nil for anything else.
    package static func seconds(_ text: some StringProtocol) -> Int? {
        let digits = text.utf8.dropFirst().filter { $0 != UInt8(ascii: ":") }
        guard let sign = text.utf8.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
            (1...4).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let match = String(text.dropFirst()).wholeMatch(of: /(\d{1,2})(?::?(\d\d))?/),
            let hours = Int(match.1), hours < 24,
            let minutes = match.2.map({ Int($0) }) ?? 0, minutes < 60
        else { return nil }
        return (sign == UInt8(ascii: "-") ? -1 : 1) * (hours * 3_600 + minutes * 60)
    }
}

/// The moments at which the clocks of a zone show a time.
package struct ClockReading: Equatable, Sendable {
    /// How often the clocks show it.
    package enum Kind: Sendable {
        /// Once, as nearly every time.
        case once
        /// Twice: clocks went back over it.
        case twice
        /// Never: clocks went forward over it.
        case never
    }

    /// How often.
    package let kind: Kind
    /// The first moment.
    ///
    /// For a time that was left out, the one that it would have been without the change: 02:30 is
    /// what the clocks then show as 03:30.
    package let first: Date
    /// The last moment; differs from the first where there are two.
    package let last: Date

    /// Works out the moments.
    package init(of wall: WallTime, in zone: Zone) {
        func date(_ secondsAhead: Int) -> Date {
            Date(
                timeIntervalSince1970: Double(wall.clockSeconds - Int64(secondsAhead))
                    + wall.fraction
            )
        }
        // Clocks change at most once in two days, and no zone is a day away from UTC.
        let guess = date(0)
        let (before, after) = (
            zone.secondsAhead(at: guess - 86_400), zone.secondsAhead(at: guess + 86_400)
        )
        let fitting = (before == after ? [before] : [before, after])
            .filter { zone.secondsAhead(at: date($0)) == $0 }.map(date).sorted()
        kind =
            switch fitting.count {
            case 0: .never
            case 1: .once
            default: .twice
            }
        first = fitting.first ?? date(before)
        last = fitting.last ?? date(before)
    }

    /// A remark on a time that clocks did not show exactly once.
    ///
    /// - Parameters:
    ///   - text: How the time was written.
    ///   - taken: Which moment is taken for it.
    ///   - zone: The zone.
    /// - Returns: A sentence or two; nil for a time that clocks showed once.
    package func remark(on text: String, taken: Date, in zone: Zone) -> String? {
        let wall = zone.wallTime(at: taken)
        let meaning = "\(wall.dateText) \(wall.timeText) (\(zone.label(at: taken)))"
        return switch kind {
        case .once: nil
        case .twice:
            "'\(text)' occurs twice because clocks go back. "
                + "Using the \(taken == first ? "first" : "second"): \(meaning)."
        case .never: "'\(text)' does not exist because clocks go forward. Using \(meaning)."
        }
    }
}
