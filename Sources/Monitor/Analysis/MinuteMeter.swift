package import Detection
import Foundation
package import Messages

/// Measures a source's sound levels minute by minute of its clock: a pure value.
///
/// It runs at the source's own rate, before anything is resampled. A minute in which samples were
/// lost says how much of it was measured; when the clock is set, a minute may come in two parts.
package struct MinuteMeter: Sendable {
    private static let secondsPerMinute = 60.0
    /// How long after its end a minute is waited for, in seconds, if no samples come.
    private static let patienceSeconds = 5.0

    private let sampleRateHz: Int
    private var meter: SoundLevelMeter
    /// The minute that goes on, counted from 1970; nil before the first sample and after a cut.
    private var minute: Int64?
    /// Whether the minute is measured from its beginning on without a gap.
    private var isWhole = false

    /// Creates a meter that has measured nothing.
    ///
    /// - Parameters:
    ///   - sampleRateHz: The source's rate in Hz, at least 4000.
    ///   - start: The first sample that will be given.
    package init(sampleRateHz: Int, startingAt start: SampleTime = .zero) {
        self.sampleRateHz = sampleRateHz
        meter = SoundLevelMeter(sampleRateHz: sampleRateHz, start: start)
    }

    /// Takes the next samples and appends the minutes that they complete.
    ///
    /// - Parameters:
    ///   - samples: Mono, 1 being full scale, those that follow on the ones before.
    ///   - clock: Says when the samples were.
    ///   - minutes: Receives each minute that is over.
    package mutating func process(
        _ samples: Span<Float>,
        clock: StreamClock,
        appendingTo minutes: inout [SoundMinute]
    ) {
        var index = 0
        while index < samples.count {
            let current = Self.minute(of: meter.time, clock)
            if let minute, current > minute {
                let isNext = current == minute + 1
                end(clock, &minutes, isOver: true)
                isWhole = isNext
            }
            // A clock that was corrected by milliseconds does not go back to the minute before.
            let measured = max(current, minute ?? current)
            minute = measured
            let boundary = clock.firstSample(
                notBefore: Double(measured + 1) * Self.secondsPerMinute
            )
            let take = min(samples.count - index, max(1, Int(clamping: boundary - meter.time)))
            meter.process(samples.extracting(index..<index + take))
            index += take
        }
    }

    /// Goes on after a gap: what was lost is not measured.
    ///
    /// - Parameters:
    ///   - time: The next sample that will be given.
    ///   - clock: Says when the samples were.
    ///   - minutes: Receives the minute that ended in the gap.
    package mutating func skip(
        to time: SampleTime,
        clock: StreamClock,
        appendingTo minutes: inout [SoundMinute]
    ) {
        if let minute, Self.minute(of: time, clock) > minute { end(clock, &minutes) }
        if time > meter.time { isWhole = false }
        meter.skip(to: time)
    }

    /// Ends the minute if it has been over for some time, and no sample came to say so.
    ///
    /// - Parameters:
    ///   - wallSeconds: The present, in seconds since 1970-01-01 UTC.
    ///   - clock: Says when the samples were.
    ///   - minutes: Receives the minute.
    package mutating func expire(
        at wallSeconds: Double,
        clock: StreamClock,
        appendingTo minutes: inout [SoundMinute]
    ) {
        guard let minute else { return }
        let end = Double(minute + 1) * Self.secondsPerMinute
        if wallSeconds > end + Self.patienceSeconds { self.end(clock, &minutes) }
    }

    /// Ends the minute before its time: the clock was set, or the source is over.
    ///
    /// - Parameters:
    ///   - clock: Says when the samples were.
    ///   - minutes: Receives what was measured of the minute.
    package mutating func cut(clock: StreamClock, appendingTo minutes: inout [SoundMinute]) {
        end(clock, &minutes)
    }

    /// The level now; its peak begins anew.
    package mutating func takeReading() -> SoundLevelReading {
        meter.takeReading()
    }

    private mutating func end(
        _ clock: StreamClock,
        _ minutes: inout [SoundMinute],
        isOver: Bool = false
    ) {
        let isWhole = self.isWhole && isOver
        defer { (minute, self.isWhole) = (nil, false) }
        guard let minute, let statistics = meter.endInterval() else { return }
        // While the clock finds its rate, the samples of a whole minute last a bit more or less.
        let seconds =
            isWhole
            ? Self.secondsPerMinute : Double(statistics.measuredSamples) * clock.secondsPerSample
        minutes.append(
            SoundMinute(
                startSeconds: Double(minute) * Self.secondsPerMinute,
                measuredSeconds: min(seconds, Self.secondsPerMinute),
                sampleRateHz: sampleRateHz,
                statistics: statistics
            )
        )
    }

    /// The minute in which a sample lies; half a sample is forgiven to rounding.
    private static func minute(of time: SampleTime, _ clock: StreamClock) -> Int64 {
        let seconds = clock.wallSeconds(of: time) + clock.secondsPerSample / 2
        return Int64((seconds / secondsPerMinute).rounded(.down))
    }
}

