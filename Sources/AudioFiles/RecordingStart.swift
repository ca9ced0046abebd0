package import Foundation
internal import Platform

/// When a recording began, and how that is known.
///
/// What names its zone comes first: GUANO, AudioMoth's comment, `wamd`, a date tag, the file's
/// name. Without a zone the recorder's own metadata comes before the name, whose digits may be in
/// any zone; Broadcast Wave's date, which programs that export a file write anew, only where it
/// agrees with the name or there is no time in it.
package struct RecordingStart: Equatable, Sendable {
    /// What says when it was.
    package enum Source: String, Sendable {
        case guano
        case audioMoth = "audiomoth"
        case wamd
        case broadcastWave = "bext"
        case tag = "date_tag"
        case name
    }

    /// How the zone is known.
    package enum ZoneSource: Sendable {
        /// It stands beside the time.
        case written
        /// The user gave it.
        case given
        /// By convention it is the machine's.
        case local
        /// By AudioMoth's convention it is UTC.
        case audioMothConvention
    }

    /// The moment of the first sample.
    package let moment: Date
    /// What says so.
    package let source: Source
    /// How the zone is known.
    package let zoneSource: ZoneSource
    /// A remark if clocks showed the time twice, or never.
    package let remark: String?

    /// How far a recorder's name and header may be apart.
    private static let agreementSeconds: Int64 = 60

    /// Decides by the metadata and the name; nil if neither tells a time.
    ///
    /// - Parameters:
    ///   - path: The file's path.
    ///   - metadata: What the file says.
    ///   - zone: The zone of times without one; nil for each convention's default.
    init?(path: String, metadata: RecordingMetadata, zone: Zone?) {
        let name = RecordingName(path).time
        let zoned: [(Source, TimeText?)] = [
            (.guano, metadata.guano), (.audioMoth, metadata.audioMoth), (.wamd, metadata.wamd),
            (.tag, metadata.tag),
        ]
        for case (let source, let time?) in zoned {
            guard let ahead = time.secondsAhead else { continue }
            self.init(time.wall, .fixed(secondsAhead: ahead), source, .written, path)
            return
        }
        if let name, let ahead = name.secondsAhead {
            self.init(name.wall, .fixed(secondsAhead: ahead), .name, .written, path)
            return
        }
        let recorder: (Source, TimeText?) =
            metadata.guano == nil ? (.wamd, metadata.wamd) : (.guano, metadata.guano)
        if case (let source, let time?) = recorder {
            self.init(time.wall, zone ?? .local, source, zone == nil ? .local : .given, path)
            return
        }
        if let wall = metadata.broadcastWave,
            name.map({ Self.agree($0.wall, wall) }) ?? true
        {
            self.init(
                wall,
                zone ?? .local,
                .broadcastWave,
                zone == nil ? .local : .given,
                path
            )
            return
        }
        if let name {
            let convention: (Zone, ZoneSource) =
                name.isAudioMothStyle ? (.utc, .audioMothConvention) : (.local, .local)
            self.init(
                name.wall,
                zone ?? convention.0,
                .name,
                zone == nil ? convention.1 : .given,
                path
            )
            return
        }
        guard let tag = metadata.tag else { return nil }
        self.init(tag.wall, zone ?? .local, .tag, zone == nil ? .local : .given, path)
    }

    private init(
        _ wall: WallTime,
        _ zone: Zone,
        _ source: Source,
        _ zoneSource: ZoneSource,
        _ path: String
    ) {
        let reading = ClockReading(of: wall, in: zone)
        moment = reading.first
        self.source = source
        self.zoneSource = zoneSource
        remark = reading.remark(
            on: "\(wall.dateText) \(wall.timeText)",
            taken: reading.first,
            in: zone
        ).map { "'\(path)': \($0)" }
    }

    private static func agree(_ first: WallTime, _ second: WallTime) -> Bool {
        abs(first.clockSeconds - second.clockSeconds) <= agreementSeconds
    }
}

