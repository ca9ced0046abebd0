import Detection
package import ModelLibrary
import NeuralNetwork

/// What a model reports of a class for embeddings: the rest of its network, from there on.
package final class ClassScorer {
    private let about: ModelDescription
    private let embedding: ModelEmbedding
    private let session: InferenceSession
    private let pool: ClassPool
    private let place: Int

    /// Plans the rest of the network; nil where its scores do not follow from its embedding alone.
    ///
    /// - Parameters:
    ///   - className: A class of the model.
    ///   - model: The model as installed, without what was learnt.
    package init?(of className: String, in model: SoundModel) {
        guard let embedding = model.embedding,
            let place = model.classes.firstIndex(where: { $0.name == className }),
            var rest = model.network.starting(at: embedding.name)
        else { return nil }
        rest.graph.outputs.removeAll { $0.name != model.about.network.scores }
        let options = LoadOptions(inputShapes: [embedding.name: embedding.shape])
        guard let session = try? InferenceSession(model: rest, options: options) else { return nil }
        self.session = session
        self.embedding = embedding
        self.place = place
        about = model.about
        pool = ClassPool(model.about)
    }

    /// The calibrated scores of the class.
    ///
    /// - Returns: A score for each row; 0 where the network's are no probabilities.
    package func scores(of rows: EmbeddingRows) -> [Float] {
        let calibration = about.scoreCalibration
        var outputs = [Float](repeating: 0, count: about.classes.count)
        return (0..<rows.count).map { row in
            var result = outputs.mutableSpan
            do {
                try session.run(
                    rows[row].span,
                    shape: embedding.shape,
                    output: about.network.scores,
                    into: &result
                )
                let scores = try about.network.activation.probabilities(of: outputs)
                let calibrated =
                    calibration.isIdentity
                    ? scores : calibration.scores(ofLogits: scores.map(Logit.of(probability:)))
                return pool.scores(of: calibrated)[place]
            } catch {
                return 0
            }
        }
    }
}
