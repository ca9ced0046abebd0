/// How often a class was heard in a time.
package struct EventCount: Sendable, Equatable {
    /// The name of the class, such as `dog_bark`.
    package var className: String
    /// The name of the class for people, such as "Dog bark".
    package var label: String
    /// The number of events.
    package var count: Int
    /// Their length together, in seconds.
    package var soundSeconds: Double
}
