/// Measures weighted sound levels, and gives their statistics minute by minute.
///
/// Frequency and time weighting follow IEC 61672-1. The levels that were exceeded for parts of
/// the time come from the time-weighted level at the end of each 10 ms block; the first four time
/// constants after a start are left out of them, since the level is still rising from nothing. Any
/// way of cutting the same samples into calls gives the same minutes.
package struct SoundLevelMeter: Sendable {
    private static let silence = 1e-30

    /// What is measured.
    package let settings: SoundLevelSettings

    /// The next sample that is expected.
    package private(set) var time: SampleTime

    private let grid: EnvelopeGrid
    private let step: Double
    private let minuteLength: Int64
    private var minuteEnd: SampleTime
    private var sections: [BiquadSection]
    private var weighted: [Double] = []

    private var timeWeighted = 0.0
    private var settled: SampleTime
    private var minuteStart: SampleTime
    private var measuredSamples = 0
    private var sum = 0.0
    private var maximum = 0.0
    private var distribution = LevelDistribution()

    /// Creates a meter that has measured nothing.
    ///
    /// - Parameters:
    ///   - settings: What to measure.
    ///   - sampleRateHz: The timeline's rate in Hz, at least 4000.
    ///   - start: The first sample that will be given.
    ///   - minuteBoundary: A time at which a minute begins; the others are whole minutes away.
    package init(
        settings: SoundLevelSettings,
        sampleRateHz: Int,
        start: SampleTime = .zero,
        minuteBoundary: SampleTime = .zero
    ) {
        precondition(sampleRateHz >= 4000, "A sound level needs a rate of at least 4000 Hz.")
        self.settings = settings
        grid = EnvelopeGrid(sampleRateHz: sampleRateHz)
        step = settings.timeWeighting.step(sampleRateHz: sampleRateHz)
        minuteLength = 60 * Int64(sampleRateHz)
        sections = settings.frequencyWeighting.sections(sampleRateHz: sampleRateHz)
        time = start
        minuteStart = start
        minuteEnd = minuteBoundary
        settled = start
        beginMinute()
        unsettle()
    }

    /// The time-weighted level now, in dB sound pressure level if calibrated, else in dBFS.
    package var level: Float {
        Float(calibrated(Decibels.level(ofMeanSquare: timeWeighted)))
    }

    /// Takes the next samples and appends the minutes that they complete.
    ///
    /// - Parameters:
    ///   - samples: Mono, 1 being full scale.
    ///   - minutes: Receives the statistics of each completed minute.
    package mutating func process(
        _ samples: Span<Float>,
        appendingTo minutes: inout [SoundLevelStatistics]
    ) {
        var index = 0
        while index < samples.count {
            let block = grid.block(containing: time)
            let blockEnd = grid.start(ofBlock: block + 1)
            let take = min(samples.count - index, Int(min(blockEnd, minuteEnd) - time))
            measure(samples, in: index..<index + take)
            index += take
            time = time + Int64(take)
            if time == blockEnd, time > settled {
                distribution.add(timeWeighted)
            }
            if time == minuteEnd {
                endMinute(appendingTo: &minutes)
            }
        }
    }

    /// Goes on at a later time: the samples in between were lost.
    ///
    /// - Parameters:
    ///   - resumption: The next sample that will be given, not before ``time``.
    ///   - minutes: Receives the minute that ended in between, if there was sound in it.
    package mutating func skip(
        to resumption: SampleTime,
        appendingTo minutes: inout [SoundLevelStatistics]
    ) {
        precondition(resumption >= time, "A sound level cannot go back in time.")
        guard resumption > time else {
            return
        }
        if resumption >= minuteEnd {
            time = minuteEnd
            endMinute(appendingTo: &minutes)
        }
        time = resumption
        if measuredSamples == 0 {
            minuteStart = resumption
        }
        beginMinute()
        for index in sections.indices {
            sections[index].reset()
        }
        timeWeighted = 0
        unsettle()
    }

    /// Ends the minute before its time: the source or the file is over.
    ///
    /// - Returns: The statistics of what was measured in it; nil if nothing was.
    package mutating func finish() -> SoundLevelStatistics? {
        var last: [SoundLevelStatistics] = []
        endMinute(appendingTo: &last)
        return last.first
    }

    // MARK: Samples

    private mutating func measure(_ samples: Span<Float>, in range: Range<Int>) {
        weighted.removeAll(keepingCapacity: true)
        for index in range {
            // One sample that is no number would stay in the filters for good.
            let sample = samples[index]
            weighted.append(sample.isFinite ? Double(sample) : 0)
        }
        for index in sections.indices {
            sections[index].process(&weighted)
        }
        var following = timeWeighted
        var highest = maximum
        var total = sum
        for value in weighted {
            let power = value * value
            total += power
            following += (power - following) * step
            highest = max(highest, following)
        }
        timeWeighted = following < Self.silence ? 0 : following
        maximum = highest
        sum = total
        measuredSamples += range.count
    }

    private mutating func unsettle() {
        let settling = 4 * settings.timeWeighting.seconds
        settled = time + settling.asSampleCount(atRate: grid.sampleRateHz)
    }

    // MARK: Minutes

    /// Moves the end of the minute to the first boundary after now.
    private mutating func beginMinute() {
        let distance = time - minuteEnd
        let minutes = distance >= 0 ? distance / minuteLength + 1 : -(-distance - 1) / minuteLength
        minuteEnd = minuteEnd + minutes * minuteLength
    }

    private mutating func endMinute(appendingTo minutes: inout [SoundLevelStatistics]) {
        if measuredSamples > 0 {
            minutes.append(statistics)
        }
        minuteStart = time
        measuredSamples = 0
        sum = 0
        maximum = 0
        distribution.reset()
        beginMinute()
    }

    private var statistics: SoundLevelStatistics {
        let exceeded = distribution.levels(exceededFor: [0.1, 0.5, 0.9]).map {
            Float(calibrated($0))
        }
        let equivalent = Decibels.level(ofMeanSquare: sum / Double(measuredSamples))
        return SoundLevelStatistics(
            interval: minuteStart..<time,
            measuredSamples: measuredSamples,
            equivalent: Float(calibrated(equivalent)),
            maximum: Float(calibrated(Decibels.level(ofMeanSquare: maximum))),
            exceededFor10Percent: exceeded[0],
            exceededFor50Percent: exceeded[1],
            exceededFor90Percent: exceeded[2]
        )
    }

    private func calibrated(_ levelDBFS: Double) -> Double {
        levelDBFS + (settings.fullScaleSoundPressureDB ?? 0)
    }
}
