package import Foundation

/// One thing that happened and that the history must have, in the order in which it happened.
///
/// Sources and classes are named, not numbered, so that an entry can wait in the spool while the
/// database cannot even be read.
package enum HistoryEntry: Sendable, Equatable, Codable {
    /// The service started: what an earlier run left open ended before, and nobody has listened
    /// since.
    case started(at: Date)
    /// An event began and goes on.
    case began(EventRecord)
    /// An event is over.
    case ended(EventRecord)
    /// A stretch of a source's time.
    case covered(source: String, CoverageStretch)
    /// Somebody set the wall clock.
    case clockStepped(ClockStep)

    /// The number of the event that it tells of; nil if it is about something else.
    package var eventID: Int64? {
        switch self {
        case .began(let event), .ended(let event): event.id
        case .started, .covered, .clockStepped: nil
        }
    }
}
