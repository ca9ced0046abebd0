/// The formats in which networks are read.
package enum ModelFileFormat: String, Sendable {
    case onnx = "ONNX"
    case tflite = "TFLite"
}

/// Why a model file cannot be read or written.
package enum ModelFileError: Error, Equatable, CustomStringConvertible {
    /// The file is not there or cannot be read.
    case unreadable(path: String, reason: String)
    /// The file is larger than a model may be.
    case tooLarge(byteCount: Int, limit: Int)
    /// The bytes are not a model at all, or end too early; without a format they may be of either.
    case malformed(ModelFileFormat? = .onnx, reason: String)
    /// A tensor's content contradicts what is said about it.
    case malformedTensor(name: String, reason: String)
    /// A part of the model that is well formed but cannot be true.
    case malformedGraph(reason: String)
    /// An operator of a TFLite file that is not supported, or not in this form.
    case unsupportedOperator(index: Int, name: String, reason: String?)

    package var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "Cannot read the model '\(path)': \(reason). Check the path and its permissions."
        case .tooLarge(let byteCount, let limit):
            "The model file has \(byteCount) bytes; at most \(limit) are allowed."
        case .malformed(let format, let reason):
            "This is not a complete \(format?.rawValue ?? "ONNX or TFLite") model: \(reason). "
                + "Export or copy the file again."
        case .malformedTensor(let name, let reason):
            "Tensor '\(name)' of the model is malformed: \(reason). Export the file again."
        case .malformedGraph(let reason):
            "The model is malformed: \(reason). Export the file again."
        case .unsupportedOperator(let index, let name, nil):
            "The model's operator \(index) '\(name)' is not supported. "
                + "docs/networks.md lists those that are."
        case .unsupportedOperator(let index, let name, let reason?):
            "The model's operator \(index) '\(name)' cannot run: \(reason)."
        }
    }
}
