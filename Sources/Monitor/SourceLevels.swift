import Detection
import Foundation

/// The sound levels of a source that is listened to: measures them and tells of them.
struct SourceLevels {
    private static let readingsPerSecond = 5

    private var meter: MinuteMeter
    private let feed: any SampleFeed
    private let report: @Sendable (SourceReport) -> Void
    private let samplesPerReading: Int
    private var samplesSinceReading = 0
    /// What the device had clipped when the minute began.
    private var clippedBefore: Int64
    private var minutes: [SoundMinute] = []

    /// Begins to measure.
    ///
    /// - Parameters:
    ///   - sampleRateHz: The source's rate in Hz.
    ///   - start: The first sample that will be given.
    ///   - feed: Counts what the device clips.
    ///   - report: Called with each level and each minute.
    init(
        sampleRateHz: Int,
        startingAt start: SampleTime,
        feed: any SampleFeed,
        report: @escaping @Sendable (SourceReport) -> Void
    ) {
        meter = MinuteMeter(sampleRateHz: sampleRateHz, startingAt: start)
        self.feed = feed
        self.report = report
        samplesPerReading = sampleRateHz / Self.readingsPerSecond
        clippedBefore = feed.clippedSamples
    }

    /// Measures a period.
    mutating func process(_ samples: Span<Float>, clock: StreamClock) {
        meter.process(samples, clock: clock, appendingTo: &minutes)
        tellMinutes()
        samplesSinceReading += samples.count
        guard samplesSinceReading >= samplesPerReading else { return }
        samplesSinceReading %= samplesPerReading
        report(.level(meter.takeReading()))
    }

    /// Goes on behind a gap.
    mutating func skip(to time: SampleTime, clock: StreamClock) {
        meter.skip(to: time, clock: clock, appendingTo: &minutes)
        tellMinutes()
    }

    /// Ends the minute if it is over and nothing comes.
    mutating func expire(at now: Date, clock: StreamClock) {
        meter.expire(at: now.timeIntervalSince1970, clock: clock, appendingTo: &minutes)
        tellMinutes()
    }

    /// Ends the minute before its time: the clock was set, or the source is over.
    mutating func cut(clock: StreamClock) {
        meter.cut(clock: clock, appendingTo: &minutes)
        tellMinutes()
    }

    private mutating func tellMinutes() {
        for var minute in minutes {
            // The device also sees what is clipped in one of several channels, before they are
            // mixed; a recording that is played has no such count.
            let clipped = feed.clippedSamples
            let byDevice = Int(clamping: clipped - clippedBefore)
            clippedBefore = clipped
            minute.statistics.clippedSamples = max(minute.statistics.clippedSamples, byDevice)
            report(.minute(minute))
        }
        minutes.removeAll()
    }
}
