/// How scores are calibrated.
package enum CalibrationMethod: String, CaseIterable, Sendable {
    /// One number by which the logits of all classes are divided.
    case temperature
    /// A slope and an offset for the logits of each class, of which there are enough windows.
    case platt
}
