import Detection
import Foundation
package import Messages

extension SoundMinute {
    /// The minute as it leaves the program: sound pressure levels if somebody calibrated the
    /// source, else levels relative to full scale.
    ///
    /// - Parameters:
    ///   - source: The name of the source.
    ///   - calibrationDB: The sound pressure level of 0 dBFS in dB; nil: it is not known.
    /// - Returns: The message.
    package func message(source: String, calibrationDB: Double?) -> LevelMinuteMessage {
        LevelMinuteMessage(
            source: source,
            minute: Date(timeIntervalSince1970: startSeconds),
            measuredSeconds: measuredSeconds,
            calibrationDB: calibrationDB,
            laeqDBFS: statistics.equivalentA.levelOrNil,
            laf10DBFS: statistics.exceededFor10Percent.levelOrNil,
            laf50DBFS: statistics.exceededFor50Percent.levelOrNil,
            laf90DBFS: statistics.exceededFor90Percent.levelOrNil,
            lafMaxDBFS: statistics.maximum.levelOrNil,
            lceqDBFS: statistics.equivalentC.levelOrNil,
            lzeqDBFS: statistics.equivalentZ.levelOrNil,
            rmsDBFS: statistics.rootMeanSquare.levelOrNil,
            peakDBFS: statistics.peak.levelOrNil,
            clippedSamples: statistics.clippedSamples,
            sampleRateHz: sampleRateHz
        )
    }
}

extension Float {
    /// A level; nil for that of silence, which is no number.
    var levelOrNil: Double? { isFinite ? Double(self) : nil }
}
