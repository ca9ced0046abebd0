/// The numbers of the last events by their keys; old ones are forgotten, so that events without a
/// clip do not add up.
struct RecentRows: Sendable {
    private var rows: [EventPlace: Int64] = [:]
    private var order: [EventPlace] = []
    private static let mostRows = 4_096

    /// Notes the number of an event.
    mutating func insert(_ id: Int64, for key: EventPlace) {
        if rows.updateValue(id, forKey: key) == nil { order.append(key) }
        if order.count > 2 * Self.mostRows {
            order.removeAll { rows[$0] == nil }
        }
        while rows.count > Self.mostRows {
            rows[order.removeFirst()] = nil
        }
    }

    /// Hands out the number of an event, once.
    mutating func remove(_ key: EventPlace) -> Int64? {
        rows.removeValue(forKey: key)
    }
}
