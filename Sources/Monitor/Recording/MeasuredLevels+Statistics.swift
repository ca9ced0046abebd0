import Detection
import EventStore
import Foundation

extension MeasuredLevels {
    /// The levels of a stretch of time; silence has none.
    init(_ statistics: SoundLevelStatistics) {
        self.init()
        laeq = statistics.equivalentA.levelOrNil
        lceq = statistics.equivalentC.levelOrNil
        lzeq = statistics.equivalentZ.levelOrNil
        lafMax = statistics.maximum.levelOrNil
        laf10 = statistics.exceededFor10Percent.levelOrNil
        laf50 = statistics.exceededFor50Percent.levelOrNil
        laf90 = statistics.exceededFor90Percent.levelOrNil
        rms = statistics.rootMeanSquare.levelOrNil
        peak = statistics.peak.levelOrNil
    }
}

extension LevelMinute {
    /// A minute of a source as the history stores it.
    ///
    /// - Parameters:
    ///   - minute: What was measured.
    ///   - calibrationDB: The sound pressure level of 0 dBFS in dB; nil: it is not known.
    init(_ minute: SoundMinute, calibrationDB: Double?) {
        self.init(
            minute: Date(timeIntervalSince1970: minute.startSeconds),
            measuredSeconds: minute.measuredSeconds,
            sampleRateHz: minute.sampleRateHz,
            calibrationDB: calibrationDB,
            levels: MeasuredLevels(minute.statistics),
            clippedSamples: minute.statistics.clippedSamples
        )
    }
}
