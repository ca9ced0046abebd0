package import Detection
import Foundation
package import LogMelFeatures
package import NeuralNetwork
package import Platform

/// A model that names sounds: a network with everything that is needed to use it, or cadences.
package struct SoundModel: Sendable {
    /// The folder that holds `model.yaml` and the network, `model.onnx` or `model.tflite`.
    package let folder: String
    /// The content of `model.yaml`.
    package let about: ModelDescription
    /// The network, prepared once for all sessions; one without nodes where there are cadences.
    package let prepared: PreparedNetwork
    /// The digest of the network's file, by which the very same network is recognised; with cadences
    /// that of `model.yaml`.
    package let digest: SHA256Digest
    /// The shape of the network's input for one window, such as `[1, 1, 96, 64]`.
    package let inputShape: [Int]
    /// The axis of the network's input that is time; nil where frames do not follow one another.
    package let timeAxis: Int?
    /// How the network did when it was loaded.
    package let trial: NetworkTrial
    /// The network's output with the last layer's input; nil where it has no such layer.
    package let embedding: ModelEmbedding?
    /// The classes that sounds are reported by, in the order of a window's scores: the groups, then
    /// the network's classes in no group.
    package let classes: [SoundClass]
    /// The classes among them that were learnt on this box.
    package var learnt: [String] = []

    /// The content of the network's file.
    package var network: Model { prepared.model }
    /// The name under which events refer to the model.
    package var name: String { about.name }
    /// The version of the model.
    package var version: String { about.version }
    /// What the network's input is.
    package var frontEnd: FrontEnd { about.frontEnd }
    /// The number of frames in a window.
    package var windowFrames: Int { about.network.windowFrames }
    /// The number of samples in a window, at the front end's rate.
    package var windowSamples: Int {
        (windowFrames - 1) * frontEnd.hopLength + frontEnd.frameLength
    }

    /// The names that the network's file may have, in the order in which they are looked for.
    package static let networkFiles = ["model.onnx", "model.tflite"]

    /// The path of the network in a model's folder; the first name's if there is no network.
    package static func networkPath(in folder: String) -> String {
        let paths = networkFiles.map { "\(folder)/\($0)" }
        return paths.first { FileManager.default.fileExists(atPath: $0) } ?? paths[0]
    }

    /// Loads a model and checks that its two files belong together.
    ///
    /// - Parameter folder: The path of the model's folder.
    /// - Returns: A model whose network has the inputs and outputs that `model.yaml` names, and
    ///   gives scores of 0 to 1 for test sounds; ``trial`` says whether they are NaN.
    /// - Throws: What is wrong with which file.
    package static func load(folder: String) throws(ModelFolderError) -> SoundModel {
        let description = try text(at: "\(folder)/model.yaml")
        var about = try ModelDescription.read(description, file: "\(folder)/model.yaml")
        guard !about.hasCadences else {
            let digest = SHA256Digest(of: [UInt8](description.utf8))
            return ofCadences(about, folder: folder, digest: digest)
        }
        try about.leaveOutAbsentClasses(folder: folder)
        let path = networkPath(in: folder)
        let bytes = [UInt8](try content(at: path))
        let digest = SHA256Digest(of: bytes)
        if let named = about.network.sha256, named.lowercased() != digest.description {
            throw .mismatch(
                path: path,
                reason: "its SHA-256 is \(digest), but model.yaml gives '\(named)'"
            )
        }
        var network: Model
        do {
            network = try Model(serialized: bytes, exposesFloats: true)
        } catch {
            throw .unusableNetwork(path: path, reason: error.description)
        }
        network = network.starting(at: about.network.input) ?? network
        if let embedding = network.embedding(of: about.network.scores),
            about.network.embedding == nil
        {
            network = network.exposing(embedding)
        }
        let fit = NetworkFit(about, network.graph)
        do {
            try fit.requireNumbers()
        } catch {
            throw .unusableNetwork(path: path, reason: error.reason)
        }
        let inputs: [NetworkFit.Input]
        do {
            inputs = try fit.inputs()
        } catch {
            throw .mismatch(path: path, reason: error.reason)
        }
        var refusal: ModelFolderError?
        for input in inputs {
            do throws(ModelFolderError) {
                return try load(folder, about, network, digest, input)
            } catch {
                refusal = refusal ?? error
            }
        }
        throw refusal ?? .mismatch(path: path, reason: "its input shape fits no window")
    }

    /// Plans the network for an input and tries it.
    private static func load(
        _ folder: String,
        _ about: ModelDescription,
        _ network: Model,
        _ digest: SHA256Digest,
        _ input: NetworkFit.Input
    ) throws(ModelFolderError) -> SoundModel {
        let path = networkPath(in: folder)
        let options = loadOptions(about, inputShape: input.shape)
        // Tried apart, so that a stream does not hold the weights of whole windows too.
        let session = try session(
            of: PreparedNetwork(model: network, options: options),
            about,
            path
        )
        let trial: NetworkTrial
        do {
            trial = try NetworkTrial(session, of: about, shape: input.shape)
        } catch {
            throw .mismatch(path: path, reason: error.description)
        }
        if let fault = trial.faultOfRange {
            throw .invalidScore(
                path: path,
                className: about.classes[fault.score.classIndex].name,
                score: fault.score,
                advice: fault.advice(file: "\(folder)/model.yaml")
            )
        }
        return SoundModel(
            folder: folder,
            about: about,
            prepared: PreparedNetwork(model: network, options: options),
            digest: digest,
            inputShape: input.shape,
            timeAxis: input.timeAxis,
            trial: trial,
            embedding: ModelEmbedding(of: session, about, network),
            classes: about.soundClasses
        )
    }

    /// What is wrong with the scores for test sounds, in a line; nil: nothing.
    package var trialFault: String? {
        trial.faultOfSound.map { "\(text(of: $0.score)) for a test sound." }
    }

    /// Says which class has which score, without a full stop.
    package func text(of score: InvalidScore) -> String {
        "The model '\(name)' gives '\(about.classes[score.classIndex].name)' a score of \(score.scoreText)"
    }

    /// What is known of the network's inputs and asked of its outputs.
    package var loadOptions: LoadOptions { Self.loadOptions(about, inputShape: inputShape) }

    /// What is known of the inputs of a network that a description fits.
    static func loadOptions(
        _ about: ModelDescription,
        inputShape: [Int]
    ) -> LoadOptions {
        LoadOptions(
            inputShapes: [about.network.input: inputShape],
            requiredOutputs: Set(
                [about.network.scores, about.network.embedding].compactMap(\.self)
            )
        )
    }

    /// Plans the network for one window at a time; one session is for one thread.
    ///
    /// - Returns: A session whose only input has ``inputShape``.
    /// - Throws: What of the network cannot be run, that it gives another number of scores, or that
    ///   there is none.
    package func makeSession() throws(ModelFolderError) -> InferenceSession {
        guard !about.hasCadences else {
            throw .unusableNetwork(
                path: "\(folder)/model.yaml",
                reason: "the model '\(name)' has cadences instead of a network. Give another model."
            )
        }
        return try Self.session(of: prepared, about, Self.networkPath(in: folder))
    }

    private static func session(
        of network: PreparedNetwork,
        _ about: ModelDescription,
        _ path: String
    ) throws(ModelFolderError) -> InferenceSession {
        let session: InferenceSession
        do {
            session = try network.makeSession()
        } catch {
            throw .unusableNetwork(path: path, reason: error.description)
        }
        let scores = session.outputs.first { $0.name == about.network.scores }
        guard let type = scores?.type, type.elementType == .float32,
            type.elementCount == about.classes.count
        else {
            throw .mismatch(
                path: path,
                reason: "output '\(about.network.scores)' has type "
                    + "\(scores?.type.description ?? "none") for one window, but there are "
                    + "\(about.classes.count) classes"
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

extension SoundModel {
    /// Why the front end or input rules out streaming; nil if it does not.
    package var reasonForWholeWindows: String? {
        if about.hasCadences { return "cadences are looked for in whole windows" }
        if frontEnd.needsWholePatch {
            return "the front end normalises each frame by its whole window"
        }
        if frontEnd.channelCount > 1 { return "its input repeats each window in several channels" }
        if frontEnd.representation != .waveform, timeAxis == nil {
            return "its input is one vector"
        }
        if windowFrames == 1 { return "its window is one frame" }
        return nil
    }
}

extension SoundModel {
    /// The same model with the network's own scores: not calibrated, nothing rejected.
    ///
    /// What calibration and rejection are fitted to.
    package var withScoresOfTheNetwork: SoundModel {
        var about = about
        about.calibration = TemperatureDescription()
        about.network.sensitivity = nil
        about.openSet = OpenSetDescription()
        for index in about.classes.indices {
            about.classes[index].calibration = LogisticCalibration()
        }
        for index in about.groups.indices {
            about.groups[index].soundClass.calibration = LogisticCalibration()
        }
        return SoundModel(
            folder: folder,
            about: about,
            prepared: prepared,
            digest: digest,
            inputShape: inputShape,
            timeAxis: timeAxis,
            trial: trial,
            embedding: embedding,
            classes: about.soundClasses,
            learnt: learnt
        )
    }
}

/// The output of a network by which windows are compared, and classes learnt afterwards.
package struct ModelEmbedding: Equatable, Sendable {
    /// The name of the output.
    package let name: String
    /// Its shape for a window, such as `[1, 1024]`.
    package let shape: [Int]
    /// How many numbers it has for a window.
    package var length: Int { shape.reduce(1, *) }

    /// More would take a head as large as a network.
    private static let greatestLength = 1 << 14

    /// Finds the output that `model.yaml` names, or else the one that the network's layers show.
    fileprivate init?(of session: InferenceSession, _ about: ModelDescription, _ network: Model) {
        guard
            let name = about.network.embedding ?? network.embedding(of: about.network.scores),
            let type = session.outputs.first(where: { $0.name == name })?.type,
            type.elementType == .float32, (1...Self.greatestLength).contains(type.elementCount)
        else { return nil }
        self.name = name
        shape = type.shape
    }
}
