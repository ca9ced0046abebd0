import LogMelFeatures
import ModelLibrary
import NeuralNetwork

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

/// What one thread asks a teacher with.
final class TeacherDesk {
    private let session: InferenceSession
    private let network: NetworkDescription
    private let inputShape: [Int]
    private let places: [Int]
    private let rescaling: PatchRescaling
    private var scores: [Float]

    init(
        session: InferenceSession,
        network: NetworkDescription,
        inputShape: [Int],
        places: [Int],
        rescaling: PatchRescaling
    ) {
        self.session = session
        self.network = network
        self.inputShape = inputShape
        self.places = places
        self.rescaling = rescaling
        scores = [Float](repeating: 0, count: places.count)
    }

    /// The teacher's probabilities of a patch in the order of the training's classes.
    ///
    /// - Parameter patch: The input of the network that is trained, for one window.
    /// - Returns: A probability a class.
    func probabilities(of patch: [Float]) -> [Float] {
        var patch = patch
        rescaling.apply(to: &patch, frames: network.windowFrames)
        do {
            var span = scores.mutableSpan
            try session.run(
                patch.span,
                shape: inputShape,
                output: network.scores,
                into: &span
            )
        } catch {
            preconditionFailure("a teacher's network takes what its model was loaded for: \(error)")
        }
        let all =
            switch network.activation {
            case .none: scores
            case .sigmoid: Scores.sigmoid(scores)
            case .softmax: Scores.softmax(scores)
            }
        return places.map { all[$0] }
    }
}

/// The teachers of a training: what they say of a batch becomes a part of its targets.
///
/// Every patch is judged by itself, so the targets do not depend on the threads.
struct TeacherPanel {
    private let share: Float
    private let crew: WorkerCrew
    /// For each thread a desk for each teacher.
    private let desks: [[TeacherDesk]]

    /// - Parameters:
    ///   - teachers: At least one.
    ///   - settings: The share of the teachers and the number of threads.
    ///   - frontEnd: The training's, with its normalisation.
    /// - Throws: The teacher whose network cannot be run.
    init(
        _ teachers: [Teacher],
        settings: TrainingSettings,
        frontEnd: FrontEnd
    ) throws(TrainingError) {
        share = settings.teacherShare
        crew = WorkerCrew(threads: settings.threads)
        var desks: [[TeacherDesk]] = []
        for _ in 0..<settings.threads {
            var own: [TeacherDesk] = []
            for teacher in teachers { own.append(try teacher.makeDesk(for: frontEnd)) }
            desks.append(own)
        }
        self.desks = desks
    }

    /// Mixes the mean of the teachers' probabilities into labels; unknown ones stay so.
    ///
    /// - Parameters:
    ///   - labels: [batch, classes].
    ///   - input: The patches that the network is given, one after the other.
    ///   - batch: How many they are.
    /// - Returns: The targets, [batch, classes].
    func targets(_ labels: [Float], input: FloatSlice, batch: Int) -> [Float] {
        let targets = FloatMemory(labels)
        let (patchCount, classCount) = (input.count / batch, labels.count / batch)
        crew.forEachPart(of: batch) { _, range, worker in
            for place in range {
                let patch = input.slice(at: place * patchCount, count: patchCount).toArray()
                let row = targets.slice(at: place * classCount, count: classCount)
                let sums = sums(desks[worker], patch)
                for index in 0..<classCount where row[index] != TrainingLoss.unknown {
                    let mean = sums[index] / Float(desks[worker].count)
                    row[index] = (1 - share) * row[index] + share * mean
                }
            }
        }
        return targets.toArray()
    }

    private func sums(_ desks: [TeacherDesk], _ patch: [Float]) -> [Float] {
        var sums = desks[0].probabilities(of: patch)
        for desk in desks.dropFirst() {
            for (index, probability) in desk.probabilities(of: patch).enumerated() {
                sums[index] += probability
            }
        }
        return sums
    }
}
