package import AudioFiles
package import Detection
package import Foundation
import Synchronization

/// What was found in a recording.
package struct RecordingAnalysis: Sendable {
    /// An event and the model that found it.
    package struct Finding: Sendable {
        /// The model.
        package let model: ModelSlot
        /// The event.
        package let event: DetectedEvent
    }

    /// The file.
    package let path: String
    /// The rate of the recording, and of its events' sample times, in Hz.
    package let sampleRateHz: Int
    /// The length of the recording in samples.
    package let sampleCount: Int64
    /// When the recording began, if it or its name says so.
    package let start: RecordingStart?
    /// The step between two scores of each model, in seconds.
    package let hopSeconds: [Double]
    /// What each model found, in order of the events' beginning.
    package let findings: [Finding]
    /// Why the recording is truncated; nil if it is complete.
    package let incompleteReason: String?
    /// Remarks on how the complete recording was read, one line each.
    package let warnings: [String]
    /// Which models gave invalid scores, and where first, a line each; what they heard there does
    /// not count.
    package let scoreFaults: [String]

    /// The moment of the first sample, if it is known.
    package var startTime: Date? { start?.moment }

    /// The length of the recording in seconds.
    package var durationSeconds: Double { Double(sampleCount) / Double(sampleRateHz) }
}

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

    /// Measures the next samples and gives the minutes that they complete.
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

/// Analyses that were used for a recording and wait for another one of the same rate.
///
/// Setting an analysis up costs as much as some seconds of sound, which is felt with short clips.
/// Sendable unchecked: the lock guards `idle`, and an analysis that was taken out has one owner.
final class AnalysisPool: @unchecked Sendable {
    private let models: [ModelUse]
    private let idle = Mutex<[Int: [Held]]>([:])

    /// Carries an analysis through the lock.
    private struct Held: @unchecked Sendable {
        // It has one owner while it is taken out.
        let analysis: SourceAnalysis
    }

    /// Makes an empty pool for models.
    init(_ models: [ModelUse]) {
        self.models = models
    }

    /// Passes a reset analysis to `body` and reuses it afterwards, unless it failed.
    ///
    /// - Parameters:
    ///   - rateHz: The rate of the recording in Hz.
    ///   - body: Uses the analysis, at most to its end.
    /// - Returns: What `body` returns.
    /// - Throws: When an analysis can't be set up, and what `body` throws.
    func withAnalysis<Result>(
        rateHz: Int,
        _ body: (SourceAnalysis) throws -> Result
    ) throws -> Result {
        let waiting = idle.withLock { $0[rateHz]?.popLast() }
        let analysis = try waiting?.analysis ?? SourceAnalysis(models, sampleRateHz: rateHz)
        let result = try body(analysis)
        analysis.restart()
        let held = Held(analysis: analysis)
        idle.withLock { $0[rateHz, default: []].append(held) }
        return result
    }
}
