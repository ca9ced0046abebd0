package import AudioFiles
import Detection
package import EventStore
package import Foundation
package import Messages
package import Settings

/// Of which events the sound is kept, and where.
package struct ClipPolicy: Sendable {
    /// Where the clips are.
    package var folder: ClipFolder
    /// What is kept, and for how long.
    package var settings: ClipSettings
    /// Whether existing clips are removed when clips are off.
    package var removesAll: Bool

    /// Joins the three.
    package init(folder: ClipFolder, settings: ClipSettings, removesAll: Bool) {
        self.folder = folder
        self.settings = settings
        self.removesAll = removesAll
    }

    /// What a configuration says.
    ///
    /// Clips that are there go if the configuration itself says `none`; that nothing is said, for
    /// instance because the file is missing, must cost nobody their recordings.
    package init(configuration: MonitorConfiguration, folder path: String) {
        self.init(
            folder: ClipFolder(path: path),
            settings: configuration.clips,
            removesAll: configuration.clips.keep == .none
                && configuration.origin(of: "clips.keep") != .builtIn
        )
    }
}

/// Which clips have to go: a pure value over the settings.
///
/// Age comes first, then what single classes may take, then what all may take, then what the disk
/// must have free. Where space is the reason, the oldest day goes first, and of a day the least
/// certain clips.
package struct ClipRetention: Sendable {
    private let settings: ClipSettings

    private static let secondsPerDay: Double = 86_400

    /// Creates the decision for some settings.
    package init(settings: ClipSettings) {
        self.settings = settings
    }

    /// How long clips of a class are kept, in days; nil: without end.
    package func days(ofClass className: String) -> Int? {
        settings.classes[className]?.maxDays ?? settings.maxDays
    }

    /// The fewest days after which a clip of some class may be too old; nil: none ever is.
    package var fewestDays: Int? {
        (settings.classes.values.map(\.maxDays) + [settings.maxDays]).compactMap(\.self).min()
    }

    /// Whether a clip is too old.
    package func isExpired(_ clip: StoredClip, now: Date) -> Bool {
        guard let days = days(ofClass: clip.className) else { return false }
        return clip.start < now - Double(days) * Self.secondsPerDay
    }

    /// A clip whose event and class are not known is too old if it was written before this; nil: it
    /// never is.
    package func oldestStray(now: Date) -> Date? {
        settings.maxDays.map { now - Double($0) * Self.secondsPerDay }
    }

    /// How many bytes have to go of a class's own clips.
    package func excess(ofClass className: String, taking bytes: Int64) -> Int64 {
        guard let most = settings.classes[className]?.maxSizeBytes else { return 0 }
        return max(0, bytes - most)
    }

    /// How many bytes have to go, of whatever class.
    ///
    /// - Parameters:
    ///   - bytes: What all clips take.
    ///   - free: What is free on their disk; nil if that is not known.
    ///   - coming: What is about to be written.
    /// - Returns: Bytes; 0 if nothing has to go.
    package func excess(taking bytes: Int64, free: Int64?, coming: Int64 = 0) -> Int64 {
        let overSize = bytes + coming - settings.maxSizeBytes
        let overFree = free.map { settings.minFreeBytes + coming - $0 } ?? 0
        return max(0, overSize, overFree)
    }

    /// The first of some clips that together have at least so many bytes.
    package static func first(_ clips: [StoredClip], coveringBytes bytes: Int64) -> [StoredClip] {
        var covered: Int64 = 0
        return Array(
            clips.prefix { clip in
                defer { covered += clip.byteCount }
                return covered < bytes
            }
        )
    }
}

/// Which clips of a source are cut, and how they get from the thread that cuts them to the keeper.
struct ClipDelivery: Sendable {
    /// The source.
    let source: SourceIndex
    /// Which clips are cut.
    var settings: ClipSettings
    /// Hands a clip over, without waiting for anything.
    let deliver: @Sendable (ClipCut) -> Void

    /// By what an event of one of the source's models is known.
    func key(of event: DetectedEvent, model: ModelSlot) -> EventKey {
        EventKey(source: source, model: model, number: event.number)
    }
}

/// How the clips are, as `status` shows it.
package struct ClipCondition: Equatable, Sendable {
    /// Which events get a clip.
    package var keep = ClipSettings.Keep.none
    /// How many clips are kept.
    package var count = 0
    /// What they take, in bytes.
    package var byteCount: Int64 = 0
    /// What they may take, in bytes.
    package var maxByteCount: Int64 = 0
    /// How many clips were written since the start.
    package var written: Int64 = 0
    /// How many wait in memory to be written.
    package var waiting = 0
    /// How many were lost since the start, because they could not be written in time.
    package var dropped: Int64 = 0
    /// How many were removed since the start, by age or for space.
    package var expired: Int64 = 0
    /// Why the last clip could not be written; nil when all is well.
    package var fault: String?

    /// Creates an empty condition.
    package init() {}
}

extension ClipCondition {
    /// The condition as the API gives it.
    package var message: ClipStatusMessage {
        ClipStatusMessage(
            keep: keep.rawValue,
            count: count,
            sizeBytes: byteCount,
            maxSizeBytes: maxByteCount,
            written: written,
            waiting: waiting,
            dropped: dropped,
            expired: expired,
            fault: fault
        )
    }

    /// Why clips are not written yet, though nothing is wrong with their folder.
    ///
    /// - Parameter historyFault: Why the history can't be written; nil if it can.
    /// - Returns: A line for people; nil if no clip waits for that.
    func wait(historyFault: StoreError?) -> String? {
        guard historyFault != nil, waiting > 0 else { return nil }
        return "\(waiting) clip(s) wait in memory until the event history can be written."
    }

    /// Warnings for people.
    package var warnings: [String] {
        var warnings: [String] = []
        if let fault {
            warnings.append(
                "Clips cannot be written (\(dropped) lost so far); their events are stored. \(fault)"
            )
        }
        if keep == .none, count > 0 {
            warnings.append(
                "Clips are off, but \(count) earlier clips exist. "
                    + "Set 'keep: none' under 'clips:' to remove them, or delete them."
            )
        }
        return warnings
    }
}
