import ArgumentParser

/// The forms in which events are printed.
enum EventFormat: String, CaseIterable, ExpressibleByArgument {
    /// A table for people.
    case text
    /// One JSON object a line.
    case json
    /// Comma-separated values with a header.
    case csv
    /// A label track for Audacity: begin, end and name, separated by tabs.
    case audacity
}
