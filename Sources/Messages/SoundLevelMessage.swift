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

    package var json: JSONValue {
        .object([
            .init("unit", .string(unit.rawValue)),
            .init("laf", .number(laf, decimals: 1)),
            .init("las", .number(las, decimals: 1)),
            .init("peak_dbfs", .number(peakDBFS, decimals: 1)),
            .init("last_minute", lastMinute?.json ?? .null),
        ])
    }

    private enum CodingKeys: String, CodingKey {
        case unit, laf, las
        case peakDBFS = "peak_dbfs"
        case lastMinute = "last_minute"
    }
}
