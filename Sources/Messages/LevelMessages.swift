package import Foundation

/// The sound levels of a source in one minute of the clock.
package struct LevelMinuteMessage: WireMessage {
    /// The name of the source.
    package var source: String
    /// When the minute begins.
    package var minute: Date
    /// How much of it was measured, in seconds.
    package var measuredSeconds: Double
    /// The unit of all levels whose name has none.
    package var unit: LevelUnit
    /// The energy mean, weighting A; nil, as every level, for digital silence.
    package var laeq: Double?
    /// The level exceeded for 10 % of the time, weightings A and fast.
    package var laf10: Double?
    /// The level exceeded for 50 % of the time.
    package var laf50: Double?
    /// The level exceeded for 90 % of the time.
    package var laf90: Double?
    /// The highest level, weightings A and fast.
    package var lafMax: Double?
    /// The energy mean, weighting C.
    package var lceq: Double?
    /// The energy mean, weighting Z.
    package var lzeq: Double?
    /// RMS of the unweighted samples, in dBFS.
    package var rmsDBFS: Double?
    /// The largest magnitude of a sample, in dBFS.
    package var peakDBFS: Double?
    /// The number of clipped samples.
    package var clippedSamples: Int
    /// The rate at which it was measured, in Hz.
    package var sampleRateHz: Int
    /// The sound pressure level of 0 dBFS in dB; nil: the source was not calibrated.
    package var calibrationDB: Double?

    /// Creates the message from levels in dBFS and the calibration, if there is one.
    package init(
        source: String,
        minute: Date,
        measuredSeconds: Double,
        calibrationDB: Double?,
        laeqDBFS: Double?,
        laf10DBFS: Double?,
        laf50DBFS: Double?,
        laf90DBFS: Double?,
        lafMaxDBFS: Double?,
        lceqDBFS: Double?,
        lzeqDBFS: Double?,
        rmsDBFS: Double?,
        peakDBFS: Double?,
        clippedSamples: Int,
        sampleRateHz: Int
    ) {
        func calibrated(_ levelDBFS: Double?) -> Double? {
            levelDBFS.map { $0 + (calibrationDB ?? 0) }
        }
        self.source = source
        self.minute = minute
        self.measuredSeconds = measuredSeconds
        self.calibrationDB = calibrationDB
        unit = LevelUnit(calibrationDB: calibrationDB)
        laeq = calibrated(laeqDBFS)
        laf10 = calibrated(laf10DBFS)
        laf50 = calibrated(laf50DBFS)
        laf90 = calibrated(laf90DBFS)
        lafMax = calibrated(lafMaxDBFS)
        lceq = calibrated(lceqDBFS)
        lzeq = calibrated(lzeqDBFS)
        self.rmsDBFS = rmsDBFS
        self.peakDBFS = peakDBFS
        self.clippedSamples = clippedSamples
        self.sampleRateHz = sampleRateHz
    }

    private enum CodingKeys: String, CodingKey {
        case source, minute
        case measuredSeconds = "measured_s"
        case unit, laeq, laf10, laf50, laf90
        case lafMax = "lafmax"
        case lceq, lzeq
        case rmsDBFS = "rms_dbfs"
        case peakDBFS = "peak_dbfs"
        case clippedSamples = "clipped_samples"
        case sampleRateHz = "sample_rate_hz"
        case calibrationDB = "calibration_db"
    }
}

/// The sound levels of a source over the whole time asked for, and how much of it was measured.
package struct LevelSummaryMessage: WireMessage {
    /// The name of the source.
    package var source: String
    /// The time asked for, in seconds.
    package var askedSeconds: Double
    /// How much of it was measured, in seconds.
    package var measuredSeconds: Double
    /// The unit of the levels.
    package var unit: LevelUnit
    /// The energy mean of what was measured, weighting A; nil for digital silence.
    package var laeq: Double?
    /// The highest level, weightings A and fast; nil for digital silence.
    package var lafMax: Double?

    /// Creates the message from levels in dBFS and the calibration, if there is one.
    package init(
        source: String,
        askedSeconds: Double,
        measuredSeconds: Double,
        laeqDBFS: Double?,
        lafMaxDBFS: Double?,
        calibrationDB: Double?
    ) {
        self.source = source
        self.askedSeconds = askedSeconds
        self.measuredSeconds = measuredSeconds
        unit = LevelUnit(calibrationDB: calibrationDB)
        laeq = laeqDBFS.map { $0 + (calibrationDB ?? 0) }
        lafMax = lafMaxDBFS.map { $0 + (calibrationDB ?? 0) }
    }

    /// The part of the time that was measured, in percent; nil if no time was asked for.
    package var measuredPercent: Double? {
        askedSeconds > 0 ? min(100, 100 * measuredSeconds / askedSeconds) : nil
    }

    package var json: JSONValue {
        fields.inserting([.number("measured_percent", measuredPercent)], after: "measured_s")
    }

    private enum CodingKeys: String, CodingKey {
        case source
        case askedSeconds = "asked_s"
        case measuredSeconds = "measured_s"
        case unit, laeq
        case lafMax = "lafmax"
    }
}

