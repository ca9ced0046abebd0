/// How one class's scores become events.
package struct ClassRule: Equatable, Sendable {
    /// Whether the class is reported at all.
    package var isEnabled = true
    /// The number of windows whose mean is the smoothed score, 1 or more.
    package var smoothingWindows = 3
    /// The smoothed score at which an event opens, 0...1.
    package var on: Float = 0.8
    /// The smoothed score under which it closes, 0...1, at most `on`.
    package var off: Float = 0.5
    /// Events shorter than this are dropped, in seconds.
    package var minDurationSeconds: Double = 0.1
    /// Sounds nearer to one another than this become one event, in seconds.
    package var mergeGapSeconds: Double = 1

    /// Creates the default rule.
    package init() {}
}
