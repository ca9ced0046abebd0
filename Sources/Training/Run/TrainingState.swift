import Foundation
import LogMelFeatures
import ModelLibrary
import NeuralNetwork
import Platform

/// A training in the middle, on disk: weights, all averages, and what the steps so far gave.
///
/// The file is an ONNX file without nodes. What it was trained with is in its metadata; only a
/// training with the same data and settings can continue from it, and then gives the bits that it
/// would have given without the interruption.
package enum TrainingState {
    /// The name of the file in the model's folder.
    package static let fileName = "training-state.onnx"

    /// Writes a training.
    ///
    /// - Parameters:
    ///   - trainer: The training.
    ///   - fingerprint: The data and settings.
    ///   - path: The file, which is replaced in one step.
    /// - Throws: That the file cannot be written.
    package static func write(
        _ trainer: Trainer,
        fingerprint: String,
        path: String
    ) throws {
        let tensors = trainer.tensors().map { name, buffer in
            Tensor(name: name, shape: [buffer.count], floats: buffer.toArray())
        }
        let history = [("history.loss", \StepReport.loss), ("history.accuracy", \.accuracy)].map {
            name,
            figure in
            Tensor(
                name: name,
                shape: [trainer.history.count],
                floats: trainer.history.map { Float($0[keyPath: figure]) }
            )
        }
        let model = Model(
            producerName: "earwitness",
            operatorSets: [OperatorSet(version: 13)],
            graph: Graph(
                name: "training-state",
                nodes: [],
                initializers: tensors + history,
                inputs: [],
                outputs: []
            ),
            metadata: [
                MetadataEntry(key: "version", value: Fingerprint.version),
                MetadataEntry(key: "fingerprint", value: fingerprint),
                MetadataEntry(key: "teachers", value: digests(of: trainer)),
                MetadataEntry(key: "steps", value: "\(trainer.stepCount)"),
            ]
        )
        try model.write(path: path)
    }

    private static func digests(of trainer: Trainer) -> String {
        trainer.teachers.map(\.digest).joined(separator: " ")
    }

    /// Continues from a training that was written.
    ///
    /// - Parameters:
    ///   - trainer: A new training with the same data and settings.
    ///   - fingerprint: The data and settings.
    ///   - path: The file.
    /// - Throws: That the file is missing, damaged or of another training.
    package static func read(
        into trainer: Trainer,
        fingerprint: String,
        path: String
    ) throws(TrainingError) {
        guard FileManager.default.fileExists(atPath: path) else {
            throw .unusableState(path: path, reason: "there is no such file")
        }
        let model: Model
        do {
            model = try Model(path: path)
        } catch {
            throw .unusableState(path: path, reason: error.description)
        }
        func entry(_ key: String) -> String? { model.metadata.first { $0.key == key }?.value }
        guard entry("version") == Fingerprint.version else {
            throw .unusableState(path: path, reason: "another version of Earwitness wrote it")
        }
        guard entry("fingerprint") == fingerprint else {
            throw .unusableState(
                path: path,
                reason: "it belongs to a training with other data or settings"
            )
        }
        guard (entry("teachers") ?? "") == digests(of: trainer) else {
            throw .unusableState(path: path, reason: "it belongs to a training with other teachers")
        }
        guard let steps = entry("steps").flatMap({ Int($0) }), steps >= 0 else {
            throw .unusableState(path: path, reason: "its step count is missing")
        }
        let saved = Dictionary(
            model.graph.initializers.map { ($0.name, $0.values) },
            uniquingKeysWith: { first, _ in first }
        )
        for (name, buffer) in trainer.tensors() {
            guard case .float32(let values)? = saved[name], values.count == buffer.count else {
                throw .unusableState(path: path, reason: "'\(name)' is missing or has another size")
            }
            buffer.slice.update(from: values.span)
        }
        func figures(_ name: String) -> [Double] {
            guard case .float32(let values)? = saved[name] else { return [] }
            return values.map(Double.init)
        }
        let pairs = zip(figures("history.loss"), figures("history.accuracy"))
        trainer.resume(
            after: steps,
            history: pairs.enumerated().map { index, pair in
                StepReport(step: index + 1, loss: pair.0, accuracy: pair.1)
            }
        )
    }
}

/// Digests by which caches and interrupted trainings are told apart.
enum Fingerprint {
    /// Changes whenever a text that goes into a digest gets another form.
    static let version = "2"

    static func digest(_ text: String) -> String {
        SHA256Digest(of: Array(text.utf8)).description
    }

    /// A front end as JSON with its keys in alphabetical order.
    static func text(of frontEnd: FrontEnd) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(frontEnd), as: UTF8.self)
        } catch {
            preconditionFailure("a front end can be written as JSON: \(error)")
        }
    }
}
