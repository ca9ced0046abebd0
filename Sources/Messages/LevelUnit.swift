/// What sound levels are relative to.
package enum LevelUnit: String, Sendable, Equatable, Codable {
    /// To 20 µPa: the source was calibrated.
    case soundPressure = "dB SPL"
    /// To full scale: nobody calibrated the source.
    case fullScale = "dBFS"

    /// The unit under a calibration; nil: there is none.
    package init(calibrationDB: Double?) {
        self = calibrationDB == nil ? .fullScale : .soundPressure
    }
}
