/// How one class's scores become events.
package struct ClassRule: Equatable, Sendable {
    /// Whether the class is reported at all.
    package var isEnabled = true
    /// How the scores of several windows become the smoothed score.
    package var smoothing = ScoreSmoothing.mean
    /// The number of windows that are smoothed over, 1...64.
    package var smoothingWindows = 3
    /// The smoothed score at which an event opens, 0...1.
    package var on: Float = 0.8
    /// The smoothed score under which it closes, 0...1, at most `on`.
    package var off: Float = 0.5
    /// Events shorter than this are dropped, in seconds.
    package var minDurationSeconds: Double = 0.1
    /// Sounds of the class closer than this become one event, in seconds.
    package var mergeGapSeconds: Double = 1
    /// How many of the last ``confirmationWindows`` smoothed scores must have reached ``on``.
    package var confirmationHits = 1
    /// The number of windows in which ``confirmationHits`` are looked for, 1...64.
    package var confirmationWindows = 1
    /// An event is ended when it has lasted this long, in seconds; nil: however long it lasts.
    ///
    /// A continuing sound becomes the next event at once, or after the cool-down.
    package var maxDurationSeconds: Double?
    /// How long after the end of an event no other begins, in seconds.
    package var coolDownSeconds: Double = 0
    /// The classes that suppress this one: while one of them is on, this one is not.
    package var suppressedBy: Set<String> = []

    /// Creates the default rule.
    package init() {}
}
