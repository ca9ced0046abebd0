import AudioFiles
import Detection
import Foundation

/// The sound levels of a recording, minute by minute of the time at which it was made.
///
/// A recording that does not say when it was made has minutes that begin with it.
struct RecordingLevels {
    private var meter: MinuteMeter
    private let clock: StreamClock

    /// Begins to measure a recording; nil if its rate is too low for sound levels.
    init?(of reader: RecordingReader) {
        guard reader.sampleRateHz >= SoundLevelMeter.leastSampleRateHz else { return nil }
        meter = MinuteMeter(sampleRateHz: reader.sampleRateHz)
        clock = StreamClock(
            nominalRateHz: reader.sampleRateHz,
            startingAt: reader.startTime?.timeIntervalSince1970 ?? 0
        )
    }

    /// Takes the next samples and gives the minutes that they complete.
    mutating func process(_ samples: Span<Float>) -> [SoundMinute] {
        var minutes: [SoundMinute] = []
        meter.process(samples, clock: clock, appendingTo: &minutes)
        return minutes
    }

    /// What is left of the last minute.
    mutating func finish() -> [SoundMinute] {
        var minutes: [SoundMinute] = []
        meter.cut(clock: clock, appendingTo: &minutes)
        return minutes
    }
}
