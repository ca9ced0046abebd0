import FileFailures
import Foundation
package import LogMelFeatures
package import ONNXFormat
package import ONNXInference

/// A model that names sounds: a network with everything that is needed to use it.
package struct SoundModel: Sendable {
    /// The folder that holds `model.onnx` and `model.yaml`.
    package let folder: String
    /// The content of `model.yaml`.
    package let about: ModelDescription
    /// The network, prepared once for all who run it.
    package let prepared: PreparedNetwork
    /// The digest of `model.onnx`, by which the very same network is recognised.
    package let digest: SHA256Digest
    /// The shape of the network's input for one window, such as `[1, 1, 96, 64]`.
    package let inputShape: [Int]

    /// The content of `model.onnx`.
    package var network: Model { prepared.model }
    /// The name under which events refer to the model.
    package var name: String { about.name }
    /// The version of the model.
    package var version: String { about.version }
    /// The classes in the order of the network's scores.
    package var classes: [SoundClass] { about.classes }
    /// What the network's input is.
    package var frontEnd: FrontEnd { about.frontEnd }
    /// The number of frames in a window.
    package var windowFrames: Int { about.network.windowFrames }
    /// The number of samples in a window, at the front end's rate.
    package var windowSamples: Int {
        (windowFrames - 1) * frontEnd.hopLength + frontEnd.frameLength
    }

    /// Loads a model and checks that its two files belong together.
    ///
    /// - Parameter folder: The path of the model's folder.
    /// - Returns: A model whose network has the inputs and outputs that `model.yaml` names.
    /// - Throws: What is wrong with which file.
    package static func load(folder: String) throws(ModelFolderError) -> SoundModel {
        let about = try ModelDescription.read(
            text(at: "\(folder)/model.yaml"),
            file: "\(folder)/model.yaml"
        )
        let path = "\(folder)/model.onnx"
        let bytes = [UInt8](try content(at: path))
        let digest = SHA256Digest(of: bytes)
        if let named = about.network.sha256, named.lowercased() != digest.description {
            throw .mismatch(
                path: path,
                reason: "its SHA-256 is \(digest), model.yaml names '\(named)'"
            )
        }
        let network: Model
        do {
            network = try Model(serialized: bytes)
        } catch {
            throw .unusableNetwork(path: path, reason: error.description)
        }
        let inputShape: [Int]
        do {
            inputShape = try NetworkFit(about, network.graph).inputShape()
        } catch {
            throw .mismatch(path: path, reason: error.reason)
        }
        let options = LoadOptions(inputShapes: [about.network.input: inputShape])
        let model = SoundModel(
            folder: folder,
            about: about,
            prepared: PreparedNetwork(model: network, options: options),
            digest: digest,
            inputShape: inputShape
        )
        // Tried apart, so that a stream does not hold the weights of whole windows too.
        _ = try model.session(of: PreparedNetwork(model: network, options: options))
        return model
    }

    /// Plans the network for one window at a time; one session is for one thread.
    ///
    /// - Returns: A session whose only input has ``inputShape``.
    /// - Throws: What of the network cannot be run, or that it gives another number of scores.
    package func makeSession() throws(ModelFolderError) -> InferenceSession {
        try session(of: prepared)
    }

    private func session(
        of network: PreparedNetwork
    ) throws(ModelFolderError) -> InferenceSession {
        let path = "\(folder)/model.onnx"
        let session: InferenceSession
        do {
            session = try network.makeSession()
        } catch {
            throw .unusableNetwork(path: path, reason: error.description)
        }
        let scores = session.outputs.first { $0.name == about.network.scores }
        guard let type = scores?.type, type.elementCount == classes.count else {
            throw .mismatch(
                path: path,
                reason: "for one window, output '\(about.network.scores)' is "
                    + "\(scores?.type.description ?? "missing"), for \(classes.count) classes"
            )
        }
        return session
    }

    private static func text(at path: String) throws(ModelFolderError) -> String {
        guard let text = String(bytes: try content(at: path), encoding: .utf8) else {
            throw .unreadable(path: path, reason: "it is not UTF-8 text")
        }
        return text
    }

    private static func content(at path: String) throws(ModelFolderError) -> Data {
        guard FileManager.default.fileExists(atPath: path) else {
            throw .unreadable(path: path, reason: "no such file")
        }
        do {
            return try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw .unreadable(path: path, reason: FileFailure.reason(error))
        }
    }
}
