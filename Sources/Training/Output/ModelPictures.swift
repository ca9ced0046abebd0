import EventExports
import ModelLibrary

/// The pictures of a model folder.
enum ModelPictures {
    /// The confusion matrix of the tests.
    static let confusion = "confusion.png"
    /// The loss and the accuracy of each step.
    static let curves = "curves.png"

    /// Writes those that there is something to show in.
    static func write(_ model: TrainedModel, folder: String) throws(PictureError) {
        if let tested = model.tested {
            let places = model.classes.indices.filter { model.classes[$0].isReported }
            let picture = ConfusionPicture(
                labels: places.map { model.classes[$0].name },
                counts: places.map { row in places.map { tested.confusion[row][$0] } }
            )
            try picture.writePNG(to: "\(folder)/\(confusion)")
        }
        guard !model.history.isEmpty else { return }
        let picture = CurvePicture(
            curves: [
                CurvePicture.Curve(name: "loss", values: model.history.map(\.loss)),
                CurvePicture.Curve(name: "accuracy", values: model.history.map(\.accuracy)),
            ],
            unit: "steps"
        )
        try picture.writePNG(to: "\(folder)/\(curves)")
    }
}
