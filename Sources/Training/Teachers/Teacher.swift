import LogMelFeatures
import ModelLibrary

/// A trained model whose probabilities a training takes for a part of its targets.
package struct Teacher: Sendable {
    private let fitting: FittingModel

    /// What the model is called on the card.
    package var name: String { fitting.model.name }
    /// The digest of its network, by which a resumed training knows it again.
    package var digest: String { fitting.model.digest.description }

    /// What stands for the number of the fold in the path of a teacher.
    package static let foldMark = "{fold}"

    /// Takes a teacher from a model folder.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - classNames: The training's classes, of which it must have all and no other.
    ///   - settings: The training's, whose front end, normalisation aside, and window it must have.
    /// - Throws: What cannot be read, or why the training cannot learn from it.
    package init(
        path: String,
        classNames: [String],
        settings: TrainingSettings
    ) throws(TrainingError) {
        do {
            fitting = try FittingModel(path: path, classNames: classNames, settings: settings)
        } catch {
            switch error {
            case .unreadable(let reason): throw .unreadableModel(reason: reason)
            case .other(let reason): throw .unusableTeacher(path: path, reason: reason)
            }
        }
    }

    /// Makes what one thread asks the teacher with.
    ///
    /// - Parameter frontEnd: The training's, with its normalisation.
    /// - Returns: A desk for one thread at a time.
    /// - Throws: What of the network cannot be run.
    func makeDesk(for frontEnd: FrontEnd) throws(TrainingError) -> TeacherDesk {
        do {
            return TeacherDesk(
                session: try fitting.model.makeSession(),
                network: fitting.model.about.network,
                inputShape: fitting.model.inputShape,
                places: fitting.places,
                rescaling: PatchRescaling(from: frontEnd, to: fitting.model.frontEnd)
            )
        } catch {
            throw .unreadableModel(reason: error.description)
        }
    }
}
