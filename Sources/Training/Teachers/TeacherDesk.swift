import ModelLibrary
import NeuralNetwork

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
