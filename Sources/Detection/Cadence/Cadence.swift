/// A tone that goes on and off by a rule, as that of a smoke alarm does.
///
/// A group of pulses of one frequency, a pause, and the same again. Temporal-three of ISO 8201 and
/// NFPA 72 is three pulses of 0.5 s with gaps of 0.5 s in a period of 4 s.
package struct Cadence: Equatable, Sendable {
    /// The class that a sound with this cadence is of.
    package var className = ""
    /// Where the tone may lie, in Hz.
    package var frequencyHz: ClosedRange<Float> = 2_800...3_600
    /// The length of a pulse in seconds.
    package var onSeconds = 0.5
    /// The gap between two pulses of a group in seconds.
    package var offSeconds = 0.5
    /// How many pulses a group has.
    package var pulses = 3
    /// From the beginning of a group to that of the next, in seconds.
    package var periodSeconds = 4.0
    /// How many groups must have been heard, 1 or 2.
    package var repetitions = 2
    /// How much faster or slower than described it may be, as a share of every length.
    package var tolerance = 0.15

    /// Creates the cadence of a smoke alarm, of no class.
    package init() {}

    /// From the beginning of a group's first pulse to the end of its last, in seconds.
    package var groupSeconds: Double {
        Double(pulses) * onSeconds + Double(pulses - 1) * offSeconds
    }

    /// From the end of a group to the beginning of the next, in seconds.
    package var pauseSeconds: Double { periodSeconds - groupSeconds }

    /// How much sound must be looked at, in seconds, for the groups asked for to be in it whole,
    /// wherever in its period the alarm is, and however slow.
    package var windowSeconds: Double {
        (Double(repetitions) * periodSeconds + groupSeconds) * (1 + tolerance)
    }
}
