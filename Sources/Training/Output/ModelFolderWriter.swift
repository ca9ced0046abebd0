import Detection
import Foundation
import LogMelFeatures
package import ModelLibrary
import NeuralNetwork
import Platform
import SoundDatasets
import Yams

/// Writes a model folder: `model.onnx`, `model.yaml`, `card.md` and its pictures.
package enum ModelFolderWriter {
    /// Writes the folder and loads it again as the monitor will.
    ///
    /// All files are on the disk before the first one gets its name, so that a disk that fills up
    /// leaves the model that was there before.
    /// - Parameters:
    ///   - model: The model.
    ///   - folder: The folder; made if it is missing.
    /// - Returns: The model as loaded.
    /// - Throws: What cannot be written, or what of it cannot be loaded.
    package static func write(
        _ model: TrainedModel,
        folder: String
    ) throws -> SoundModel {
        let network = try NetworkExport.deployable(model.network, activation: model.activation)
            .serialized()
        let encoder = YAMLEncoder()
        encoder.options.allowUnicode = true
        let yaml = try encoder.encode(document(of: model, digest: SHA256Digest(of: network)))
        let contents =
            [
                ("model.onnx", network),
                ("model.yaml", Array("# Written by earwitness train.\n\(yaml)".utf8)),
                ("card.md", Array(ModelCard.text(of: model).utf8)),
            ] + ModelPictures.files(of: model)
        try OutputFile.createFolder(folder)
        let files = try contents.map { name, bytes in
            let file = try OutputFile(path: "\(folder)/\(name)", isDurable: true)
            try file.write(bytes)
            try file.flush()
            return file
        }
        for file in files { try file.finish() }
        return try SoundModel.load(folder: folder)
    }

    private static func document(
        of model: TrainedModel,
        digest: SHA256Digest
    ) -> ModelDocument {
        ModelDocument(
            name: ClassName.name(from: model.name),
            version: model.recipe.version,
            description: model.recipe.summary.isEmpty
                ? "\(model.dataset.classNames.count) sounds, trained by earwitness train."
                : model.recipe.summary,
            frontEnd: model.frontEnd,
            network: ModelDocument.Network(
                input: Architecture.inputName,
                windowFrames: model.settings.design.windowFrames,
                scores: NetworkExport.scoresName,
                activation: ScoreActivation.none.rawValue,
                embedding: Architecture.embeddingName,
                sha256: digest.description
            ),
            rule: SettingsDocument(model.recipe.rule),
            classes: model.classes.map {
                ModelDocument.SoundClass(
                    name: $0.name,
                    label: $0.label,
                    isPrivate: $0.isPrivate ? true : nil,
                    isReported: $0.isReported ? nil : false,
                    isEnabled: $0.isEnabled ? nil : false,
                    calibration: SettingsDocument(
                        $0.calibration,
                        SoundClass().calibration,
                        LogisticCalibration.settings
                    ),
                    rule: SettingsDocument($0.rule)
                )
            },
            provenance: ModelDocument.Provenance(
                trainedOn: "\(model.trainedClips.count) recordings; card.md has the classes.",
                licence: model.recipe.licence.isEmpty
                    ? "That of the recordings it was trained on." : model.recipe.licence,
                recipe: ModelCard.recipe(of: model)
            ),
            metrics: metrics(of: model)
        )
    }

    private static func metrics(of model: TrainedModel) -> [ModelDocument.Metric] {
        var metrics = [
            ModelDocument.Metric(
                name: "parameters",
                value: Double(parameterCount(of: model)),
                protocolText: "The numbers in the network."
            )
        ]
        if let validation = model.validation {
            let accuracy = validation.summary(\.clipAccuracy)
            metrics.append(
                ModelDocument.Metric(
                    name: "clip_accuracy",
                    value: accuracy.mean,
                    deviation: accuracy.deviation,
                    protocolText: "\(validation.folds.count) folds, each tested once with the same "
                        + "settings; mean of the windows above \(model.settings.gateDBFS) dBFS. "
                        + "The weights here were trained on all folds."
                )
            )
        }
        if let heldOut = model.heldOut {
            let folds = heldOut.folds.map { "\($0.number)" }.joined(separator: ", ")
            metrics.append(
                ModelDocument.Metric(
                    name: "held_out_clip_accuracy",
                    value: heldOut.summary(\.clipAccuracy).mean,
                    protocolText: "Fold \(folds), which these weights were not trained on; mean of "
                        + "the windows above \(model.settings.gateDBFS) dBFS, among the reported classes."
                )
            )
            if let mean = model.report?.meanAveragePrecision {
                metrics.append(
                    ModelDocument.Metric(
                        name: "held_out_mean_average_precision",
                        value: mean,
                        protocolText: "Mean over the classes; of each, its clips in fold \(folds) "
                            + "against all others there, by the highest smoothed score."
                    )
                )
            }
        }
        return metrics
    }

    private static func parameterCount(of model: TrainedModel) -> Int {
        NetworkExport.deployable(model.network, activation: .none).graph.initializers
            .reduce(0) { $0 + $1.values.count }
    }
}
