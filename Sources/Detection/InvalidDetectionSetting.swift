/// A setting of the gate or of the event decision that cannot be used.
package struct InvalidDetectionSetting: Error, Equatable, Sendable, CustomStringConvertible {
    /// The setting, as the configuration names it.
    package var key: String
    /// What it is set to.
    package var found: String
    /// What it may be set to.
    package var allowed: String

    /// One line: which setting, what it is, what it may be.
    package var description: String {
        "\(key) is \(found); it must be \(allowed)."
    }
}
