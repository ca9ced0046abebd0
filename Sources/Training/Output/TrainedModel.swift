import Detection
import Evaluation
package import LogMelFeatures
package import ModelLibrary
package import NeuralNetwork
import Settings
package import SoundDatasets

/// What becomes a model folder: the network and all that its files say about it.
package struct TrainedModel: Sendable {
    /// The name under which events refer to the model.
    package var name: String
    /// The network as it was trained.
    package var network: Model
    /// The front end with the normalisation of the training data.
    package var frontEnd: FrontEnd
    /// All clips, those that were left out among them.
    package var dataset: SoundDataset
    /// The indices of the clips that were held out for testing.
    var heldOutPlaces: [Int] = []
    /// The indices of the clips that were held out for calibration.
    var calibrationPlaces: [Int] = []
    /// What the rules detect in the clips that were held out, if any were.
    var report: HeldOutReport?
    /// The calibration of its scores, if one was fitted.
    var calibration: FittedCalibration?
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
    /// What its author says about it.
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

    /// The clips that were trained on.
    var trainedClips: [LabelledClip] {
        let leftOut = Set(heldOutPlaces + calibrationPlaces)
        return dataset.clips.indices.filter { !leftOut.contains($0) }.map { dataset.clips[$0] }
    }

    /// The classes in the order of the scores, with rules for calibrated scores where they are.
    package var classes: [SoundClass] {
        let rules = recipe.rules(of: dataset)
        return recipe.classes(of: dataset).enumerated().map { index, soundClass in
            guard let scaling = calibration?.scaling[index] else { return soundClass }
            var calibrated = soundClass
            calibrated.calibration = scaling
            // Where the recipe says what calibrated scores mean, its thresholds are for those.
            guard settings.calibrationShare == nil else { return calibrated }
            calibrated.rule.on = scaling.score(carrying: rules[index].on)
            calibrated.rule.off = scaling.score(carrying: rules[index].off)
            return calibrated
        }
    }

    /// What turns the network's logits into probabilities.
    package var activation: ScoreActivation { settings.isExclusive ? .softmax : .sigmoid }
}

/// The pictures of a model folder.
enum ModelPictures {
    /// The confusion matrix of the tests.
    static let confusion = "confusion.svg"
    /// The loss and the accuracy of each step.
    static let curves = "curves.svg"

    /// The files of those that there is something to show in, by name.
    static func files(of model: TrainedModel) -> [(name: String, [UInt8])] {
        var files: [(name: String, [UInt8])] = []
        if let tested = model.tested {
            let places = model.classes.indices.filter { model.classes[$0].isReported }
            let picture = SVGPicture.confusion(
                classNames: places.map { model.classes[$0].name },
                counts: places.map { row in places.map { tested.confusion[row][$0] } }
            )
            files.append((confusion, Array(picture.utf8)))
        }
        guard !model.history.isEmpty else { return files }
        let picture = SVGPicture.curves(
            [
                ("loss", model.history.map(\.loss)), ("accuracy", model.history.map(\.accuracy)),
            ],
            unit: "steps"
        )
        files.append((curves, Array(picture.utf8)))
        return files
    }
}

/// Names for classes and models that files, queries and settings can hold.
enum ClassName {
    /// A name of letters, digits, `_`, `-` and `.`, at most 64 long.
    static func name(from text: String) -> String {
        let allowed = text.map { $0.isLetter || $0.isNumber || "_-.".contains($0) ? $0 : "_" }
        let name = String(allowed.drop { !$0.isLetter && !$0.isNumber }.prefix(64))
        return name.isEmpty ? "sound" : name
    }

    /// A name for each text, with a number behind those that would be equal.
    static func unique(_ texts: [String]) -> [String] {
        var seen: Set<String> = []
        return texts.map { text in
            let base = name(from: text)
            var name = base
            var number = 2
            while !seen.insert(name).inserted {
                name = "\(base.prefix(58))_\(number)"
                number += 1
            }
            return name
        }
    }

    /// A label for people: words instead of underscores, the first letter large.
    static func label(from name: String) -> String {
        let words = name.map { "_-".contains($0) ? " " : $0 }
        return words.prefix(1).map { $0.uppercased() }.joined() + String(words.dropFirst())
    }
}
