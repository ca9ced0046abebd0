import Foundation
import NPYFormat
import ONNXFormat
import Testing

/// The trained networks that the tests hold the engine against.
enum ReferenceModels {
    /// The folder of a network: `EARWITNESS_REFERENCE_MODELS`, or `../shared/models` beside the
    /// package.
    static func folder(of name: String) -> String {
        let root =
            ProcessInfo.processInfo.environment["EARWITNESS_REFERENCE_MODELS"]
            ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../shared/models").standardized.path
        return "\(root)/\(name)"
    }

    /// The network's model file.
    static func model(_ name: String) throws -> Model {
        let path = "\(folder(of: name))/model.onnx"
        try #require(
            FileManager.default.fileExists(atPath: path),
            "'\(path)' is missing; set EARWITNESS_REFERENCE_MODELS to the folder that holds '\(name)'"
        )
        return try Model(path: path)
    }

    /// One of the arrays that came with the network.
    static func array(_ file: String, of name: String) throws -> NPYArray {
        try NPYArray(path: "\(folder(of: name))/\(file).npy")
    }
}
