import Foundation

/// Why there are no seconds of a source to measure.
package enum SourceSampleError: Error, Equatable, CustomStringConvertible {
    /// The demo scene was asked for.
    case notMeasurable
    /// The recording is shorter than what is measured.
    case tooShort(seconds: Double, neededSeconds: Int)
    /// The device is open but delivers nothing.
    case nothingComes(reason: String?)
    /// The machine was too slow, or the device went away for a moment.
    case samplesLost

    package var description: String {
        switch self {
        case .notMeasurable:
            "The demo scene has no sound pressure. Name a device, or a recording as file:PATH."
        case .tooShort(let seconds, let neededSeconds):
            "The recording has \(String(format: "%.1f", seconds)) s, \(neededSeconds) s are "
                + "needed. Record longer, or give --seconds."
        case .nothingComes(let reason):
            "The device delivers nothing. " + (reason ?? "Unplug it and plug it in again.")
        case .samplesLost:
            "Samples were lost while the tone was measured. Try again on a quieter machine."
        }
    }
}
