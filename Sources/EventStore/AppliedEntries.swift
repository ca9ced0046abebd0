/// What writing entries into the database came to.
package struct AppliedEntries: Sendable, Equatable {
    /// What a start had to put in order; nil if no start was among the entries.
    package var recovery: RecoveryReport?
    /// Entries that the database refuses for what they are, such as a class that no model has;
    /// they are left out, so that they do not hold up all others.
    package var refused = 0
}
