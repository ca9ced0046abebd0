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
    /// RMS of the samples as they are, in dBFS.
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

    package var json: JSONValue {
        .object([
            .init("source", .string(source)),
            .init("minute", .moment(minute)),
            .init("measured_s", .number(measuredSeconds, decimals: 3)),
            .init("unit", .string(unit.rawValue)),
            .init("laeq", .number(laeq, decimals: 1)),
            .init("laf10", .number(laf10, decimals: 1)),
            .init("laf50", .number(laf50, decimals: 1)),
            .init("laf90", .number(laf90, decimals: 1)),
            .init("lafmax", .number(lafMax, decimals: 1)),
            .init("lceq", .number(lceq, decimals: 1)),
            .init("lzeq", .number(lzeq, decimals: 1)),
            .init("rms_dbfs", .number(rmsDBFS, decimals: 1)),
            .init("peak_dbfs", .number(peakDBFS, decimals: 1)),
            .init("clipped_samples", .integer(Int64(clippedSamples))),
            .init("sample_rate_hz", .integer(Int64(sampleRateHz))),
            .init("calibration_db", .number(calibrationDB, decimals: 2)),
        ])
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

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        source = try values.decode(String.self, forKey: .source)
        minute = try values.decodeMoment(forKey: .minute)
        measuredSeconds = try values.decode(Double.self, forKey: .measuredSeconds)
        unit = try values.decode(LevelUnit.self, forKey: .unit)
        laeq = try values.decodeIfPresent(Double.self, forKey: .laeq)
        laf10 = try values.decodeIfPresent(Double.self, forKey: .laf10)
        laf50 = try values.decodeIfPresent(Double.self, forKey: .laf50)
        laf90 = try values.decodeIfPresent(Double.self, forKey: .laf90)
        lafMax = try values.decodeIfPresent(Double.self, forKey: .lafMax)
        lceq = try values.decodeIfPresent(Double.self, forKey: .lceq)
        lzeq = try values.decodeIfPresent(Double.self, forKey: .lzeq)
        rmsDBFS = try values.decodeIfPresent(Double.self, forKey: .rmsDBFS)
        peakDBFS = try values.decodeIfPresent(Double.self, forKey: .peakDBFS)
        clippedSamples = try values.decode(Int.self, forKey: .clippedSamples)
        sampleRateHz = try values.decode(Int.self, forKey: .sampleRateHz)
        calibrationDB = try values.decodeIfPresent(Double.self, forKey: .calibrationDB)
    }
}