/// Measures the sound levels of a source that is listened to, and reports them.
struct SourceLevels {
    private var meter: MinuteMeter
    private let feed: any SampleFeed
    /// What the device had clipped when the minute began.
    private var clippedBefore: Int64
    private var minutes: [SoundMinute] = []

    /// Begins to measure.
    ///
    /// - Parameters:
    ///   - sampleRateHz: The source's rate in Hz.
    ///   - start: The first sample that will be given.
    ///   - feed: Counts what the device clips.
    init(
        sampleRateHz: Int,
        startingAt start: SampleTime,
        feed: any SampleFeed
    ) {
        meter = MinuteMeter(sampleRateHz: sampleRateHz, startingAt: start)
        self.feed = feed
        clippedBefore = feed.clippedSamples
    }

    /// Measures a period.
    ///
    /// - Parameters:
    ///   - samples: Mono, 1 being full scale.
    ///   - clock: Says when the samples were.
    ///   - reports: Receives each minute that is over.
    mutating func process(
        _ samples: Span<Float>,
        clock: StreamClock,
        appendingTo reports: inout [SourceReport]
    ) {
        meter.process(samples, clock: clock, appendingTo: &minutes)
        moveMinutes(to: &reports)
    }

    /// The level now; its peak begins anew.
    mutating func takeReading() -> SoundLevelReading {
        meter.takeReading()
    }

    /// Goes on after a gap.
    mutating func skip(
        to time: SampleTime,
        clock: StreamClock,
        appendingTo reports: inout [SourceReport]
    ) {
        meter.skip(to: time, clock: clock, appendingTo: &minutes)
        moveMinutes(to: &reports)
    }

    /// Ends the minute if it is over and nothing comes.
    mutating func expire(
        at now: Date,
        clock: StreamClock,
        appendingTo reports: inout [SourceReport]
    ) {
        meter.expire(at: now.timeIntervalSince1970, clock: clock, appendingTo: &minutes)
        moveMinutes(to: &reports)
    }

    /// Ends the minute before its time: the clock was set, or the source is over.
    mutating func cut(clock: StreamClock, appendingTo reports: inout [SourceReport]) {
        meter.cut(clock: clock, appendingTo: &minutes)
        moveMinutes(to: &reports)
    }

    private mutating func moveMinutes(to reports: inout [SourceReport]) {
        guard !minutes.isEmpty else { return }
        for var minute in minutes {
            // The device also sees what is clipped in one of several channels, before they are
            // mixed; a recording that is played has no such count.
            let clipped = feed.clippedSamples
            let byDevice = Int(clamping: clipped - clippedBefore)
            clippedBefore = clipped
            minute.statistics.clippedSamples = max(minute.statistics.clippedSamples, byDevice)
            reports.append(.minute(minute))
        }
        minutes.removeAll(keepingCapacity: true)
    }
}

/// The sound levels of a source in one minute of the clock, or in the part of it that was measured.
package struct SoundMinute: Equatable, Sendable {
    /// When the minute begins, in seconds since 1970-01-01 UTC; a multiple of 60.
    ///
    /// For a recording that does not say when it was made, seconds since its beginning.
    package var startSeconds: Double

    /// How much of it was measured, in seconds, at most 60.
    package var measuredSeconds: Double

    /// The rate at which it was measured, in Hz: nothing over half of it is in the levels.
    package var sampleRateHz: Int

    /// The levels, in dBFS.
    package var statistics: SoundLevelStatistics
}

extension SoundMinute {
    /// The minute as it leaves the program: sound pressure levels if the source is
    /// calibrated, else levels relative to full scale.
    ///
    /// - Parameters:
    ///   - source: The name of the source.
    ///   - calibrationDB: The sound pressure level of 0 dBFS in dB; nil: it is not known.
    /// - Returns: The message.
    package func message(source: String, calibrationDB: Double?) -> LevelMinuteMessage {
        LevelMinuteMessage(
            source: source,
            minute: Date(timeIntervalSince1970: startSeconds),
            measuredSeconds: measuredSeconds,
            calibrationDB: calibrationDB,
            laeqDBFS: statistics.equivalentA.levelOrNil,
            laf10DBFS: statistics.exceededFor10Percent.levelOrNil,
            laf50DBFS: statistics.exceededFor50Percent.levelOrNil,
            laf90DBFS: statistics.exceededFor90Percent.levelOrNil,
            lafMaxDBFS: statistics.maximum.levelOrNil,
            lceqDBFS: statistics.equivalentC.levelOrNil,
            lzeqDBFS: statistics.equivalentZ.levelOrNil,
            rmsDBFS: statistics.rootMeanSquare.levelOrNil,
            peakDBFS: statistics.peak.levelOrNil,
            clippedSamples: statistics.clippedSamples,
            sampleRateHz: sampleRateHz
        )
    }
}

extension Float {
    /// A level; nil for silence, which is -infinity.
    var levelOrNil: Double? { isFinite ? Double(self) : nil }
}
