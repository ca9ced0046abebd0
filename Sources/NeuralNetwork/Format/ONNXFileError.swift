/// Why a file is not a model that can be read, or a model has no file format.
package enum ONNXFileError: Error, Equatable, CustomStringConvertible {
    /// The file is not there or cannot be read.
    case unreadable(path: String, reason: String)
    /// The file is larger than a model may be.
    case tooLarge(byteCount: Int, limit: Int)
    /// The bytes are not an ONNX model at all, or end too early.
    case malformed(reason: String)
    /// A tensor's content contradicts what is said about it.
    case malformedTensor(name: String, reason: String)
    /// A part of the model that is well formed but cannot be true.
    case malformedGraph(reason: String)

    package var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "Cannot read the model '\(path)': \(reason). Check the path and its permissions."
        case .tooLarge(let byteCount, let limit):
            "The model file has \(byteCount) bytes; at most \(limit) are allowed."
        case .malformed(let reason):
            "This is not a complete ONNX model: \(reason). Export or copy the file again."
        case .malformedTensor(let name, let reason):
            "Tensor '\(name)' of the model is malformed: \(reason). Export the file again."
        case .malformedGraph(let reason):
            "The model is malformed: \(reason). Export the file again."
        }
    }
}
