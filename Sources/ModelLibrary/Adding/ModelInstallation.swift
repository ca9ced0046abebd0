import Detection
import Foundation
import Platform

/// Installs and removes models in the folder of learned and added ones.
package struct ModelInstallation: Sendable {
    /// The folder, such as `/var/lib/earwitness/models`.
    private let modelsDirectory: String
    private let catalog: ModelCatalog

    /// Works in a folder, whose models are among those of a catalog.
    package init(modelsDirectory: String, catalog: ModelCatalog) {
        self.modelsDirectory = modelsDirectory
        self.catalog = catalog
    }

    /// Writes a model's folder and loads it as the monitor will.
    ///
    /// The folder gets its name when all of it is there and the model has been loaded from it.
    ///
    /// - Parameters:
    ///   - model: The description.
    ///   - network: The content of the network's file.
    ///   - networkFile: Its name in the folder, such as `model.tflite`.
    ///   - locationNetwork: The content of the file of its ``SpeciesRange``, if it has one.
    /// - Returns: The model as loaded.
    /// - Throws: That there is one of this name, what cannot be written, or what cannot be loaded.
    package func install(
        _ model: AddedModel,
        network: [UInt8],
        networkFile: String,
        locationNetwork: [UInt8]? = nil
    ) throws -> SoundModel {
        let name = model.about.name
        if let old = try? catalog.folder(of: name) {
            let advice =
                isOwn(old) ? "remove it first with 'earwitness models remove \(name)', or " : ""
            throw AddedModelError(
                exitCode: 73,
                description: "There is a model '\(name)' in '\(old)'; \(advice)choose another name "
                    + "with --name."
            )
        }
        let target = "\(modelsDirectory)/\(name)"
        // Hidden, so that a service that starts meanwhile does not list it.
        let draft = "\(modelsDirectory)/.\(name).\(ProcessInfo.processInfo.processIdentifier)"
        try OutputFile.createFolder(draft)
        do {
            try OutputFile.write(network, to: "\(draft)/\(networkFile)", isDurable: true)
            if let locationNetwork {
                let path = "\(draft)/\(SpeciesRange.fileName)"
                try OutputFile.write(locationNetwork, to: path, isDurable: true)
            }
            try OutputFile.write(model.text, to: "\(draft)/model.yaml", isDurable: true)
            _ = try Self.load(draft, of: model)
            try FileManager.default.moveItem(atPath: draft, toPath: target)
        } catch {
            try? FileManager.default.removeItem(atPath: draft)
            throw error
        }
        OutputFile.syncFolder(of: target)
        return try SoundModel.load(folder: target)
    }

    /// Loads the draft; scores that are no probabilities are a question where nothing said what
    /// they are.
    private static func load(_ folder: String, of model: AddedModel) throws -> SoundModel {
        do throws(ModelFolderError) {
            return try SoundModel.load(folder: folder)
        } catch {
            guard case .invalidScore(_, let className, let score, _) = error,
                model.isActivationGuessed
            else { throw error }
            throw AddedModelError.usage(
                "The network's scores are not probabilities ('\(className)' has \(score.scoreText) "
                    + "for a test sound). Give --activation sigmoid if classes are independent, "
                    + "softmax if exactly one is there."
            )
        }
    }

    /// Whether a model was learned or added here, rather than installed with the program.
    package func isOwn(_ folder: String) -> Bool {
        let parent = URL(fileURLWithPath: folder).deletingLastPathComponent()
        return parent.standardizedFileURL.resolvingSymlinksInPath()
            == URL(fileURLWithPath: modelsDirectory).standardizedFileURL.resolvingSymlinksInPath()
    }

    /// Removes a model.
    ///
    /// - Parameter name: The model, by name.
    /// - Returns: The folder that was removed.
    /// - Throws: That there is none, or that it came with the program.
    package func remove(_ name: String) throws -> String {
        let folder = try catalog.folder(of: name)
        guard isOwn(folder) else {
            throw AddedModelError.usage(
                "The model '\(name)' in '\(folder)' came with the program and stays; only models "
                    + "in '\(modelsDirectory)' are removed."
            )
        }
        try FileManager.default.removeItem(atPath: folder)
        return folder
    }
}
