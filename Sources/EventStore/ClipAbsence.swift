/// Why there is no clip of an event of which one was due, as the database words it.
package enum ClipAbsence: String, Sendable, CaseIterable {
    /// It was removed by age, by the space that clips may take, or to leave space for the history.
    case expired
    /// Somebody deleted the file, or no clips are to be kept any more.
    case deleted
    /// A private class was heard all along.
    case `private`
    /// The disk did not take it.
    case unwritable
    /// Too much sound waited in memory to be written.
    case dropped
}
