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
    /// What the user should know: clocks showed the time twice, or never.
    package let remark: String?

    /// How far a recorder's name and header may be apart.
    private static let agreementSeconds: Int64 = 60

    /// Decides by the metadata and the name; nil if neither tells a time.
    ///
    /// - Parameters:
    ///   - path: The file's path.
    ///   - metadata: What the file says.
    ///   - zone: The zone of times that name none; nil for what each convention says.
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
