/// How a feed ended.
enum FeedEnding: Equatable, Sendable {
    /// Everything there was has been written.
    case complete
    /// It can't go on, and why.
    case failed(reason: String)

    /// Why, if it failed.
    var reason: String? {
        switch self {
        case .complete: nil
        case .failed(let reason): reason
        }
    }
}
