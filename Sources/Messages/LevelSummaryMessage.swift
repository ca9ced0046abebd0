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
        .object([
            .init("source", .string(source)),
            .init("asked_s", .number(askedSeconds, decimals: 3)),
            .init("measured_s", .number(measuredSeconds, decimals: 3)),
            .init("measured_percent", .number(measuredPercent, decimals: 2)),
            .init("unit", .string(unit.rawValue)),
            .init("laeq", .number(laeq, decimals: 1)),
            .init("lafmax", .number(lafMax, decimals: 1)),
        ])
    }

    private enum CodingKeys: String, CodingKey {
        case source
        case askedSeconds = "asked_s"
        case measuredSeconds = "measured_s"
        case unit, laeq
        case lafMax = "lafmax"
    }
}
