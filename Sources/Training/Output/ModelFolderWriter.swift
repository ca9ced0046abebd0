import Detection
import Foundation
import LogMelFeatures
package import ModelLibrary
import NeuralNetwork
import Platform
import Settings
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
            .storing(model.settings.storedWeights).serialized()
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

    private static func document(of model: TrainedModel, digest: SHA256Digest) -> OrderedDocument {
        OrderedDocument([
            ("name", ClassName.name(from: model.name)),
            ("version", model.recipe.version),
            (
                "description",
                model.recipe.summary.isEmpty
                    ? "\(model.dataset.classNames.count) sounds, trained by earwitness train."
                    : model.recipe.summary
            ),
            ("front_end", model.frontEnd),
            (
                "network",
                OrderedDocument([
                    ("input", Architecture.inputName),
                    ("window_frames", model.settings.design.windowFrames),
                    ("hop_s", model.recipe.hopSeconds),
                    ("scores", NetworkExport.scoresName),
                    ("activation", ScoreActivation.none.rawValue),
                    ("embedding", Architecture.embeddingName),
                    ("sha256", digest.description),
                ])
            ),
            ("rule", section(model.recipe.rule, ClassRuleOverlay(), ClassRuleOverlay.settings)),
            ("classes", model.classes.map { document(of: $0) }),
            (
                "provenance",
                OrderedDocument([
                    (
                        "trained_on",
                        "\(model.trainedClips.count) recordings; card.md has the classes."
                    ),
                    (
                        "licence",
                        model.recipe.licence.isEmpty
                            ? "The licences of its training recordings." : model.recipe.licence
                    ),
                    ("recipe", ModelCard.recipe(of: model)),
                ])
            ),
            ("metrics", metrics(of: model)),
        ])
    }

    private static func document(of soundClass: SoundClass) -> OrderedDocument {
        let usual = SoundClass().calibration
        return OrderedDocument([
            ("name", soundClass.name),
            ("label", soundClass.label),
            ("private", soundClass.isPrivate ? (true as any Encodable) : nil),
            ("report", soundClass.isReported ? nil : (false as any Encodable)),
            ("enabled", soundClass.isEnabled ? nil : (false as any Encodable)),
            ("calibration", section(soundClass.calibration, usual, LogisticCalibration.settings)),
            ("rule", section(soundClass.rule, ClassRuleOverlay(), ClassRuleOverlay.settings)),
        ])
    }

    /// A section of single values, only those that differ from `usual`; nil without any.
    private static func section<Section>(
        _ section: Section,
        _ usual: Section,
        _ table: SettingsTable<Section>
    ) -> (any Encodable)? {
        let entries: [(String, (any Encodable)?)] =
            zip(table.values(of: section), table.values(of: usual))
            .filter { $0.text != $1.text }
            .map { ($0.0.key, value(of: $0.0.text)) }
        return entries.isEmpty ? nil : OrderedDocument(entries)
    }

    /// What a text in a settings file stands for.
    private static func value(of text: String) -> any Encodable {
        if let flag = Bool(text) { return flag }
        if let number = Int(text) { return number }
        // A decimal is written as people write it, a Double as 5e-1.
        if Double(text) != nil, let number = Decimal(string: text) { return number }
        guard text.hasPrefix("[") else { return text }
        return text.dropFirst().dropLast().split(separator: ",").map { $0.filter { $0 != " " } }
    }

    private static func metrics(of model: TrainedModel) -> [OrderedDocument] {
        let weights = NetworkExport.deployable(model.network, activation: .none).graph.initializers
            .reduce(0) { $0 + $1.values.count }
        var metrics = [metric("parameters", Double(weights), "Number of weights.")]
        if let validation = model.validation {
            let accuracy = validation.summary(\.clipAccuracy)
            metrics.append(
                metric(
                    "clip_accuracy",
                    accuracy.mean,
                    deviation: accuracy.deviation,
                    "\(validation.folds.count) folds, each tested once with the same settings; "
                        + "mean of the windows above \(model.settings.gateDBFS) dBFS. The weights "
                        + "here were trained on all folds."
                )
            )
        }
        guard let heldOut = model.heldOut else { return metrics }
        let folds = heldOut.folds.map { "\($0.number)" }.joined(separator: ", ")
        metrics.append(
            metric(
                "held_out_clip_accuracy",
                heldOut.summary(\.clipAccuracy).mean,
                "Fold \(folds), which these weights were not trained on; mean of the windows above "
                    + "\(model.settings.gateDBFS) dBFS, among the reported classes."
            )
        )
        if let mean = model.report?.meanAveragePrecision {
            metrics.append(
                metric(
                    "held_out_mean_average_precision",
                    mean,
                    "Mean over classes of the average precision on fold \(folds), by the highest "
                        + "smoothed score."
                )
            )
        }
        return metrics
    }

    private static func metric(
        _ name: String,
        _ value: Double,
        deviation: Double? = nil,
        _ protocolText: String
    ) -> OrderedDocument {
        OrderedDocument([
            ("name", name),
            ("value", value),
            ("deviation", deviation.map { $0 as any Encodable }),
            ("protocol", protocolText),
        ])
    }
}

/// A section of a YAML file, its keys in the order in which they are given.
private struct OrderedDocument: Encodable {
    private let entries: [(key: String, value: any Encodable)]

    /// Creates a section of the entries that have a value.
    init(_ entries: [(String, (any Encodable)?)]) {
        self.entries = entries.compactMap { key, value in value.map { (key, $0) } }
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        for (key, value) in entries { try container.encode(value, forKey: Key(key)) }
    }
}
