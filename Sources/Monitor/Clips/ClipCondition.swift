import EventStore
package import Messages
package import Settings

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
