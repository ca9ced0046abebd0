package import Detection
package import Foundation
package import ModelLibrary
import Platform

/// What the analysis of one source reports, with wall times: everything that leaves the analysis
/// thread.
package enum SourceReport: Sendable {
    /// When the sound of an event was at the device, in seconds of `CLOCK_BOOTTIME`, which is never
    /// set.
    package struct Arrival: Sendable, Equatable {
        /// The end of the first window that holds the event's first sample.
        package var firstWindowEnd: Double
        /// The end of the window at which the event was decided.
        package var decidingWindowEnd: Double

        /// How long ago that was at a moment of `CLOCK_BOOTTIME`, as the end of a sentence.
        func delays(at now: Double) -> String {
            let delays = [firstWindowEnd, decidingWindowEnd].map {
                String(format: "%.4f", now - $0)
            }
            return
                "\(delays[0]) s after its first window was captured and \(delays[1]) s after the "
                + "deciding window."
        }
    }

    /// The device is open and delivers.
    ///
    /// `hopSeconds` is each model's step between two windows.
    case listening(FeedFormat, hopSeconds: [Double], at: Date)
    /// With which models the source is listened to from the next hop on: the same with other learnt
    /// sounds.
    ///
    /// `hopSeconds` is each model's step between two windows; nil before the device was open.
    case using([SoundModel], hopSeconds: [Double]?)
    /// How each model's scores are judged from the next hop on.
    case judging([AnalysisSettings])
    /// A hop was analysed by one of the source's models.
    case hop(ScoredHop, model: ModelSlot, time: Range<Date>, driftPPM: Double)
    /// The sound level now.
    case level(SoundLevelReading)
    /// A minute's sound levels are known.
    case minute(SoundMinute)
    /// One of the models found an event, which goes on.
    case began(DetectedEvent, model: ModelSlot, start: Date, arrival: Arrival)
    /// An event that began is over.
    case ended(DetectedEvent, model: ModelSlot, end: Date)
    /// A peak of a class's score became no event.
    case near(NearMiss, model: ModelSlot, time: Date)
    /// Samples are missing between two moments: they were never captured, or the ring was full.
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
    /// The machine can't keep up, or can again: one of `stride` windows is analysed from now on.
    case hopChanged(stride: Int, waitingSeconds: Double)
    /// The wall clock was set, in seconds.
    case clockStepped(bySeconds: Double, at: Date)
    /// Nothing more will come.
    case finished(reason: String?, at: Date)
}

extension EventRecorder {
    /// Records what a source reports as soon as the recorder comes to it; returns at once.
    ///
    /// - Parameters:
    ///   - reports: What was found together: the recorder wakes up once for all of it.
    ///   - source: The source.
    ///   - recorded: Called when that is done.
    nonisolated func receive(
        _ reports: [SourceReport],
        from source: SourceIndex,
        recorded: @escaping @Sendable () -> Void
    ) {
        executor.run { [self] in
            assumeIsolated { recorder in
                for report in reports { recorder.record(report, from: source) }
            }
            recorded()
        }
    }
}

/// By what an event is known while it has no row.
struct EventKey: Hashable, Sendable {
    /// The source that heard it.
    let source: SourceIndex
    /// The model that found it.
    let model: ModelSlot
    /// The number that the model's detector gave the event.
    let number: Int
}
