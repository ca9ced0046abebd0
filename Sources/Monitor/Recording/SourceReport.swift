package import Detection
package import Foundation

/// What one source has to tell, with wall times: everything that leaves the analysis thread.
package enum SourceReport: Sendable {
    /// The device is open and delivers.
    ///
    /// `hopSeconds` is each model's step between two windows.
    case listening(FeedFormat, hopSeconds: [Double], at: Date)
    /// A hop was analysed by one of the source's models.
    case hop(ScoredHop, model: Int, time: Range<Date>, driftPPM: Double)
    /// The sound level now.
    case level(SoundLevelReading)
    /// A minute's sound levels are known.
    case minute(SoundMinute)
    /// One of the models found an event, which goes on.
    ///
    /// `arrival` is when its sound was at the device.
    case began(DetectedEvent, model: Int, start: Date, arrival: EventArrival)
    /// An event that began is over.
    case ended(DetectedEvent, model: Int, end: Date)
    /// Samples are missing between two moments: they were never captured, or found no place.
    case lost(samples: Int64, time: Range<Date>)
    /// Windows were left out for lack of processor time.
    ///
    /// `unseen` is the time that no window of the first model holds; nil where windows touch.
    case leftOut(windows: Int, unseen: Range<Date>?)
    /// The device is silent since a moment, and may still deliver what it captured meanwhile.
    case silent(reason: String, since: Date)
    /// The device was gone between two moments; more may follow.
    case absent(reason: String, time: Range<Date>)
    /// The machine was suspended between two moments.
    case suspended(time: Range<Date>)
    /// The machine can't keep up, or can again: one of `stride` windows is looked at from now on.
    case hopChanged(stride: Int, waitingSeconds: Double)
    /// The wall clock was set by somebody, in seconds.
    case clockStepped(bySeconds: Double, at: Date)
    /// Nothing more will come.
    case finished(reason: String?, at: Date)
}

/// When the sound of an event was at the device, in seconds of `CLOCK_BOOTTIME`, which nobody sets.
package struct EventArrival: Sendable, Equatable {
    /// The end of the first window that holds the event's first sample.
    package var firstWindowEnd: Double
    /// The end of the window at which the event was decided upon.
    package var decidingWindowEnd: Double
}

/// Where an event comes from while it has no row: what the detectors know it by.
struct EventPlace: Hashable, Sendable {
    /// The source's place in the configuration.
    let source: Int
    /// The model's place among the source's models.
    let model: Int
    /// The number that the model's detector gave the event.
    let number: Int
}
