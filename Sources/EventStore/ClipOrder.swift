/// Which of the clips come first.
package enum ClipOrder: Sendable {
    /// By the onset of the event.
    case oldestFirst
    /// In the order in which they may go: the oldest day first, in it the least certain first.
    case mostExpendableFirst

    /// The terms of the order, which are constants.
    var sql: String {
        switch self {
        case .oldestFirst: "start_utc_ms, event.id"
        case .mostExpendableFirst:
            "start_utc_ms / \(millisecondsPerDay), peak_score, start_utc_ms, event.id"
        }
    }
}
