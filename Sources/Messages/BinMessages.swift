package import Foundation

/// The answer to a query by minute, hour, day, week or month: bins of a zone's clocks.
package struct BinListMessage<Bin: WireMessage>: WireMessage {
    /// The length of a bin: `minute`, `hour`, `day`, `week` or `month`.
    package var by: String
    /// The zone by whose clocks they begin, such as `Europe/Berlin`.
    package var timeZone: String
    /// The beginning of the first bin.
    package var from: Date
    /// The end of the last bin.
    package var to: Date
    /// The bins that there is something to say of, in their order.
    package var bins: [Bin]

    /// Creates the message from its parts.
    package init(by: String, timeZone: String, from: Date, to: Date, bins: [Bin]) {
        self.by = by
        self.timeZone = timeZone
        self.from = from
        self.to = to
        self.bins = bins
    }

    private enum CodingKeys: String, CodingKey {
        case by
        case timeZone = "time_zone"
        case from, to, bins
    }
}

/// How many events of a class a source heard in a bin of time.
package struct CountMessage: WireMessage {
    /// When the bin begins.
    package var start: Date
    /// The name of the class, such as `dog_bark`.
    package var className: String
    /// The name of the source.
    package var source: String
    /// The number of events.
    package var count: Int
    /// The highest peak score, 0...1; nil if retention has removed all the events.
    package var peakScore: Double?

    /// Creates the message from its parts.
    package init(start: Date, className: String, source: String, count: Int, peakScore: Double?) {
        self.start = start
        self.className = className
        self.source = source
        self.count = count
        self.peakScore = peakScore
    }

    private enum CodingKeys: String, CodingKey {
        case start
        case className = "class"
        case source, count
        case peakScore = "peak_score"
    }
}

/// How much of a bin of time a source was listened to.
package struct CoverageBinMessage: WireMessage {
    /// When the bin begins.
    package var start: Date
    /// The name of the source.
    package var source: String
    /// How much of the bin is past, in seconds.
    package var askedSeconds: Double
    /// How much of that was listened to, silence included, in percent; nil for none of it.
    package var listenedPercent: Double?
    /// The number of samples that were lost.
    package var lostSamples: Int64

    /// Creates the message from its parts.
    package init(
        start: Date,
        source: String,
        askedSeconds: Double,
        listenedPercent: Double?,
        lostSamples: Int64
    ) {
        self.start = start
        self.source = source
        self.askedSeconds = askedSeconds
        self.listenedPercent = listenedPercent
        self.lostSamples = lostSamples
    }

    private enum CodingKeys: String, CodingKey {
        case start, source
        case askedSeconds = "asked_s"
        case listenedPercent = "listened_percent"
        case lostSamples = "lost_samples"
    }
}

/// The sound levels of a source in a bin of time.
package struct LevelBinMessage: WireMessage {
    /// When the bin begins.
    package var start: Date
    /// The name of the source.
    package var source: String
    /// How much of the bin was measured, in seconds.
    package var measuredSeconds: Double
    /// The unit of the levels.
    package var unit: LevelUnit
    /// The energy mean, weighting A; nil, as every level, for digital silence.
    package var laeq: Double?
    /// The mean of the minutes' levels exceeded for 10 % of the time.
    package var laf10: Double?
    /// The mean of the minutes' levels exceeded for 50 % of the time.
    package var laf50: Double?
    /// The mean of the minutes' levels exceeded for 90 % of the time.
    package var laf90: Double?
    /// The highest level, weightings A and fast.
    package var lafMax: Double?

    /// Creates the message from levels in dBFS and the calibration, if there is one.
    package init(
        start: Date,
        source: String,
        measuredSeconds: Double,
        calibrationDB: Double?,
        laeqDBFS: Double?,
        laf10DBFS: Double?,
        laf50DBFS: Double?,
        laf90DBFS: Double?,
        lafMaxDBFS: Double?
    ) {
        func calibrated(_ levelDBFS: Double?) -> Double? {
            levelDBFS.map { $0 + (calibrationDB ?? 0) }
        }
        self.start = start
        self.source = source
        self.measuredSeconds = measuredSeconds
        unit = LevelUnit(calibrationDB: calibrationDB)
        laeq = calibrated(laeqDBFS)
        laf10 = calibrated(laf10DBFS)
        laf50 = calibrated(laf50DBFS)
        laf90 = calibrated(laf90DBFS)
        lafMax = calibrated(lafMaxDBFS)
    }

    private enum CodingKeys: String, CodingKey {
        case start, source
        case measuredSeconds = "measured_s"
        case unit, laeq, laf10, laf50, laf90
        case lafMax = "lafmax"
    }
}
