import Evaluation
import ModelLibrary

/// The pictures of a model folder.
enum ModelPictures {
    /// The confusion matrix of the tests.
    static let confusion = "confusion.png"
    /// The loss and the accuracy of each step.
    static let curves = "curves.png"

    /// The files of those that there is something to show in, by name.
    static func files(of model: TrainedModel) throws(PictureError) -> [(name: String, [UInt8])] {
        var files: [(name: String, [UInt8])] = []
        if let tested = model.tested {
            let places = model.classes.indices.filter { model.classes[$0].isReported }
            let picture = ConfusionPicture(
                labels: places.map { model.classes[$0].name },
                counts: places.map { row in places.map { tested.confusion[row][$0] } }
            )
            files.append((confusion, try picture.png()))
        }
        guard !model.history.isEmpty else { return files }
        let picture = CurvePicture(
            curves: [
                CurvePicture.Curve(name: "loss", values: model.history.map(\.loss)),
                CurvePicture.Curve(name: "accuracy", values: model.history.map(\.accuracy)),
            ],
            unit: "steps"
        )
        files.append((curves, try picture.png()))
        return files
    }
}
