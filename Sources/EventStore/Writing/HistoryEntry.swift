package import Foundation

/// One thing that happened and that the history must have, in the order in which it happened.
///
/// Sources and classes are named, not numbered, so that an entry can wait in the spool while the
/// database cannot even be read.
package enum HistoryEntry: Sendable, Equatable, Codable {
    /// The service started: what an earlier run left open ended before, and nothing was
    /// listened to since.
    case started(at: Date)
    /// An event began and goes on.
    case began(EventRecord)
    /// An event is over.
    case ended(EventRecord)
    /// A stretch of a source's time.
    case covered(source: String, CoverageStretch)
    /// The wall clock was set.
    case clockStepped(ClockStep)

    /// The number of its event; nil if it is about something else.
    package var eventID: Int64? {
        switch self {
        case .began(let event), .ended(let event): event.id
        case .started, .covered, .clockStepped: nil
        }
    }
}

/// An event as it goes into the history: with the names of its source and class, so that it can
/// wait outside of the database.
package struct EventRecord: Sendable, Equatable, Codable {
    /// Its number, given by the only writer; never used again for another event.
    package var id: Int64
    /// The name of the source that heard it.
    package var source: String
    /// The model that named it, by ``ModelIdentity/key``.
    package var model: String
    /// The name of its class, such as `dog_bark`.
    package var className: String
    /// The onset.
    package var start: Date
    /// The offset; nil while the event is in progress.
    package var end: Date?
    /// The highest smoothed score so far, 0...1.
    package var peakScore: Float
    /// The mean of the smoothed scores so far, 0...1.
    package var meanScore: Float
    /// The level so far, RMS in dBFS; nil for digital silence.
    package var levelDBFS: Float?
    /// The score of the second model that agreed, 0...1; nil if none was asked.
    package var secondScore: Float?

    /// Creates the record from its parts; a level that is not finite is digital silence.
    package init(
        id: Int64 = 0,
        source: String,
        model: String,
        className: String,
        start: Date,
        end: Date? = nil,
        peakScore: Float,
        meanScore: Float,
        levelDBFS: Float,
        secondScore: Float? = nil
    ) {
        self.id = id
        self.source = source
        self.model = model
        self.className = className
        self.start = start
        self.end = end
        self.peakScore = peakScore
        self.meanScore = meanScore
        self.levelDBFS = levelDBFS.isFinite ? levelDBFS : nil
        self.secondScore = secondScore
    }
}

/// A stretch of a source's time and what became of it.
package struct CoverageStretch: Sendable, Equatable, Codable {
    /// What became of the time.
    package var state: CoverageState
    /// The beginning.
    package var start: Date
    /// The end; not before `start`.
    package var end: Date
    /// The number of samples that are missing.
    package var lostSamples: Int64
    /// The reason, for people; nil if the state is enough.
    package var reason: String?
    /// Whether it counts only where nothing else is known; nil as false, for spools of earlier versions.
    private var yields: Bool?

    /// Creates the stretch from its parts.
    package init(
        state: CoverageState,
        start: Date,
        end: Date,
        lostSamples: Int64 = 0,
        reason: String? = nil,
        isOnlyWhereUnknown: Bool = false
    ) {
        precondition(end >= start, "a stretch does not end before it begins")
        precondition(lostSamples >= 0, "a number of samples is not negative")
        self.state = state
        self.start = start
        self.end = end
        self.lostSamples = lostSamples
        self.reason = reason
        yields = isOnlyWhereUnknown ? true : nil
    }

    /// Whether it counts only where nothing else is known: a clock that was set forward skipped it.
    package var isOnlyWhereUnknown: Bool { yields ?? false }
}

/// What became of a stretch of a source's time.
package enum CoverageState: String, Sendable, CaseIterable, Codable {
    /// Sound was captured and scored.
    case listening
    /// Sound was captured; it was silence, so the network rested.
    case gated
    /// Samples are missing, or windows were skipped for lack of processor time.
    case lost
    /// The device was not there or did not deliver.
    case absent
    /// The service was not running.
    case stopped
}

/// Scores, prints or levels of a source, which are too many to wait for the database anywhere but in
/// memory.
package enum SoundMeasurement: Sendable {
    /// The scores that a model, named by its key, gave a source.
    case scores(source: String, model: String, ScoreBlock)
    /// The prints of a source's sounds by a model, named by its key.
    case prints(source: String, model: String, PrintBlock)
    /// A minute's levels.
    case levels(source: String, LevelMinute)
}