/// What a recording's file name says about when it began.
///
/// | name | its time |
/// |---|---|
/// | `20230501_043000.WAV`, also with a prefix (`GARDEN_20230501_043000.WAV`) or a trailing `T` | UTC where nothing says otherwise, as AudioMoth recorders write it |
/// | `5E4AF3F8.WAV` | seconds since 1970 in hexadecimal, UTC, as early AudioMoths wrote it |
/// | `2023-05-01T04:30:00Z.wav`, `20230501T043000+0200.flac` | the zone that it names |
/// | `2023-05-01T04-30-00.wav`, `2023-05-01 04.30.00.wav`, `20230501T043000.wav` | local time |
///
/// A date that does not exist (month 13, 25 o'clock, 31 April) is not a date.
package struct RecordingName: Equatable, Sendable {
    /// The file's name without folders and without its last extension.
    package let stem: String

    /// A time in a name.
    struct Time: Equatable, Sendable {
        /// What the clock showed.
        let wall: WallTime
        /// How far the zone that the name gives is ahead of UTC; nil if it gives none.
        let secondsAhead: Int?
        /// Whether the name has the form in which AudioMoths write UTC.
        let isAudioMothStyle: Bool
    }

    /// Takes the name from a path.
    package init(_ path: String) {
        let name = PathText.lastPart(of: path)
        let dot = name.lastIndex(of: ".")
        // A dot inside a time (04.30.00) does not begin an extension.
        let isExtension = dot.map { !name[name.index(after: $0)...].allSatisfy(\.isNumber) }
        stem = isExtension == true ? dot.map { String(name[..<$0]) } ?? name : name
    }

    /// The time in the name; nil where it tells none.
    var time: Time? { hexadecimalTime ?? writtenTime }

    /// The seconds since 1970 of an early AudioMoth, from 2016 to 2037: other names of eight
    /// hexadecimal digits (`20230501`, `DEADBEEF`) fall outside.
    private var hexadecimalTime: Time? {
        guard stem.utf8.count == 8, let seconds = UInt32(stem, radix: 16),
            (0x5685_C180...0x7FFF_FFFF).contains(seconds)
        else { return nil }
        return Time(
            wall: WallTime(clockSeconds: Int64(seconds)),
            secondsAhead: 0,
            isAudioMothStyle: false
        )
    }

    /// A date and a time of day anywhere in the name.
    private var writtenTime: Time? {
        // Most names tell no time, and few have the digits of one.
        guard stem.utf8.count(where: { (0x30...0x39).contains($0) }) >= 14 else { return nil }
        let pattern =
            /(?:^|[^0-9])(\d{4})(-?)(\d\d)\2(\d\d)([T_ ])(\d\d)([-:.]?)(\d\d)\7(\d\d)([.,]\d{1,9})?(Z|[+-]\d\d:?\d\d)?T?(?:$|[^0-9])/
        guard let match = stem.firstMatch(of: pattern) else { return nil }
        let fields = match.output
        let numbers = [fields.1, fields.3, fields.4, fields.6, fields.8, fields.9]
            .compactMap { Int($0) }
        let fraction = fields.10.flatMap { Double("0." + $0.dropFirst()) } ?? 0
        guard numbers.count == 6, (Self.earliestYear...).contains(numbers[0]), numbers[3] < 24,
            let wall = WallTime(
                year: numbers[0],
                month: numbers[1],
                day: numbers[2],
                hour: numbers[3],
                minute: numbers[4],
                second: numbers[5],
                fraction: fraction
            )
        else { return nil }
        var secondsAhead: Int?
        if let written = fields.11 {
            guard let seconds = written == "Z" ? 0 : ZoneOffset.seconds(written) else { return nil }
            secondsAhead = seconds
        }
        return Time(
            wall: wall,
            secondsAhead: secondsAhead,
            isAudioMothStyle: fields.2.isEmpty && fields.5 == "_" && fields.7.isEmpty
        )
    }

    /// No recording has an earlier date; other numbers often start lower.
    private static let earliestYear = 1_900
}
