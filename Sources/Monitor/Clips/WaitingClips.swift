/// Joins clips with the numbers of their events, which come from different threads in any order,
/// and holds what can't be written yet: a pure value.
///
/// What waits is bounded; the oldest clips are dropped first. Events are not affected.
struct WaitingClips: Sendable {
    /// How many clips were dropped because too much waited.
    private(set) var droppedCount = 0
    /// The memory that waiting clips take at most, in bytes.
    private(set) var byteCount = 0

    private var clips: [ClipCut] = []
    private var rows = RecentRows()
    /// Keys of clips that were dropped before their event had a number.
    private var dropped: Set<EventKey> = []
    private var droppedIDs: [Int64] = []

    /// The memory that waiting clips may take, in bytes, beyond the newest of them.
    static let mostBytes = 64 << 20
    private static let mostDroppedKeys = 4_096

    /// How many clips wait.
    var count: Int { clips.count }

    /// Appends a clip; if too much waits then, the oldest are dropped.
    mutating func append(_ cut: ClipCut) {
        clips.append(cut)
        byteCount += cut.byteCount
        while byteCount > Self.mostBytes, clips.count > 1 {
            dropOldest()
        }
    }

    /// Adds the number that an event has in the history.
    mutating func identify(_ key: EventKey, as id: Int64) {
        if dropped.remove(key) != nil {
            droppedIDs.append(id)
        } else {
            rows.insert(id, for: key)
        }
    }

    /// Hands out the oldest clip whose event has a number.
    mutating func removeNext() -> (cut: ClipCut, id: Int64)? {
        for index in clips.indices {
            guard let id = rows.remove(clips[index].key) else { continue }
            let cut = clips.remove(at: index)
            byteCount -= cut.byteCount
            return (cut, id)
        }
        return nil
    }

    /// Hands out the numbers of the events whose clips were dropped, once each.
    mutating func removeDroppedIDs() -> [Int64] {
        defer { droppedIDs = [] }
        return droppedIDs
    }

    /// Drops all clips, because clips were turned off.
    mutating func removeAll() {
        clips = []
        byteCount = 0
    }

    private mutating func dropOldest() {
        let cut = clips.removeFirst()
        byteCount -= cut.byteCount
        droppedCount += 1
        if let id = rows.remove(cut.key) {
            droppedIDs.append(id)
        } else if dropped.count < Self.mostDroppedKeys {
            dropped.insert(cut.key)
        }
    }
}

/// The numbers of the last events by their keys; old ones are forgotten, so that events without a
/// clip do not add up.
struct RecentRows: Sendable {
    private var rows: [EventKey: Int64] = [:]
    private var order: [EventKey] = []
    private static let mostRows = 4_096

    /// Adds the number of an event.
    mutating func insert(_ id: Int64, for key: EventKey) {
        if rows.updateValue(id, forKey: key) == nil { order.append(key) }
        if order.count > 2 * Self.mostRows {
            order.removeAll { rows[$0] == nil }
        }
        while rows.count > Self.mostRows {
            rows[order.removeFirst()] = nil
        }
    }

    /// Hands out the number of an event, once.
    mutating func remove(_ key: EventKey) -> Int64? {
        rows.removeValue(forKey: key)
    }
}
