/// A date and a time of day as text, with the zone that it names.
///
/// ISO 8601 as programs write it: `2023-05-01T04:30:00.5+10:00`; a blank may be in place of the
/// `T`, the seconds and their decimals may be missing, and the zone may be `Z`, `+1000`, `+10` or
/// not be there.
package struct TimeText: Equatable, Sendable {
    /// What the clock shows.
    package let wall: WallTime
    /// How many seconds the zone is ahead of UTC; nil if none is named.
    package let secondsAhead: Int?

    /// Reads a text; nil if it has another form, or there is no such date or time of day.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count <= 48,
            let match = String(text).wholeMatch(
                of:
                    /(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)([.,]\d{1,9})?)? ?([Zz]|[+-]\d{1,2}(?::?\d\d)?)?/
            ),
            let year = Int(match.1), let month = Int(match.2), let day = Int(match.3),
            let hour = Int(match.4), let minute = Int(match.5),
            let second = match.6.map({ Int($0) }) ?? 0,
            let fraction = match.7.map({ Double("0." + $0.dropFirst()) }) ?? 0,
            let wall = WallTime(
                year: year,
                month: month,
                day: day,
                hour: hour,
                minute: minute,
                second: second,
                fraction: fraction
            )
        else { return nil }
        self.wall = wall
        guard let zone = match.8 else {
            secondsAhead = nil
            return
        }
        guard let seconds = zone == "Z" || zone == "z" ? 0 : ZoneOffset.seconds(zone) else {
            return nil
        }
        secondsAhead = seconds
    }
}
