package import Detection
package import Settings

/// Why a model cannot be used.
package enum ModelFolderError: Error, Equatable, Sendable, CustomStringConvertible {
    /// No model has this name, nor is there such a folder.
    case unknownModel(name: String, searched: [String], installed: [String])
    /// A file of the model is missing or cannot be read.
    case unreadable(path: String, reason: String)
    /// `model.yaml` has these faults, at least one.
    case invalidDescription([DocumentProblem])
    /// `model.onnx` is no network that can be run.
    case unusableNetwork(path: String, reason: String)
    /// `model.onnx` is a network, but not the one that `model.yaml` describes.
    case mismatch(path: String, reason: String)
    /// A class's score for a test sound is no probability, and the line of `model.yaml` that may
    /// make one of it.
    case invalidScore(path: String, className: String, score: InvalidScore, advice: String)

    /// One line; one for each fault of `model.yaml`.
    package var description: String {
        switch self {
        case .unknownModel(let name, let searched, let installed):
            "No model '\(name)' in \(searched.joined(separator: ", ")). "
                + (installed.isEmpty
                    ? "No model is installed; give the path of a model folder."
                    : "Installed: \(installed.joined(separator: ", ")).")
        case .unreadable(let path, let reason):
            "Cannot read '\(path)': \(reason). "
                + "A model is a folder with model.onnx and model.yaml; copy it again."
        case .invalidDescription(let problems):
            problems.map(\.description).joined(separator: "\n")
        case .unusableNetwork(let path, let reason):
            "Cannot use the network '\(path)': \(reason)"
        case .mismatch(let path, let reason):
            "'\(path)' is not the network that its model.yaml describes: \(reason)."
        case .invalidScore(let path, let className, let score, let advice):
            "'\(path)' gives '\(className)' a score of \(score.scoreText) for a test sound; scores "
                + "are from 0 to 1. \(advice)"
        }
    }
}
