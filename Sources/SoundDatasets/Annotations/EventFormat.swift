/// The forms in which events are printed.
package enum EventFormat: String, CaseIterable, Sendable {
    /// A table for people.
    case text
    /// One JSON object a line.
    case json
    /// Comma-separated values with a header.
    case csv
    /// A label track for Audacity: begin, end and name, separated by tabs.
    case audacity
    /// A selection table for Raven.
    case raven
}
