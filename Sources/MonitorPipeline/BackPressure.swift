/// Decides how far apart windows are while the machine can't keep up: a pure value.
///
/// What is watched is the sound that waits in the ring. When more than ``growAboveSeconds`` waits,
/// the distance between two windows doubles, and doubles again until it is
/// ``greatestStride`` hops; after a while in which next to nothing waits it is halved again. Every
/// halving that had to be taken back makes that while twice as long, so that a machine which is a
/// little too slow does not swing to and fro.
package struct BackPressure: Equatable, Sendable {
    /// How many hops lie between two windows; 1 while the machine keeps up.
    package private(set) var stride = 1

    /// Sound that waits, in seconds, above which the hop grows.
    package static let growAboveSeconds = 1.0
    /// Sound that waits, in seconds, below which the machine keeps up.
    package static let easeBelowSeconds = 0.25
    /// The most hops between two windows.
    package static let greatestStride = 16

    /// Time for a change to show before the next, in seconds of sound.
    private static let settleSeconds = 0.5
    private static let shortestHoldSeconds = 10.0
    private static let longestHoldSeconds = 640.0

    /// How long the machine must keep up before the hop shrinks.
    private var holdSeconds = shortestHoldSeconds
    private var secondsOfEase = 0.0
    private var secondsSinceChange = settleSeconds
    private var hasJustShrunk = false

    /// Creates a value for a machine that keeps up.
    package init() {}

    /// Takes note of how much sound waits.
    ///
    /// - Parameters:
    ///   - waitingSeconds: Sound in the ring that is not analysed yet, in seconds.
    ///   - elapsedSeconds: Sound analysed since the last call, in seconds.
    /// - Returns: Whether ``stride`` has changed.
    package mutating func observe(waitingSeconds: Double, elapsedSeconds: Double) -> Bool {
        secondsSinceChange += elapsedSeconds
        secondsOfEase =
            waitingSeconds < Self.easeBelowSeconds ? secondsOfEase + elapsedSeconds : 0
        if hasJustShrunk, secondsSinceChange > holdSeconds {
            // The smaller hop has lasted: it was no mistake.
            hasJustShrunk = false
            holdSeconds = max(Self.shortestHoldSeconds, holdSeconds / 2)
        }
        if waitingSeconds > Self.growAboveSeconds { return grow() }
        if secondsOfEase >= holdSeconds { return shrink() }
        return false
    }

    private mutating func grow() -> Bool {
        guard stride < Self.greatestStride, secondsSinceChange >= Self.settleSeconds else {
            return false
        }
        if hasJustShrunk { holdSeconds = min(Self.longestHoldSeconds, holdSeconds * 2) }
        change(to: stride * 2)
        hasJustShrunk = false
        return true
    }

    private mutating func shrink() -> Bool {
        guard stride > 1 else { return false }
        change(to: stride / 2)
        hasJustShrunk = true
        return true
    }

    private mutating func change(to stride: Int) {
        self.stride = stride
        secondsSinceChange = 0
        secondsOfEase = 0
    }
}
