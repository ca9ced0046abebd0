import Synchronization

/// Counts reports that nobody had time for.
final class DroppedReports: Sendable {
    private let total = Atomic(0)

    /// How many there were.
    var count: Int { total.load(ordering: .relaxed) }

    /// Counts one more.
    func add() {
        total.add(1, ordering: .relaxed)
    }
}
