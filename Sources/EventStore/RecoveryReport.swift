/// What opening the history had to put in order.
package struct RecoveryReport: Sendable, Equatable {
    /// Events that a crash had left without an end and that are now closed at the last moment
    /// their source was known to be listened to.
    package var closedEventIDs: [Int64] = []

    /// The time without listening that is now recorded as stopped, in seconds; of the source
    /// that was stopped longest.
    package var stoppedSeconds: Double = 0

    /// By how many seconds the wall clock is behind what was recorded last; 0 if it is not.
    package var clockBehindSeconds: Double = 0

    /// Creates the report of a history that was in order.
    package init() {}
}
