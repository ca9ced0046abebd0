package import Foundation
package import Messages

/// Where the shipper finds what is to be shipped.
package struct FleetHistory: Sendable {
    /// The number of the last event; 0 without one.
    package var lastEventID: @Sendable () throws -> Int64
    /// The first events with a number above one, those that go on too, in the order of numbers.
    package var events: @Sendable (_ after: Int64, _ limit: Int) throws -> [EventMessage]
    /// Events by their numbers; without those that are gone.
    package var numbered: @Sendable (_ numbers: [Int64]) throws -> [EventMessage]
    /// How many events have a number above one.
    package var count: @Sendable (_ after: Int64) throws -> Int
    /// The events that a user labelled after a moment, in the order of that.
    package var labelled: @Sendable (_ after: Date) throws -> [EventMessage]
    /// The first stretches with a number above one, in the order of numbers.
    package var stretches: @Sendable (_ after: Int64, _ limit: Int) throws -> [FleetStretch]
    /// Stretches by their numbers; without those that are gone.
    package var stretchesNumbered: @Sendable (_ numbers: [Int64]) throws -> [FleetStretch]

    /// Creates the value from its functions.
    package init(
        lastEventID: @escaping @Sendable () throws -> Int64,
        events: @escaping @Sendable (_ after: Int64, _ limit: Int) throws -> [EventMessage],
        numbered: @escaping @Sendable (_ numbers: [Int64]) throws -> [EventMessage],
        count: @escaping @Sendable (_ after: Int64) throws -> Int,
        labelled: @escaping @Sendable (_ after: Date) throws -> [EventMessage],
        stretches: @escaping @Sendable (_ after: Int64, _ limit: Int) throws -> [FleetStretch],
        stretchesNumbered: @escaping @Sendable (_ numbers: [Int64]) throws -> [FleetStretch]
    ) {
        self.lastEventID = lastEventID
        self.events = events
        self.numbered = numbered
        self.count = count
        self.labelled = labelled
        self.stretches = stretches
        self.stretchesNumbered = stretchesNumbered
    }
}

/// How far the history was shipped.
struct FleetProgress: Codable, Sendable, Equatable {
    /// The last stretch of a source, which still grows.
    struct Growing: Codable, Sendable, Equatable {
        var id: Int64
        var source: String
        /// The end up to which it was shipped, in milliseconds since 1970.
        var end: Int64
    }

    /// The number of the last event that was shipped.
    var last: Int64 = 0
    /// Its onset, in milliseconds since 1970: another event of its number is of another history.
    var lastStart: Int64?
    /// The events that were shipped while they went on.
    var open: Set<Int64> = []
    /// When the last label that was shipped was given, in milliseconds since 1970.
    var labelled: Int64 = 0
    /// The number of the last stretch that was shipped.
    var stretch: Int64 = 0
    /// The last stretch of each source.
    var growing: [Growing] = []

    /// Remembers events that were shipped.
    mutating func add(_ events: [EventMessage]) {
        for event in events where event.end == nil { open.insert(event.id) }
        guard let newest = events.last else { return }
        last = newest.id
        lastStart = newest.start.milliseconds
    }

    /// Remembers stretches that were shipped; a source's last one may grow on.
    mutating func add(_ stretches: [FleetStretch]) {
        for stretch in stretches {
            growing.removeAll { $0.source == stretch.source }
            growing.append(
                Growing(id: stretch.id, source: stretch.source, end: stretch.end.milliseconds)
            )
            self.stretch = max(self.stretch, stretch.id)
        }
    }
}
