import EventStore

/// Writes to the history in order, and keeps what can't be written now until it can.
///
/// A locked database or a full disk holds up nothing but itself: what waits is bounded, scores and
/// coverage go first, and events are never given up.
struct StoreBacklog {
    /// An operation that is in the database now.
    enum Written {
        /// An event began and has this row.
        case began(EventPlace, id: Int64)
        /// The event of this row is over.
        case finished(EventPlace, id: Int64)
    }

    /// Why nothing can be written at the moment; nil when all is well.
    private(set) var fault: StoreError?
    /// How many operations were given up because too many waited.
    private(set) var droppedOperations = 0

    private var waiting: [StoreOperation] = []
    private var rows: [EventPlace: Int64] = [:]
    private static let mostWaiting = 20_000

    /// How many operations wait.
    var count: Int { waiting.count }

    /// Appends an operation.
    mutating func append(_ operation: StoreOperation) {
        waiting.append(operation)
        guard waiting.count > Self.mostWaiting else { return }
        if let expendable = waiting.firstIndex(where: { !$0.isEssential }) {
            waiting.remove(at: expendable)
            droppedOperations += 1
        }
    }

    /// Writes what waits, up to the first thing that fails.
    ///
    /// - Returns: What of events is in the database now, in order.
    mutating func write(to store: EventStore) -> [Written] {
        var written: [Written] = []
        var done = 0
        fault = nil
        while done < waiting.count {
            do throws(StoreError) {
                if let result = try perform(waiting[done], on: store) { written.append(result) }
                done += 1
            } catch {
                fault = error
                break
            }
        }
        waiting.removeFirst(done)
        return written
    }

    private mutating func perform(
        _ operation: StoreOperation,
        on store: EventStore
    )
        throws(StoreError) -> Written?
    {
        switch operation {
        case .begin(let place, let event):
            let id = try store.begin(event)
            rows[place] = id
            return .began(place, id: id)
        case .finish(let place, let ending):
            guard let id = rows[place] else { return nil }
            do throws(StoreError) {
                try store.finish(id, with: ending)
            } catch .noSuchEvent {
                // Retention or a person removed the row meanwhile; there is nothing to end.
            }
            rows[place] = nil
            return .finished(place, id: id)
        case .coverage(let spans):
            try store.record(spans)
        case .scores(let block):
            try store.append(block)
        case .levels(let minute):
            try store.append(minute)
        }
        return nil
    }
}
