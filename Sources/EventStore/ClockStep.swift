package import Foundation

/// A moment at which the wall clock was set.
package struct ClockStep: Sendable, Equatable, Codable {
    /// The moment by the clock as it is since then.
    package var date: Date
    /// By how many seconds it was set: above 0 for forward.
    package var seconds: Double
    /// The number of the first event that can be dated by the new clock.
    package var firstEventID: Int64

    /// Creates the step from its parts.
    package init(date: Date, seconds: Double, firstEventID: Int64 = 0) {
        self.date = date
        self.seconds = seconds
        self.firstEventID = firstEventID
    }
}
