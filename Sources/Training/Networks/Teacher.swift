import LogMelFeatures
import ModelLibrary
import NeuralNetwork
import Platform

/// A trained model whose probabilities are a part of a training's targets.
package struct Teacher: Sendable {
    private let fitting: FittingModel

    /// What the model is called on the card.
    package var name: String { fitting.model.name }
    /// The digest of its network, by which a resumed training recognises it.
    package var digest: String { fitting.model.digest.description }

    /// The placeholder of the fold's number in a teacher's path.
    package static let foldMark = "{fold}"

    /// Reads a teacher from a model folder.
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
        fitting = try FittingModel(path: path, classNames: classNames, settings: settings) {
            .unusableTeacher(path: path, reason: $0)
        }
    }

    /// Makes a session in which one thread runs the teacher.
    ///
    /// - Parameter frontEnd: The training's, with its normalisation.
    /// - Returns: A session for one thread at a time.
    /// - Throws: What of the network cannot be run.
    func makeSession(for frontEnd: FrontEnd) throws(TrainingError) -> TeacherSession {
        do {
            return TeacherSession(
                session: try fitting.model.makeSession(),
                fitting: fitting,
                rescaling: PatchRescaling(from: frontEnd, to: fitting.model.frontEnd)
            )
        } catch {
            throw .unreadableModel(reason: error.description)
        }
    }
}

/// A teacher as one thread runs it.
final class TeacherSession {
    private let session: InferenceSession
    private let fitting: FittingModel
    private let rescaling: PatchRescaling
    private var scores: [Float]

    init(session: InferenceSession, fitting: FittingModel, rescaling: PatchRescaling) {
        self.session = session
        self.fitting = fitting
        self.rescaling = rescaling
        scores = [Float](repeating: 0, count: fitting.places.count)
    }

    /// The teacher's probabilities of a patch in the order of the training's classes.
    ///
    /// - Parameter patch: The input of the network that is trained, for one window.
    /// - Returns: A probability a class.
    func probabilities(of patch: [Float]) -> [Float] {
        let network = fitting.model.about.network
        var patch = patch
        rescaling.apply(to: &patch, frames: network.windowFrames)
        do {
            var span = scores.mutableSpan
            try session.run(
                patch.span,
                shape: fitting.model.inputShape,
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
        return fitting.places.map { all[$0] }
    }
}

/// The teachers of a training: their probabilities of a batch become a part of its targets.
///
/// Every patch is judged by itself, so the targets do not depend on the threads.
struct TeacherPanel {
    private let share: Float
    private let crew: WorkerCrew
    /// For each thread a session of each teacher.
    private let sessions: [[TeacherSession]]

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
        var sessions: [[TeacherSession]] = []
        for _ in 0..<settings.threads {
            var own: [TeacherSession] = []
            for teacher in teachers { own.append(try teacher.makeSession(for: frontEnd)) }
            sessions.append(own)
        }
        self.sessions = sessions
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
                let sums = sums(sessions[worker], patch)
                for index in 0..<classCount where row[index] != TrainingLoss.unknown {
                    let mean = sums[index] / Float(sessions[worker].count)
                    row[index] = (1 - share) * row[index] + share * mean
                }
            }
        }
        return targets.toArray()
    }

    private func sums(_ sessions: [TeacherSession], _ patch: [Float]) -> [Float] {
        var sums = sessions[0].probabilities(of: patch)
        for session in sessions.dropFirst() {
            for (index, probability) in session.probabilities(of: patch).enumerated() {
                sums[index] += probability
            }
        }
        return sums
    }
}
