package import Detection
package import ModelLibrary
import Settings
package import SoundDatasets

extension TrainingRecipe {
    /// What `model.yaml` says of a data set's classes, in the order of the scores.
    package func classes(of dataset: SoundDataset) -> [SoundClass] {
        ClassName.unique(dataset.classNames).enumerated().map { index, name in
            classes.first { $0.name == dataset.classNames[index] }
                ?? SoundClass(
                    name: name,
                    label: ClassName.label(from: name),
                    isReported: !dataset.unreported.contains(index)
                )
        }
    }

    /// The rules of a data set's classes, complete, in the order of the scores.
    package func rules(of dataset: SoundDataset) -> [ClassRule] {
        classes(of: dataset).map { soundClass in
            var complete = soundClass.rule.applied(to: rule.applied(to: ClassRule()))
            if soundClass.rule.isEnabled == nil { complete.isEnabled = soundClass.isEnabled }
            return complete
        }
    }
}
