/// How long to wait before the next attempt to open a device that is away.
///
/// Quick at first, since most absences are a restarting sound server or a loose plug; never more
/// than 30 s, since the box must not stay deaf long after its microphone is back.
struct ReopenBackoff: Sendable, Equatable {
    static let firstMilliseconds = 250
    static let longestMilliseconds = 30_000

    private var next = firstMilliseconds

    /// The time to wait now; the one after it is twice as long, up to the longest.
    mutating func nextMilliseconds() -> Int {
        let wait = next
        next = min(next * 2, Self.longestMilliseconds)
        return wait
    }

    /// Starts over, after samples have arrived.
    mutating func reset() {
        next = Self.firstMilliseconds
    }
}
