/// Measures weighted sound levels, and gives their statistics for stretches of time.
///
/// Frequency and time weighting follow IEC 61672-1; all levels are in dBFS. The levels that were
/// exceeded for parts of the time come from the time-weighted level at the end of each 10 ms block;
/// the first four time constants after a start are left out of them, since the level is still
/// rising from nothing. Any way of cutting the same samples into calls gives the same levels.
package struct SoundLevelMeter: Sendable {
    /// The magnitude from which a sample counts as clipped: the largest 16-bit code.
    package static let clippingMagnitude = 32_767.0 / 32_768

    /// The lowest rate of a source whose levels can be measured, in Hz.
    package static let leastSampleRateHz = 4_000

    private static let silence = 1e-30

    /// Of what the maximum and the exceeded levels are.
    package let settings: SoundLevelSettings

    /// The next sample that is expected.
    package private(set) var time: SampleTime

    private let grid: EnvelopeGrid
    private let fastStep: Double
    private let slowStep: Double
    private var chain: WeightingChain
    private var fast = 0.0
    private var slow = 0.0
    private var recentPeak = 0.0
    private var settled: SampleTime

    private var intervalStart: SampleTime
    private var measuredSamples = 0
    private var sums = Sums()
    private var distribution = LevelDistribution()

    /// What is added up, and held, over an interval.
    private struct Sums {
        var plain = 0.0
        var a = 0.0
        var c = 0.0
        var z = 0.0
        var maximum = 0.0
        var peak = 0.0
        var clipped = 0
    }

    /// Creates a meter that has measured nothing.
    ///
    /// - Parameters:
    ///   - settings: Of what the maximum and the exceeded levels are.
    ///   - sampleRateHz: The timeline's rate in Hz, at least 4000.
    ///   - start: The first sample that will be given.
    package init(
        settings: SoundLevelSettings = SoundLevelSettings(),
        sampleRateHz: Int,
        start: SampleTime = .zero
    ) {
        precondition(
            sampleRateHz >= Self.leastSampleRateHz,
            "A sound level needs a rate of at least 4000 Hz."
        )
        self.settings = settings
        grid = EnvelopeGrid(sampleRateHz: sampleRateHz)
        fastStep = TimeWeighting.fast.step(sampleRateHz: sampleRateHz)
        slowStep = TimeWeighting.slow.step(sampleRateHz: sampleRateHz)
        chain = WeightingChain(sampleRateHz: sampleRateHz)
        time = start
        intervalStart = start
        settled = start
        unsettle()
    }

    /// Takes the next samples.
    ///
    /// - Parameter samples: Mono, 1 being full scale.
    package mutating func process(_ samples: Span<Float>) {
        var index = 0
        while index < samples.count {
            let block = grid.block(containing: time)
            let blockEnd = grid.start(ofBlock: block + 1)
            let take = min(samples.count - index, Int(blockEnd - time))
            measure(samples, in: index..<index + take)
            index += take
            time = time + Int64(take)
            if time == blockEnd { endBlock() }
        }
    }

    /// Goes on at a later time: the samples in between were lost, and count neither as sound nor
    /// as silence.
    ///
    /// - Parameter resumption: The next sample that will be given, not before ``time``.
    package mutating func skip(to resumption: SampleTime) {
        precondition(resumption >= time, "A sound level cannot go back in time.")
        guard resumption > time else { return }
        if measuredSamples == 0 { intervalStart = resumption }
        time = resumption
        chain.reset()
        (fast, slow) = (0, 0)
        unsettle()
    }

    /// What the meter shows now; its peak begins anew.
    package mutating func takeReading() -> SoundLevelReading {
        let gain = chain.powerGain(of: settings.frequencyWeighting)
        defer { recentPeak = 0 }
        return SoundLevelReading(
            fastDBFS: Self.level(fast * gain),
            slowDBFS: Self.level(slow * gain),
            peakDBFS: Self.level(recentPeak * recentPeak)
        )
    }

    /// Ends a stretch of time and begins the next one.
    ///
    /// - Returns: The statistics of what was measured since the stretch before; nil if nothing was.
    package mutating func endInterval() -> SoundLevelStatistics? {
        defer {
            intervalStart = time
            measuredSamples = 0
            sums = Sums()
            distribution.reset()
        }
        return measuredSamples > 0 ? statistics : nil
    }

    // MARK: Samples

    private mutating func measure(_ samples: Span<Float>, in range: Range<Int>) {
        // The choice is made outside of the loop, which is made for each of them.
        switch settings.frequencyWeighting {
        case .a: measure(samples, in: range) { _, _, a in a }
        case .c: measure(samples, in: range) { _, c, _ in c }
        case .z: measure(samples, in: range) { z, _, _ in z }
        }
    }

    @inline(__always)
    private mutating func measure(
        _ samples: Span<Float>,
        in range: Range<Int>,
        followed: (_ z: Double, _ c: Double, _ a: Double) -> Double
    ) {
        let (fastStep, slowStep) = (fastStep, slowStep)
        let isFast = settings.timeWeighting == .fast
        // Local copies, which the optimiser keeps in registers.
        var (fast, slow, peak, sums) = (fast, slow, 0.0, sums)
        chain.process(samples, in: range) { sample, z, c, a in
            let (powerZ, powerC, powerA) = (z * z, c * c, a * a)
            sums.plain += sample * sample
            sums.z += powerZ
            sums.c += powerC
            sums.a += powerA
            let power = followed(powerZ, powerC, powerA)
            fast += (power - fast) * fastStep
            slow += (power - slow) * slowStep
            let timeWeighted = isFast ? fast : slow
            if timeWeighted > sums.maximum { sums.maximum = timeWeighted }
            let magnitude = sample.magnitude
            if magnitude > peak { peak = magnitude }
            if magnitude >= Self.clippingMagnitude { sums.clipped += 1 }
        }
        sums.peak = max(sums.peak, peak)
        recentPeak = max(recentPeak, peak)
        (self.fast, self.slow, self.sums) = (fast, slow, sums)
        measuredSamples += range.count
    }

    private mutating func endBlock() {
        chain.forgetSilence()
        if fast < Self.silence { fast = 0 }
        if slow < Self.silence { slow = 0 }
        if time > settled {
            distribution.add(settings.timeWeighting == .fast ? fast : slow)
        }
    }

    private mutating func unsettle() {
        let settling = 4 * settings.timeWeighting.seconds
        settled = time + settling.asSampleCount(atRate: grid.sampleRateHz)
    }

    // MARK: Statistics

    private var statistics: SoundLevelStatistics {
        let count = Double(measuredSamples)
        let gain = chain.powerGain(of: settings.frequencyWeighting)
        let gainDB = Float(Decibels.level(ofMeanSquare: gain))
        let exceeded = distribution.levels(exceededFor: [0.1, 0.5, 0.9]).map { Float($0) + gainDB }
        return SoundLevelStatistics(
            interval: intervalStart..<time,
            measuredSamples: measuredSamples,
            equivalentA: Self.level(sums.a / count * chain.powerGain(of: .a)),
            equivalentC: Self.level(sums.c / count * chain.powerGain(of: .c)),
            equivalentZ: Self.level(sums.z / count * chain.powerGain(of: .z)),
            maximum: Self.level(sums.maximum * gain),
            exceededFor10Percent: exceeded[0],
            exceededFor50Percent: exceeded[1],
            exceededFor90Percent: exceeded[2],
            rootMeanSquare: Self.level(sums.plain / count),
            peak: Self.level(sums.peak * sums.peak),
            clippedSamples: sums.clipped
        )
    }

    private static func level(_ meanSquare: Double) -> Float {
        Float(Decibels.level(ofMeanSquare: meanSquare))
    }
}

/// What a sound level meter shows at a moment, in dBFS; `-infinity` is digital silence.
package struct SoundLevelReading: Equatable, Sendable {
    /// The level with the time weighting fast: LAF for weighting A.
    package var fastDBFS: Float

    /// The level with the time weighting slow: LAS for weighting A.
    package var slowDBFS: Float

    /// The largest magnitude, not weighted, since the reading before.
    package var peakDBFS: Float

    /// Creates the value from its parts.
    package init(fastDBFS: Float, slowDBFS: Float, peakDBFS: Float) {
        self.fastDBFS = fastDBFS
        self.slowDBFS = slowDBFS
        self.peakDBFS = peakDBFS
    }
}

/// Of what a sound level meter gives the maximum and the exceeded levels.
package struct SoundLevelSettings: Equatable, Sendable {
    /// The frequency weighting.
    package var frequencyWeighting = FrequencyWeighting.a
    /// The time weighting.
    package var timeWeighting = TimeWeighting.fast

    /// Creates the default settings: A and fast.
    package init() {}
}