/// The answer to a query of sound levels: the minutes, and how much of the time was measured.
package struct LevelListMessage: WireMessage {
    /// The minutes, the oldest first.
    package var levels: [LevelMinuteMessage]
    /// The beginning of the time asked for.
    package var from: Date
    /// The end of the time asked for.
    package var to: Date
    /// Each source over the whole time.
    package var summary: [LevelSummaryMessage]

    /// Creates the message from its parts.
    package init(
        from: Date,
        to: Date,
        levels: [LevelMinuteMessage],
        summary: [LevelSummaryMessage]
    ) {
        self.from = from
        self.to = to
        self.levels = levels
        self.summary = summary
    }
}

/// The level of a source, as the stream gives it.
package struct LevelMessage: WireMessage {
    /// The name of the source.
    package var source: String
    /// The end of the sound that was measured.
    package var time: Date
    /// The level, RMS in dBFS; nil for digital silence.
    package var levelDBFS: Double?
    /// The weighted level now; nil while none is measured.
    package var soundLevel: SoundLevelMessage?
    private var gate: GateState

    /// Creates the message from its parts.
    package init(
        source: String,
        time: Date,
        levelDBFS: Double?,
        soundLevel: SoundLevelMessage? = nil,
        isGateOpen: Bool
    ) {
        self.source = source
        self.time = time
        self.levelDBFS = levelDBFS
        self.soundLevel = soundLevel
        gate = isGateOpen ? .open : .closed
    }

    /// Whether the silence gate is open.
    package var isGateOpen: Bool { gate == .open }

    private enum CodingKeys: String, CodingKey {
        case source, time
        case levelDBFS = "level_dbfs"
        case soundLevel = "sound_level"
        case gate
    }
}

/// The sound level of a source at a moment.
package struct SoundLevelMessage: WireMessage {
    /// The unit of `laf` and `las`.
    package var unit: LevelUnit
    /// The level, weightings A and fast; nil for digital silence.
    package var laf: Double?
    /// The level, weightings A and slow; nil for digital silence.
    package var las: Double?
    /// The largest magnitude of the last fifth of a second in dBFS; nil for digital silence.
    package var peakDBFS: Double?
    /// The last minute that is over; nil before the first.
    package var lastMinute: LevelMinuteMessage?

    /// Creates the message from levels in dBFS and the calibration, if there is one.
    package init(
        lafDBFS: Double?,
        lasDBFS: Double?,
        peakDBFS: Double?,
        calibrationDB: Double?,
        lastMinute: LevelMinuteMessage? = nil
    ) {
        unit = LevelUnit(calibrationDB: calibrationDB)
        laf = lafDBFS.map { $0 + (calibrationDB ?? 0) }
        las = lasDBFS.map { $0 + (calibrationDB ?? 0) }
        self.peakDBFS = peakDBFS
        self.lastMinute = lastMinute
    }

    private enum CodingKeys: String, CodingKey {
        case unit, laf, las
        case peakDBFS = "peak_dbfs"
        case lastMinute = "last_minute"
    }
}

/// What sound levels are relative to.
package enum LevelUnit: String, Sendable, Equatable, Codable {
    /// To 20 µPa: the source was calibrated.
    case soundPressure = "dB SPL"
    /// To full scale: the source is not calibrated.
    case fullScale = "dBFS"

    /// The unit under a calibration; nil: there is none.
    package init(calibrationDB: Double?) {
        self = calibrationDB == nil ? .fullScale : .soundPressure
    }
}
