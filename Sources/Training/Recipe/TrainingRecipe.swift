import Foundation
package import ModelLibrary
import Platform
package import Settings
package import SoundDatasets

/// A file with all that makes a model: recordings, what batches are made of, settings, classes.
package struct TrainingRecipe: Equatable, Sendable {
    /// The model's name.
    package var name = ""
    /// The model's version.
    package var version = "1"
    /// What the model is for; empty for a sentence made of its classes.
    package var summary = ""
    /// What it is trained on.
    package var recordings: [RecordingSource] = []
    /// The classes in the order of the scores, with what `model.yaml` says of them; all that the
    /// recordings name, in alphabetical order, if empty.
    package var classes: [SoundClass] = []
    /// How scores become events, for all classes.
    package var rule = ClassRuleOverlay()
    /// The folds that are only tested.
    package var heldOutFolds: [Int] = []
    /// The folds that scores are calibrated on.
    package var calibrationFolds: [Int] = []
    /// How the network is trained.
    package var settings = TrainingSettings()
    /// Under which licence the model is; empty for a sentence about the recordings.
    package var licence = ""
    /// What the card says, beside what holds for every model, that the model cannot do.
    package var limits = ""

    /// Creates the recipe of nothing.
    package init() {}

    /// Reads a recipe.
    ///
    /// - Parameter path: The YAML file.
    /// - Returns: The recipe.
    /// - Throws: Every problem with its line.
    package static func read(path: String) throws(TrainingError) -> TrainingRecipe {
        let text: String
        do {
            text = try String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8)
        } catch {
            throw .unreadableRecipe(path: path, reason: FileFailure.reason(error))
        }
        var recipe = TrainingRecipe()
        var reading = DocumentReading()
        do {
            let document = try YAMLReader.read(text, file: path, reading: &reading)
            table.read(document, path: "", into: &recipe, reading: &reading)
        } catch {
            reading.report(error)
        }
        guard reading.problems.isEmpty else {
            throw .invalidRecipe(reading.problems.map(\.description))
        }
        return recipe
    }

    /// The recordings that the recipe names.
    ///
    /// - Parameter folder: What paths are relative to.
    /// - Returns: The clips with their classes.
    /// - Throws: The source that cannot be used, or a class that the recipe does not list.
    package func dataset(in folder: String) throws(DataSetError) -> SoundDataset {
        var dataset = SoundDataset(classNames: classes.map(\.name), clips: [])
        for source in recordings {
            try dataset.add(source, in: folder, mayAddClasses: classes.isEmpty)
        }
        if classes.isEmpty { dataset.sortClasses() }
        for (index, soundClass) in classes.enumerated() where !soundClass.isReported {
            dataset.unreported.insert(index)
        }
        return dataset
    }
}
