package import LogMelFeatures
package import ModelLibrary
package import ONNXFormat

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

    /// Puts a trained model together.
    package init(
        name: String,
        trainer: Trainer,
        dataset: SoundDataset,
        validation: CrossValidation? = nil
    ) {
        self.name = name
        network = trainer.network
        frontEnd = trainer.frontEnd
        self.dataset = dataset
        settings = trainer.settings
        stepCount = trainer.stepCount
        self.validation = validation
    }

    /// What turns the network's logits into probabilities.
    package var activation: ScoreActivation { settings.isExclusive ? .softmax : .sigmoid }
}
