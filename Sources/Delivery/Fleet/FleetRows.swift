package import Foundation
package import Messages

/// A stretch of a source's time, as the history has it.
package struct FleetStretch: Sendable, Equatable {
    /// The number of its row.
    package var id: Int64
    /// The name of the source.
    package var source: String
    package var start: Date
    /// The end; that of the last stretch of a source becomes later.
    package var end: Date
    /// What became of the time, such as `listening`.
    package var state: String
    package var lostSamples: Int64
    /// Why it was not listened to; nil if it was.
    package var reason: String?

    /// Creates the stretch from its parts.
    package init(
        id: Int64,
        source: String,
        start: Date,
        end: Date,
        state: String,
        lostSamples: Int64 = 0,
        reason: String? = nil
    ) {
        self.id = id
        self.source = source
        self.start = start
        self.end = end
        self.state = state
        self.lostSamples = lostSamples
        self.reason = reason
    }
}

/// A row for the fleet's database, in a statement for many of them.
///
/// A row that is there already is changed only where it differs, so that sending again does nothing. Whose
/// it is the server knows.
protocol FleetRow {
    /// Writes the rows of the JSON array `$1`.
    static var statement: String { get }
    /// The row as an object whose keys are columns.
    var row: JSONValue { get }
    /// What it is called in a message.
    var name: String { get }
}

extension EventMessage: FleetRow {
    static let statement = """
        INSERT INTO fleet.event AS old (event_id, source, class, label, start_utc, end_utc,
            peak_score, mean_score, second_score, level_dbfs, model, labelled_utc, labelled_class,
            note)
        SELECT * FROM jsonb_to_recordset($1::jsonb) AS new (event_id bigint, source text,
            class text, label text, start_utc timestamptz, end_utc timestamptz,
            peak_score double precision, mean_score double precision,
            second_score double precision, level_dbfs double precision, model text,
            labelled_utc timestamptz, labelled_class text, note text)
        ON CONFLICT (box, event_id, start_utc) DO UPDATE SET end_utc = excluded.end_utc,
            peak_score = excluded.peak_score, mean_score = excluded.mean_score,
            second_score = excluded.second_score, level_dbfs = excluded.level_dbfs,
            labelled_utc = excluded.labelled_utc, labelled_class = excluded.labelled_class,
            note = excluded.note
        WHERE (old.end_utc, old.peak_score, old.mean_score, old.second_score, old.level_dbfs,
                old.labelled_utc, old.labelled_class, old.note)
            IS DISTINCT FROM (excluded.end_utc, excluded.peak_score, excluded.mean_score,
                excluded.second_score, excluded.level_dbfs, excluded.labelled_utc,
                excluded.labelled_class, excluded.note)
        """

    var row: JSONValue {
        .object([
            .init("event_id", .integer(id)),
            .init("source", .string(source)),
            .init("class", .string(className)),
            .init("label", .string(label)),
            .init("start_utc", .moment(start)),
            .init("end_utc", .moment(end)),
            .init("peak_score", .number(peakScore)),
            .init("mean_score", .number(meanScore)),
            .init("second_score", secondScore.map { .number($0) } ?? .null),
            .init("level_dbfs", levelDBFS.map { .number($0) } ?? .null),
            .init("model", .string(model)),
            .init("labelled_utc", .moment(userLabel?.labelledAt)),
            .init("labelled_class", .string(userLabel?.className)),
            .init("note", .string(userLabel?.note)),
        ])
    }

    var name: String { "the event \(id)" }
}

extension FleetStretch: FleetRow {
    /// After a step of the clock two stretches can begin at one moment: the longer one counts.
    static let statement = """
        INSERT INTO fleet.coverage AS old (source, start_utc, end_utc, state, lost_samples, reason)
        SELECT DISTINCT ON (source, start_utc) * FROM jsonb_to_recordset($1::jsonb) AS new
            (source text, start_utc timestamptz, end_utc timestamptz, state text,
            lost_samples bigint, reason text)
        ORDER BY source, start_utc, end_utc DESC
        ON CONFLICT (box, source, start_utc) DO UPDATE SET end_utc = excluded.end_utc,
            state = excluded.state, lost_samples = excluded.lost_samples, reason = excluded.reason
        WHERE excluded.end_utc >= old.end_utc
            AND (old.end_utc, old.state, old.lost_samples, old.reason) IS DISTINCT FROM
                (excluded.end_utc, excluded.state, excluded.lost_samples, excluded.reason)
        """

    var row: JSONValue {
        .object([
            .init("source", .string(source)),
            .init("start_utc", .moment(start)),
            .init("end_utc", .moment(end)),
            .init("state", .string(state)),
            .init("lost_samples", .integer(lostSamples)),
            .init("reason", .string(reason)),
        ])
    }

    var name: String { "the coverage of '\(source)' from \(UTCTimestamp.text(start))" }
}

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
