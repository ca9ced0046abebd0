import Detection
import EventStore

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
