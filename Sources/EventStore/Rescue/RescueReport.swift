package import Foundation

/// What was done about a damaged database.
package struct RescueReport: Sendable, Equatable {
    /// What is wrong with it, as SQLite says.
    package var finding: String
    /// Where the damaged file is now.
    package var asidePath: String
    /// When it was set aside.
    package var date: Date
    /// How many rows the new database has from it.
    package var carriedRows: Int

    /// The report in a line for people.
    package var description: String {
        "The event history was damaged (\(finding)). It is set aside as '\(asidePath)'; "
            + "\(carriedRows) row(s) that could be read are carried over into a new one."
    }
}
