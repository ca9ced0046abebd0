import Detection
import EventStore
import Foundation
import Messages

extension EventRecorder {
    /// Writes down a minute's sound levels.
    func note(_ minute: SoundMinute, of source: Int) {
        let levels = LevelMinute(
            sourceID: SoundMeasurement.unknownRow,
            minute: Date(timeIntervalSince1970: minute.startSeconds),
            measuredSeconds: minute.measuredSeconds,
            sampleRateHz: minute.sampleRateHz,
            calibrationDB: tracks[source].condition.calibrationDB,
            levels: MeasuredLevels(minute.statistics),
            clippedSamples: minute.statistics.clippedSamples
        )
        tracks[source].condition.lastMinute = minute
        backlog.append(.levels(source: tracks[source].condition.name, levels))
    }
}

extension MeasuredLevels {
    /// The levels of a stretch of time; silence has none.
    fileprivate init(_ statistics: SoundLevelStatistics) {
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

extension SourceCondition {
    /// The sound level as it leaves the program; nil while none is measured.
    ///
    /// - Parameter withLastMinute: Whether the last minute's levels are in it.
    /// - Returns: The message.
    func soundLevelMessage(withLastMinute: Bool) -> SoundLevelMessage? {
        guard let soundLevel else { return nil }
        return SoundLevelMessage(
            lafDBFS: soundLevel.fastDBFS.levelOrNil,
            lasDBFS: soundLevel.slowDBFS.levelOrNil,
            peakDBFS: soundLevel.peakDBFS.levelOrNil,
            calibrationDB: calibrationDB,
            lastMinute: withLastMinute ? lastMinute.map { message($0) } : nil
        )
    }

    private func message(_ minute: SoundMinute) -> LevelMinuteMessage {
        minute.message(source: name, calibrationDB: calibrationDB)
    }
}
