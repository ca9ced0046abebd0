/// Why an evaluation makes no sense, with what to do next.
package enum EvaluationError: Error, Equatable, CustomStringConvertible {
    /// A recording breaks off.
    case incomplete(reason: String)
    /// No label of the data set is a class of the model.
    case noCommonClass(labels: [String], classNames: [String])
    /// A label is mapped to a class that the model does not have.
    case unknownClass(name: String, classNames: [String])
    /// Thresholds were asked for, and the data set says nothing of when sounds are heard.
    case clipsHaveNoRate
    /// The model's file cannot be changed.
    case thresholdsNotWritten(path: String, reason: String)
    /// No class of the model is heard in any window of the data set.
    case nothingToCalibrate
    /// Rejection was to be fitted, and every window of the data set has a known sound, or none.
    case nothingUnknown
    /// The model's file cannot be changed.
    case calibrationNotWritten(path: String, reason: String)

    package var description: String {
        switch self {
        case .incomplete(let reason):
            reason
        case .noCommonClass(let labels, let names):
            "No label (\(Self.list(labels))) is a class of the model (\(Self.list(names))). "
                + "Map them with --map LABEL=CLASS."
        case .unknownClass(let name, let names):
            "The model has no class '\(name)'. Classes: \(Self.list(names))."
        case .clipsHaveNoRate:
            "Thresholds need labelled recordings, so that false alarms per hour can be counted; "
                + "these are clips. 'earwitness compose' makes labelled recordings from clips."
        case .thresholdsNotWritten(let path, let reason):
            "The thresholds were not written to '\(path)': \(reason). Write them by hand."
        case .nothingToCalibrate:
            "No window with an open gate contains a class of the model. Give recordings of its "
                + "classes, and map labels with --map LABEL=CLASS."
        case .nothingUnknown:
            "--keep-known needs windows with known sounds and windows without. Give labelled "
                + "recordings with both, such as soundscapes from 'earwitness compose'."
        case .calibrationNotWritten(let path, let reason):
            "The calibration was not written to '\(path)': \(reason). Write it by hand."
        }
    }

    /// The exit code (sysexits) of a command that fails for this reason.
    package var exitCode: Int32 {
        switch self {
        case .incomplete, .noCommonClass, .clipsHaveNoRate, .nothingToCalibrate, .nothingUnknown: 65
        case .unknownClass: 64
        case .thresholdsNotWritten, .calibrationNotWritten: 73
        }
    }

    private static func list(_ names: [String]) -> String {
        names.prefix(12).joined(separator: ", ") + (names.count > 12 ? ", …" : "")
    }
}
