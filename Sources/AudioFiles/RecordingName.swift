package import Foundation

/// What a recording's file name says about when it began.
///
/// | name | its time |
/// |---|---|
/// | `20230501_043000.WAV`, also with a prefix (`GARDEN_20230501_043000.WAV`) or a trailing `T` | UTC, as AudioMoth recorders write it |
/// | `5E4AF3F8.WAV` | seconds since 1970 in hexadecimal, UTC, as early AudioMoths wrote it |
/// | `2023-05-01T04:30:00Z.wav`, `20230501T043000+0200.flac` | the zone that it names |
/// | `2023-05-01T04-30-00.wav`, `2023-05-01 04.30.00.wav`, `20230501T043000.wav` | local time |
///
/// A date that does not exist (month 13, 25 o'clock, 31 April) is no date.
package struct RecordingName: Equatable, Sendable {
    /// The file's name without folders and without its last extension.
    package let stem: String

    /// Takes the name from a path.
    package init(_ path: String) {
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        let dot = name.lastIndex(of: ".")
        // A dot inside a time (04.30.00) is no extension's.
        let isExtension = dot.map { !name[name.index(after: $0)...].allSatisfy(\.isNumber) }
        stem = isExtension == true ? dot.map { String(name[..<$0]) } ?? name : name
    }

    /// Works out the moment of the recording's first sample.
    ///
    /// - Parameter localTimeZone: The zone of ISO times that name none.
    /// - Returns: The moment; nil where the name tells none.
    package func startTime(localTimeZone: TimeZone) -> Date? {
        hexadecimalTime ?? writtenTime(localTimeZone: localTimeZone)
    }

    /// The seconds since 1970 of an early AudioMoth, from 2016 to 2037: other names of eight
    /// hexadecimal digits (`20230501`, `DEADBEEF`) fall outside.
    private var hexadecimalTime: Date? {
        guard stem.utf8.count == 8, let seconds = UInt32(stem, radix: 16),
            (0x5685_C180...0x7FFF_FFFF).contains(seconds)
        else { return nil }
        return Date(timeIntervalSince1970: Double(seconds))
    }

    /// A date and a time of day anywhere in the name.
    private func writtenTime(localTimeZone: TimeZone) -> Date? {
        // Most names tell no time, and few have the digits of one.
        guard stem.utf8.count(where: { (0x30...0x39).contains($0) }) >= 14 else { return nil }
        let pattern =
            /(?:^|[^0-9])(\d{4})(-?)(\d\d)\2(\d\d)([T_ ])(\d\d)([-:.]?)(\d\d)\7(\d\d)([.,]\d{1,9})?(Z|[+-]\d\d:?\d\d)?T?(?:$|[^0-9])/
        guard let match = stem.firstMatch(of: pattern) else { return nil }
        let fields = match.output
        let isAudioMothStyle = fields.2.isEmpty && fields.5 == "_" && fields.7.isEmpty
        let zone: TimeZone? =
            if let written = fields.11 {
                Self.zone(written)
            } else {
                isAudioMothStyle ? .gmt : localTimeZone
            }
        guard let zone else { return nil }
        let fraction = fields.10.flatMap { Double("0." + $0.dropFirst()) } ?? 0
        let numbers = [fields.1, fields.3, fields.4, fields.6, fields.8, fields.9].map { Int($0) }
        return Self.date(numbers, in: zone)?.addingTimeInterval(fraction)
    }

    /// The zone of `Z`, `+0200` or `-05:30`.
    private static func zone(_ text: Substring) -> TimeZone? {
        guard text != "Z" else { return .gmt }
        let digits = text.filter(\.isNumber)
        guard let hours = Int(digits.prefix(2)), let minutes = Int(digits.suffix(2)),
            minutes < 60
        else { return nil }
        let seconds = hours * 3_600 + minutes * 60
        return TimeZone(secondsFromGMT: text.hasPrefix("-") ? -seconds : seconds)
    }

    /// The moment of year, month, day, hour, minute and second, if there is such a one.
    private static func date(_ numbers: [Int?], in zone: TimeZone) -> Date? {
        let given = numbers.compactMap(\.self)
        guard given.count == 6 else { return nil }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let components = DateComponents(
            year: given[0],
            month: given[1],
            day: given[2],
            hour: given[3],
            minute: given[4],
            second: given[5]
        )
        guard (1...12).contains(given[1]), (1...31).contains(given[2]),
            (0...23).contains(given[3]), (0...59).contains(given[4]),
            (0...59).contains(given[5]), given[0] >= 1970,
            let date = calendar.date(from: components),
            calendar.component(.day, from: date) == given[2]
        else { return nil }
        return date
    }
}
