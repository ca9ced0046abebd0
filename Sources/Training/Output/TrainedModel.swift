package import LogMelFeatures
package import ModelLibrary
package import ONNXFormat
package import SoundDatasets

/// What becomes a model folder: the network and all that its files say about it.
package struct TrainedModel: Sendable {
    /// The name under which events refer to the model.
    package var name: String
    /// The network as it was trained.
    package var network: Model
    /// The front end with the normalisation of the training data.
    package var frontEnd: FrontEnd
    /// What was trained on.
    package var dataset: SoundDataset
    /// How it was trained.
    package var settings: TrainingSettings
    /// How many steps were made; fewer than set if it was interrupted.
    package var stepCount: Int
    /// The figures of a cross-validation with the same settings, if there was one.
    package var validation: CrossValidation?
    /// The figures of the folds that were held out from this training, if any were.
    package var heldOut: CrossValidation?
    /// The names of the models whose probabilities were a part of the targets.
    package var teachers: [String]
    /// What every step gave.
    package var history: [StepReport]
    /// What its author says of it.
    package var recipe: TrainingRecipe

    /// Puts a trained model together.
    package init(
        name: String,
        trainer: Trainer,
        dataset: SoundDataset,
        validation: CrossValidation? = nil,
        heldOut: CrossValidation? = nil,
        recipe: TrainingRecipe = TrainingRecipe()
    ) {
        self.name = name
        network = trainer.bestNetwork
        history = trainer.history
        teachers = trainer.teachers.map(\.name)
        frontEnd = trainer.frontEnd
        self.dataset = dataset
        settings = trainer.settings
        stepCount = trainer.stepCount
        self.validation = validation
        self.heldOut = heldOut
        self.recipe = recipe
    }

    /// The figures of the most that was tested.
    var tested: CrossValidation? { validation ?? heldOut }

    /// The classes in the order of the scores.
    package var classes: [SoundClass] {
        ClassName.unique(dataset.classNames).enumerated().map { index, name in
            recipe.classes.first { $0.name == dataset.classNames[index] }
                ?? SoundClass(
                    name: name,
                    label: ClassName.label(from: name),
                    isReported: !dataset.unreported.contains(index)
                )
        }
    }

    /// What turns the network's logits into probabilities.
    package var activation: ScoreActivation { settings.isExclusive ? .softmax : .sigmoid }
}
